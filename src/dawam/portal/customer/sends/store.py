"""All SQL of the payments that customers began."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.portal.customer.sends.model import Check, Send
from dawam.portal.customer.sends.tables import portal_sends
from dawam.storage import Rows, Tx

_c = portal_sends.c


def one(rows: Rows, identifier: str) -> Send | None:
    """The payment of an id, whoever's it is."""
    found = rows.execute(select(portal_sends).where(_c.id == identifier)).mappings().first()
    return _send(found) if found else None


def add(tx: Tx, send: Send) -> None:
    """Keep a new one."""
    tx.execute(insert(portal_sends).values(**_row(send)))


def change(tx: Tx, send: Send) -> None:
    """Keep what became of one."""
    tx.execute(update(portal_sends).where(_c.id == send.id).values(**_row(send)))


def sent(rows: Rows, customer: str, limit: int) -> list[Send]:
    """Those that a customer confirmed, the newest first."""
    query = (
        select(portal_sends)
        .where(_c.customer == customer, _c.payment_id.is_not(None))
        .order_by(_c.id.desc())
        .limit(limit)
    )
    return [_send(row) for row in rows.execute(query).mappings()]


def forget(tx: Tx, before: datetime) -> None:
    """Drop what was begun before a moment and never confirmed."""
    tx.execute(delete(portal_sends).where(_c.confirmed_at.is_(None), _c.made_at < to_ns(before)))


def _row(send: Send) -> dict[str, Any]:
    return {
        "id": send.id,
        "customer": send.customer,
        "institution": send.institution,
        "account": send.account,
        "currency": send.currency,
        "payee_account": send.payee_account,
        "payee_name": send.payee_name,
        "name_check": send.check.value,
        "made_at": to_ns(send.made_at),
        "version": send.version,
        "amount_minor": send.amount_minor,
        "confirmed_at": None if send.confirmed_at is None else to_ns(send.confirmed_at),
        "payment_id": send.payment_id,
    }


def _send(row: Any) -> Send:
    return Send(
        id=row["id"],
        customer=row["customer"],
        institution=row["institution"],
        account=row["account"],
        currency=row["currency"],
        payee_account=row["payee_account"],
        payee_name=row["payee_name"],
        check=Check(row["name_check"]),
        made_at=from_ns(row["made_at"]),
        version=row["version"],
        amount_minor=row["amount_minor"],
        confirmed_at=None if row["confirmed_at"] is None else from_ns(row["confirmed_at"]),
        payment_id=row["payment_id"],
    )
