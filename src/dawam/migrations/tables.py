"""Every slice's tables, and the row of `schema` as Alembic reads and writes it.

There is one version: the number in `schema`, which is also the name of the revision. Storage compares it
when it opens a database; Alembic, through the table below, moves it when it migrates one.
"""

from typing import Any

from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Column, Dialect, Integer, MetaData, String, Table, TypeDecorator

from dawam import delivery, ledger, people, portal, primary, standin, status, wallet
from dawam.storage import SCHEMA_NAME, metadata

__all__ = ["SLICES", "TABLES", "VERSION_TABLE", "metadata"]

VERSION_TABLE = "schema"
SLICES: dict[str, list[Table]] = {
    "ledger": ledger.TABLES,
    "primary": primary.TABLES,
    "standin": standin.TABLES,
    "wallet": wallet.TABLES,
    "delivery": delivery.TABLES,
    "people": people.TABLES,
    "status": status.TABLES,
    "portal": portal.TABLES,
}
TABLES: list[Table] = [table for tables in SLICES.values() for table in tables]


class _Revision(TypeDecorator[str]):
    """A revision's name, "0001", kept as the number 1."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:04}"


def _schema(version_table: str) -> Table:
    return Table(
        version_table,
        MetaData(),
        Column("name", String(40), primary_key=True, default=SCHEMA_NAME),
        Column("version", _Revision, key="version_num", nullable=False),
    )


class _OnSqlite(SQLiteImpl):
    __dialect__ = "sqlite"

    def version_table_impl(self, *, version_table: str, **_: Any) -> Table:
        return _schema(version_table)


class _OnPostgresql(PostgresqlImpl):
    __dialect__ = "postgresql"

    def version_table_impl(self, *, version_table: str, **_: Any) -> Table:
        return _schema(version_table)
