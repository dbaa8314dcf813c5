"""All SQL of the customers."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, func, insert, select, update

from dawam.people.customers.model import Customer, Holding
from dawam.people.customers.tables import people_customers, people_holdings
from dawam.storage import Rows, Tx

_c = people_customers.c
_h = people_holdings.c
_COLUMNS = (_c.id, _c.name, _c.phone, _c.email, _c.locale)
_BY_ID = select(*_COLUMNS).where(_c.id == bindparam("of"))
_BY_PHONE = select(*_COLUMNS).where(_c.phone == bindparam("of"))
_BY_EMAIL = select(*_COLUMNS).where(_c.email == bindparam("of"))
_HOLDINGS = (
    select(_h.institution, _h.account, _h.label).where(_h.customer == bindparam("of")).order_by(_h.place)
)
_OWNER = select(_h.customer).where(_h.institution == bindparam("place"), _h.account == bindparam("number"))
_COUNT = select(func.count()).select_from(people_customers)


def customer(rows: Rows, identifier: str) -> Customer | None:
    """By id."""
    return _one(rows, rows.fetch(_BY_ID, (identifier,)))


def by_phone(rows: Rows, phone: str) -> Customer | None:
    """By phone number, as it is kept."""
    return _one(rows, rows.fetch(_BY_PHONE, (phone,)))


def by_email(rows: Rows, email: str) -> Customer | None:
    """By address, as it is kept."""
    return _one(rows, rows.fetch(_BY_EMAIL, (email,)))


def owner(rows: Rows, institution: str, account: str) -> str | None:
    """Whose account it is."""
    found = rows.fetch(_OWNER, (institution, account))
    return str(found[0][0]) if found else None


def count(rows: Rows) -> int:
    """How many there are."""
    return int(rows.execute(_COUNT).scalar_one())


def put(tx: Tx, given: Customer) -> bool:
    """Add a customer, or let the one of this id be as given; whether it is new."""
    values = {
        "name": given.name,
        "phone": given.phone or None,
        "email": given.email or None,
        "locale": given.locale,
    }
    changed = tx.execute(update(people_customers).where(_c.id == given.id).values(values)).rowcount
    if not changed:
        tx.execute(insert(people_customers).values(id=given.id, **values))
    tx.execute(delete(people_holdings).where(_h.customer == given.id))
    _hold(tx, given.id, given.holdings)
    return not changed


def _hold(tx: Tx, identifier: str, holdings: Iterable[Holding]) -> None:
    for place, one in enumerate(holdings):
        tx.execute(
            insert(people_holdings).values(
                institution=one.institution,
                account=one.account,
                customer=identifier,
                place=place,
                label=one.label,
            )
        )


def _one(rows: Rows, found: list[tuple[object, ...]]) -> Customer | None:
    if not found:
        return None
    identifier, name, phone, email, locale = found[0]
    holdings = rows.fetch(_HOLDINGS, (str(identifier),))
    return Customer(
        id=str(identifier),
        name=str(name),
        phone=str(phone or ""),
        email=str(email or ""),
        locale=locale,  # type: ignore[arg-type]  # the CHECK lets in no other
        holdings=tuple(Holding(institution=i, account=a, label=label) for i, a, label in holdings),
    )
