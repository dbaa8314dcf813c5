"""All SQL of the conversion: new tables made and filled, old ones taken away."""

from typing import Any

from sqlalchemy import MetaData, Table, insert, inspect, literal_column, select, text

from dawam.migrations.version_1.tables import (
    ledger_accounts,
    ledger_latest,
    ledger_pendings,
    ledger_transfers,
    ledger_waypoints,
    wallet_accounts,
    wallet_events,
    wallet_settlements,
)
from dawam.migrations.version_2 import tables
from dawam.storage import Rows

Row = tuple[Any, ...]

_OLD = "old_ledger_accounts"
_old_accounts = ledger_accounts.to_metadata(MetaData(), name=_OLD)
_NUMBERS = (wallet_accounts.c.number, wallet_settlements.c.number, wallet_events.c.seq)
_WIDER = (*_NUMBERS, wallet_events.c.account_number)
_add_block = insert(tables.journal)
_add_node = insert(tables.nodes)
_add_waypoint = insert(tables.waypoints)
_add_postings = insert(tables.postings)
_add_time = insert(tables.times)
_add_late = insert(tables.lates)
_add_hold = insert(tables.holds)
_add_run = insert(tables.runs)
_add_id = insert(tables.ids)
_add_checkpoint = insert(tables.checkpoints)
_add_state = insert(tables.state)
_index_accounts = insert(tables.accounts).from_select(
    ["number", "id", "latest", "terms"],
    select(_old_accounts.c.number, _old_accounts.c.id, ledger_latest.c.seq, literal_column("0"))
    .join(ledger_latest, ledger_latest.c.number == _old_accounts.c.number)
    .order_by(_old_accounts.c.number),
)


def make(rows: Rows) -> None:
    """Make the new tables, but that of the accounts, whose name the old one still has.

    The old waypoints go: the new ones follow from the records.
    """
    ledger_waypoints.drop(rows.connection)
    tables.metadata.create_all(
        rows.connection, tables=[table for table in tables.LEDGER if table is not tables.accounts]
    )


def change_accounts(rows: Rows) -> None:
    """Put the new table of accounts in the old one's place, and take the other old tables away."""
    rows.execute(text(f"ALTER TABLE {ledger_accounts.name} RENAME TO {_OLD}"))
    if rows.connection.dialect.name == "postgresql":  # where an index keeps its name, which the new one needs
        for suffix in ("pkey", "id_key"):
            rows.execute(text(f"ALTER INDEX {ledger_accounts.name}_{suffix} RENAME TO {_OLD}_{suffix}"))
    tables.accounts.create(rows.connection)
    rows.execute(_index_accounts)
    for table in (ledger_latest, ledger_pendings, ledger_transfers, _old_accounts):
        table.drop(rows.connection)


def widen(rows: Rows) -> None:
    """Give the wallet's numbers, which it counts itself, 64 bits. On SQLite they have them."""
    if rows.connection.dialect.name != "postgresql":
        return
    for column in _WIDER:
        table = column.table.name
        if has(rows, column.table):
            rows.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column.name} TYPE BIGINT"))
            if column in _NUMBERS:
                rows.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column.name} DROP DEFAULT"))
                rows.execute(text(f"DROP SEQUENCE {table}_{column.name}_seq"))


class Stretch:
    """Rows of the new tables that await being written."""

    def __init__(self) -> None:
        self.blocks: list[Row] = []
        self.nodes: list[Row] = []
        self.waypoints: list[Row] = []
        self.postings: list[Row] = []
        self.times: list[Row] = []
        self.lates: list[Row] = []
        self.holds: list[Row] = []
        self.runs: list[Row] = []
        self.ids: list[Row] = []

    def write(self, rows: Rows) -> None:
        """Write them all, and begin anew."""
        for statement, found in (
            (_add_block, self.blocks),
            (_add_node, self.nodes),
            (_add_waypoint, self.waypoints),
            (_add_postings, self.postings),
            (_add_time, self.times),
            (_add_late, self.lates),
            (_add_hold, self.holds),
            (_add_run, self.runs),
            (_add_id, self.ids),
        ):
            if found:
                rows.session.many(statement, sorted(found))
                found.clear()


def seal(rows: Rows, *, size: int, root: bytes, ordered_id: bytes, max_id: bytes) -> None:
    """The journal's end, unsigned: the next commit signs. The indexes are up to date with it."""
    rows.session.many(_add_checkpoint, [(size, root, None)])
    rows.session.many(_add_state, [(1, size, ordered_id, max_id)])


def has(rows: Rows, table: Table) -> bool:
    """Whether the database has a table."""
    return inspect(rows.connection).has_table(table.name)
