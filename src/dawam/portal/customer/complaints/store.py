"""All SQL of the complaints."""

from typing import Any

from sqlalchemy import insert, select

from dawam.kernel import from_ns, to_ns
from dawam.portal.customer.complaints.model import Filed, Nature
from dawam.portal.customer.complaints.tables import portal_complaints
from dawam.storage import Rows, Tx

_c = portal_complaints.c


def one(rows: Rows, identifier: str) -> Filed | None:
    """The complaint of an id, whoever's it is."""
    found = rows.execute(select(portal_complaints).where(_c.id == identifier)).mappings().first()
    return _filed(found) if found else None


def add(tx: Tx, filed: Filed) -> None:
    """Keep a new one."""
    values = {"id": filed.id, "customer": filed.customer, "kind": filed.kind.value}
    tx.execute(insert(portal_complaints).values(**values, filed_at=to_ns(filed.filed_at)))


def latest(rows: Rows, customer: str, limit: int) -> list[Filed]:
    """A customer's last complaints, the newest first."""
    query = select(portal_complaints).where(_c.customer == customer).order_by(_c.id.desc()).limit(limit)
    return [_filed(row) for row in rows.execute(query).mappings()]


def _filed(row: Any) -> Filed:
    return Filed(
        id=row["id"], customer=row["customer"], filed_at=from_ns(row["filed_at"]), kind=Nature(row["kind"])
    )
