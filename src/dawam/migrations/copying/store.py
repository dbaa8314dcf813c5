"""All SQL of a copy: whole tables read in the order of their keys, written batch by batch."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    bindparam,
    collate,
    func,
    insert,
    inspect,
    literal,
    select,
    tuple_,
    update,
)

from dawam.migrations.copying.tables import TABLES, origin, progress
from dawam.migrations.tables import VERSION_TABLE, metadata
from dawam.storage import SCHEMA_NAME, Rows, Tx

Row = tuple[Any, ...]

_insert = cache(insert)  # the storage knows a statement by its identity
_p = progress.c
_ADVANCE = (
    update(progress)
    .where(_p.name == bindparam("of"))
    .values(rows=bindparam("n"), last_key=bindparam("key"), ended=bindparam("end"))
)


def begin(tx: Tx, source: str) -> tuple[str, bool]:
    """The source that this target is a copy of, which is `source` if it was none yet; whether it was."""
    for table in TABLES:
        table.create(tx.connection, checkfirst=True)
    known = tx.execute(select(origin.c.source)).scalar()
    if known is None:
        tx.execute(insert(origin).values(source=source))
        return source, False
    return str(known), True


def standing(tx: Tx, table: Table) -> tuple[int, Row | None, bool]:
    """How far a table has come: rows, the key of the last, whether that was all."""
    found = tx.execute(select(_p.rows, _p.last_key, _p.ended).where(_p.name == table.name)).one_or_none()
    if found is None:
        tx.execute(insert(progress).values(name=table.name, rows=0, ended=0))
        return 0, None, False
    key = None if found[1] is None else tuple(msgspec.msgpack.decode(found[1]))
    return found[0], key, bool(found[2])


def take(tx: Tx, table: Table, batch: Sequence[Row], *, rows: int) -> None:
    """Write a batch and how far it leads; the two are never apart."""
    tx.many(_insert(table), batch)
    key = [batch[-1][position] for position in key_positions(table)]
    tx.execute(_ADVANCE, {"of": table.name, "n": rows, "key": msgspec.msgpack.encode(key), "end": 0})


def end(tx: Tx, table: Table) -> None:
    """All of this table is there."""
    tx.execute(update(progress).where(_p.name == table.name).values(ended=1))


def key_positions(table: Table) -> list[int]:
    """Where in a row its primary key stands."""
    columns = list(table.columns)
    return [columns.index(column) for column in table.primary_key.columns]


def read(rows: Rows, table: Table, batch: int, after: Row | None = None) -> Iterator[list[Row]]:
    """The table's rows in the order of its key, batch by batch, from after a key on.

    Texts are ordered by their bytes on every engine. Within `rows.snapshot()`.
    """
    keys = [_ordered(rows, column) for column in table.primary_key.columns]
    statement = select(*table.columns).order_by(*keys)
    if after is not None:
        given = [
            literal(value, column.type)
            for value, column in zip(after, table.primary_key.columns, strict=True)
        ]
        statement = statement.where(tuple_(*keys) > tuple_(*given))
    options = {"stream_results": True, "max_row_buffer": batch}
    result = rows.execute(statement.execution_options(**options))
    while found := result.fetchmany(batch):
        yield [tuple(row) for row in found]


def _ordered(rows: Rows, column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, String) and rows.connection.dialect.name == "postgresql":
        return collate(column, "C")
    return column


def present(rows: Rows, tables: Sequence[Table]) -> list[Table]:
    """Those of the tables that the database has, a referenced one before those that refer to it."""
    names = set(inspect(rows.connection).get_table_names())
    wanted = {table.name for table in tables} & names
    return [table for table in metadata.sorted_tables if table.name in wanted]


def finish(tx: Tx, tables: Sequence[Table]) -> None:
    """From now on the target is a database of its own; new rows are numbered after the copied ones."""
    if tx.connection.dialect.name == "postgresql":
        for table in tables:
            _number_on(tx, table)
    for table in TABLES:
        table.drop(tx.connection)
    schema = metadata.tables[VERSION_TABLE]
    tx.execute(update(schema).values(name=SCHEMA_NAME))


def _number_on(tx: Tx, table: Table) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    last = tx.execute(select(func.max(column))).scalar()
    if last is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        tx.execute(select(func.setval(sequence, last)))
