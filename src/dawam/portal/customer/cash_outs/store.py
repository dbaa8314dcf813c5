"""All SQL of the cash-out codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.portal.customer.cash_outs.model import CashOut, State
from dawam.portal.customer.cash_outs.tables import portal_cash_outs
from dawam.storage import Rows, Tx

_c = portal_cash_outs.c


def one(rows: Rows, identifier: str) -> CashOut | None:
    """The code of an id, whoever's it is."""
    found = rows.execute(select(portal_cash_outs).where(_c.id == identifier)).mappings().first()
    return _cash_out(found) if found else None


def by_digest(rows: Rows, digest: bytes) -> CashOut | None:
    """The code of these digits."""
    found = rows.execute(select(portal_cash_outs).where(_c.digest == digest)).mappings().first()
    return _cash_out(found) if found else None


def add(tx: Tx, given: CashOut) -> None:
    """Keep a new one."""
    tx.execute(insert(portal_cash_outs).values(**_row(given)))


def change(tx: Tx, given: CashOut) -> None:
    """Keep what became of one."""
    tx.execute(update(portal_cash_outs).where(_c.id == given.id).values(**_row(given)))


def paid(tx: Tx, identifier: str, payment_id: str) -> None:
    """Keep which payment a used code became."""
    tx.execute(update(portal_cash_outs).where(_c.id == identifier).values(payment_id=payment_id))


def latest(rows: Rows, customer: str, limit: int) -> list[CashOut]:
    """A customer's last codes, the newest first."""
    query = select(portal_cash_outs).where(_c.customer == customer).order_by(_c.id.desc()).limit(limit)
    return [_cash_out(row) for row in rows.execute(query).mappings()]


def every_open(tx: Tx) -> list[CashOut]:
    """All open codes."""
    query = select(portal_cash_outs).where(_c.state == State.OPEN.value)
    return [_cash_out(row) for row in tx.execute(query).mappings()]


def open_count(rows: Rows, customer: str) -> int:
    """How many codes a customer has open."""
    query = select(func.count()).where(_c.customer == customer, _c.state == State.OPEN.value)
    return int(rows.execute(query).scalar_one())


def promised_minor(rows: Rows, institution: str, account: str) -> int:
    """The sum of the open codes of an account."""
    query = select(func.sum(_c.amount_minor)).where(
        _c.institution == institution, _c.account == account, _c.state == State.OPEN.value
    )
    return int(rows.execute(query).scalar_one() or 0)


def expire(tx: Tx, now: datetime) -> None:
    """What has passed its time is over; the digits of what was used are free again too."""
    late = _c.expires_at <= to_ns(now)
    is_open = _c.state == State.OPEN.value
    tx.execute(update(portal_cash_outs).where(late, is_open).values(state=State.EXPIRED.value, digest=None))
    tx.execute(update(portal_cash_outs).where(late, _c.digest.is_not(None)).values(digest=None))


def _row(given: CashOut) -> dict[str, Any]:
    return {
        "id": given.id,
        "customer": given.customer,
        "institution": given.institution,
        "account": given.account,
        "amount_minor": given.amount_minor,
        "currency": given.currency,
        "digest": given.digest,
        "turn": given.turn,
        "tries_left": given.tries_left,
        "made_at": to_ns(given.made_at),
        "expires_at": to_ns(given.expires_at),
        "state": given.state.value,
        "agent_account": given.agent_account,
        "used_at": None if given.used_at is None else to_ns(given.used_at),
        "payment_id": given.payment_id,
    }


def _cash_out(row: Any) -> CashOut:
    return CashOut(
        id=row["id"],
        customer=row["customer"],
        institution=row["institution"],
        account=row["account"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        digest=None if row["digest"] is None else bytes(row["digest"]),
        turn=row["turn"],
        tries_left=row["tries_left"],
        made_at=from_ns(row["made_at"]),
        expires_at=from_ns(row["expires_at"]),
        state=State(row["state"]),
        agent_account=row["agent_account"],
        used_at=None if row["used_at"] is None else from_ns(row["used_at"]),
        payment_id=row["payment_id"],
    )
