"""All SQL of the audit: every record in order, page by page."""

from typing import Any

from sqlalchemy import bindparam, func, select

from dawam.ledger.tables import accounts, latest, pendings, transfers, waypoints


def _page(table: Any, position: Any) -> Any:
    return (
        select(*table.c)
        .where(position >= bindparam("first"), position < bindparam("beyond"))
        .order_by(position)
    )


ACCOUNTS_PAGE = _page(accounts, accounts.c.number)
TRANSFERS_PAGE = _page(transfers, transfers.c.seq)
LAST_ACCOUNT = select(func.max(accounts.c.number))
LAST_TRANSFER = select(func.max(transfers.c.seq))
LATEST = select(latest.c.number, latest.c.seq)
PENDINGS = select(pendings.c.seq, pendings.c.status).order_by(pendings.c.seq)
WAYPOINTS = select(waypoints.c.number, waypoints.c.timestamp, waypoints.c.seq)
