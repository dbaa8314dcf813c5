"""Customers: adding them, finding them by what they hold or how they are reached."""

from dawam.kernel import Conflict, InvalidInput
from dawam.people.customers import store
from dawam.people.customers.contacts import email_of, phone_of
from dawam.people.customers.model import Customer
from dawam.people.holders import Holder, Holders
from dawam.storage import Rows, Storage, Tx
from dawam.web.pages import Kind

_NAME_MAX = 200


class Customers:
    """The institution's list, as Dawam knows it."""

    def __init__(self, storage: Storage, holders: Holders, *, country_code: str) -> None:
        self._storage = storage
        self._holders = holders
        self._country_code = country_code

    def customer(self, identifier: str) -> Customer | None:
        """By id."""
        return self._storage.read(lambda rows: store.customer(rows, identifier))

    def within(self, rows: Rows, identifier: str) -> Customer | None:
        """By id, as an open transaction or a query sees it."""
        return store.customer(rows, identifier)

    def owner_of(self, institution: str, account: str) -> Customer | None:
        """Whose account it is."""

        def find(rows: Rows) -> Customer | None:
            owner = store.owner(rows, institution, account)
            return None if owner is None else store.customer(rows, owner)

        return self._storage.read(find)

    def count(self) -> int:
        """How many there are."""
        return self._storage.read(store.count)

    def plain(self, written: str) -> str:
        """A phone number or an address in the one way it is kept.

        Raises: InvalidInput `phone_malformed`, `email_malformed`.
        """
        if "@" in written:
            return email_of(written)
        return phone_of(written, country_code=self._country_code)

    def reached_by(self, rows: Rows, contact: str) -> Customer | None:
        """Who has this phone number or address, as `plain` writes it."""
        return store.by_email(rows, contact) if "@" in contact else store.by_phone(rows, contact)

    def add(self, tx: Tx, *customers: Customer) -> int:
        """Add customers, or let those of the same id be as given; how many are new.

        Raises: InvalidInput `customer_unnamed`, `customer_unreachable`, `phone_malformed`,
        `email_malformed`; Conflict `contact_taken`, `account_taken`.
        """
        return sum(self._put(tx, self.sound(one)) for one in customers)

    def sound(self, given: Customer) -> Customer:
        """The customer as they are kept. Raises: as `add`, without the conflicts."""
        name = " ".join(given.name.split())
        if not name or len(name) > _NAME_MAX:
            raise InvalidInput("customer_unnamed", longest=_NAME_MAX)
        if not given.phone and not given.email:
            raise InvalidInput("customer_unreachable")
        return Customer(
            id=given.id,
            name=name,
            phone=phone_of(given.phone, country_code=self._country_code) if given.phone else "",
            email=email_of(given.email) if given.email else "",
            locale=given.locale,
            holdings=given.holdings,
        )

    def _put(self, tx: Tx, given: Customer) -> bool:
        for contact in filter(None, (given.phone, given.email)):
            known = self.reached_by(tx, contact)
            if known is not None and known.id != given.id:
                raise Conflict("contact_taken")
        for one in given.holdings:
            owner = store.owner(tx, one.institution, one.account)
            if owner not in (None, given.id):
                raise Conflict("account_taken", institution=one.institution)
        new = store.put(tx, given)
        self._holders.changed(_holder(given))
        return new


def holder_in(rows: Rows, identifier: str) -> Holder | None:
    """The customer as somebody who signs in."""
    found = store.customer(rows, identifier)
    return None if found is None else _holder(found)


def _holder(given: Customer) -> Holder:
    return Holder(id=given.id, kind=Kind.CUSTOMER, name=given.name)
