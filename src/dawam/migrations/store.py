"""What upkeep asks any database: its version, its tables, their sizes, whether they are as they should be."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from dawam.migrations.tables import SLICES, VERSION_TABLE, metadata
from dawam.storage import Rows

_SQLITE_SIZES = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
_SQLITE_INDEXES = text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'")
_SQLITE_SIZE = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
_SQLITE_VERSION = text("SELECT sqlite_version()")
_POSTGRESQL_VERSION = text("SHOW server_version")


def names(rows: Rows) -> set[str]:
    """The tables that there are, ours or not."""
    return set(inspect(rows.connection).get_table_names())


def version(rows: Rows) -> tuple[str, int]:
    """What the database is called, and its version."""
    schema = metadata.tables[VERSION_TABLE]
    called, number = rows.execute(select(schema.c.name, schema.c.version)).one()
    return str(called), int(number)


def engine(rows: Rows) -> tuple[str, str]:
    """The engine's name and version."""
    name = rows.connection.dialect.name
    found = rows.execute(_SQLITE_VERSION if name == "sqlite" else _POSTGRESQL_VERSION).scalar_one()
    return name, str(found).split()[0]


def count(rows: Rows, table: Table) -> int:
    """How many rows a table has."""
    return int(rows.execute(select(func.count()).select_from(table)).scalar_one())


def size(rows: Rows) -> int:
    """Bytes of the whole database."""
    if rows.connection.dialect.name == "sqlite":
        return int(rows.execute(_SQLITE_SIZE).scalar_one())
    return int(rows.execute(select(func.pg_database_size(func.current_database()))).scalar_one())


def sizes(rows: Rows, tables: set[str]) -> dict[str, int]:
    """Bytes of each table with its indexes, where the engine can tell."""
    if rows.connection.dialect.name != "sqlite":
        return {
            name: int(rows.execute(select(func.pg_total_relation_size(name))).scalar_one()) for name in tables
        }
    try:
        found = {str(name): int(bytes_) for name, bytes_ in rows.execute(_SQLITE_SIZES)}
    except DBAPIError:  # an SQLite that was built without this
        return {}
    for index, table in rows.execute(_SQLITE_INDEXES):
        found[table] = found.get(table, 0) + found.get(index, 0)
    return {name: found[name] for name in tables if name in found}


def differences(rows: Rows, present: set[str]) -> list[str]:
    """What the tables lack, or have beyond the code's, a line each.

    A slice that has no table at all is not missed.
    """
    held = {str(table.name) for tables in SLICES.values() if _has_one(tables, present) for table in tables}
    context = MigrationContext.configure(
        rows.connection,
        opts={
            "version_table": VERSION_TABLE,
            "compare_server_default": True,
            "include_object": lambda _, name, kind, __, ___: kind != "table" or name in held | present,
        },
    )
    return [_said(change) for change in _flat(compare_metadata(context, metadata)) if _counts(change, held)]


def _has_one(tables: list[Table], present: set[str]) -> bool:
    return any(table.name in present for table in tables)


def _flat(changes: list[Any]) -> list[tuple[Any, ...]]:
    """Changes of columns come in lists of their own."""
    flat: list[tuple[Any, ...]] = []
    for change in changes:
        flat.extend(change if isinstance(change, list) else [change])
    return flat


def _counts(change: tuple[Any, ...], held: set[str]) -> bool:
    return change[0] != "add_table" or change[1].name in held


def _said(change: tuple[Any, ...]) -> str:
    """Such as "add_index ledger_pendings_expires_at" or "modify_type payments.code"."""
    kind, *rest = change
    named = [
        str(getattr(part, "name", part)) for part in rest if isinstance(part, str) or hasattr(part, "name")
    ]
    return f"{kind} {'.'.join(name for name in named if name and name != 'None')}"
