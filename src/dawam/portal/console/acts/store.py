"""All SQL of the orders."""

from typing import Any

from sqlalchemy import insert, select, update

from dawam.kernel import from_ns, to_ns
from dawam.portal.console.acts.model import Act, Order, State
from dawam.portal.console.acts.tables import orders
from dawam.standin import Capability
from dawam.storage import Rows, Tx


def add(tx: Tx, order: Order) -> None:
    """Keep a new order."""
    tx.execute(insert(orders).values(**_row(order)))


def change(tx: Tx, order: Order) -> None:
    """Keep how an order was settled."""
    row = _row(order)
    kept = {name: row[name] for name in ("state", "second", "settled_at")}
    tx.execute(update(orders).where(orders.c.id == order.id).values(kept))


def one(rows: Rows, identifier: str) -> Order | None:
    """The order of an id."""
    found = rows.execute(select(orders).where(orders.c.id == identifier)).mappings().first()
    return _order(found) if found else None


def waiting(rows: Rows) -> list[Order]:
    """Orders that nobody has settled, the oldest first."""
    query = select(orders).where(orders.c.state == State.WAITING).order_by(orders.c.id)
    return [_order(row) for row in rows.execute(query).mappings()]


def latest(rows: Rows, limit: int) -> list[Order]:
    """The last orders, the newest first."""
    return [
        _order(row)
        for row in rows.execute(select(orders).order_by(orders.c.id.desc()).limit(limit)).mappings()
    ]


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "institution": order.institution,
        "act": order.act.value,
        "capabilities": " ".join(order.capabilities),
        "reason": order.reason,
        "by": order.by,
        "at": to_ns(order.at),
        "expires_at": to_ns(order.expires_at),
        "state": order.state.value,
        "second": order.second,
        "settled_at": None if order.settled_at is None else to_ns(order.settled_at),
    }


def _order(row: Any) -> Order:
    return Order(
        id=row["id"],
        institution=row["institution"],
        act=Act(row["act"]),
        capabilities=tuple(Capability(word) for word in row["capabilities"].split()),
        reason=row["reason"],
        by=row["by"],
        at=from_ns(row["at"]),
        expires_at=from_ns(row["expires_at"]),
        state=State(row["state"]),
        second=row["second"],
        settled_at=None if row["settled_at"] is None else from_ns(row["settled_at"]),
    )
