"""All SQL that reads a ledger of version 1: every record in order, page by page."""

from typing import Any

from sqlalchemy import Table, bindparam, func, inspect, select

from dawam.migrations.version_1.tables import ledger_accounts, ledger_transfers
from dawam.storage import Rows

Row = tuple[Any, ...]


def _page(table: Table, position: Any) -> Any:
    return (
        select(*table.c)
        .where(position >= bindparam("first"), position < bindparam("beyond"))
        .order_by(position)
    )


_ACCOUNTS = _page(ledger_accounts, ledger_accounts.c.number)
_TRANSFERS = _page(ledger_transfers, ledger_transfers.c.seq)
_LAST_ACCOUNT = select(func.max(ledger_accounts.c.number))
_LAST_TRANSFER = select(func.max(ledger_transfers.c.seq))


def has_ledger(rows: Rows) -> bool:
    """Whether the database holds a ledger of this version."""
    return inspect(rows.connection).has_table(ledger_transfers.name)


def last_position(rows: Rows) -> int:
    """Where the journal ends."""
    ends = [rows.execute(statement).scalar() for statement in (_LAST_ACCOUNT, _LAST_TRANSFER)]
    return max(end or 0 for end in ends)


def page(rows: Rows, first: int, beyond: int) -> tuple[list[Row], list[Row]]:
    """The accounts and the transfers at positions from `first` to before `beyond`, each in order."""
    bounds = (first, beyond)
    return rows.fetch(_ACCOUNTS, bounds), rows.fetch(_TRANSFERS, bounds)
