"""Statements for many rows at once on PostgreSQL: one COPY, or one statement over unnested arrays.

A batch then costs one or two round trips however many rows it has, and one version a row that it touches.
What has another form than a plain insert, or an update or delete by equality, is sent row by row, pipelined.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import psycopg
from sqlalchemy import BigInteger, Delete, Insert, Integer, LargeBinary, SmallInteger, String, Table, Update
from sqlalchemy.sql.expression import ClauseElement

from dawam.storage.engines.adapting import pack_bytes, pack_ints, pack_texts
from dawam.storage.engines.protocol import Value
from dawam.storage.engines.text import Texts

Cursor = psycopg.Cursor[Any]

_VALUE = r"%s(?:::\w+)?"
_NAME = r'(?:\w+|"[^"]+")'
_INSERT = re.compile(rf"INSERT INTO (\S+) \(([^)]+)\) VALUES \({_VALUE}(?:, {_VALUE})*\)")  # noqa: S608
_UPDATE = re.compile(r"UPDATE (\S+) SET (.+?) WHERE (.+)", re.DOTALL)
_DELETE = re.compile(r"DELETE FROM (\S+) WHERE (.+)", re.DOTALL)
_SET = re.compile(rf"({_NAME})={_VALUE}")
_EQUALS = re.compile(rf"{_NAME}\.({_NAME}) = {_VALUE}")


class _Kind(NamedTuple):
    copied: str  # the type's name for COPY
    unnested: str  # the type of an array's elements
    pack: Callable[[Sequence[Any]], bytes]


class Batch(Protocol):
    """A statement that is ready for any number of rows."""

    def run(self, cursor: Cursor, rows: Iterable[Sequence[Value]]) -> None:
        """Run it for all rows."""
        ...


class _RowByRow:
    def __init__(self, text: str) -> None:
        self._text = text

    def run(self, cursor: Cursor, rows: Iterable[Sequence[Value]]) -> None:
        cursor.executemany(self._text, rows)


class _Copy:
    """A plain insert: COPY in binary, or the statement itself for a single row."""

    def __init__(self, text: str, table: str, columns: Sequence[str], kinds: Sequence[_Kind]) -> None:
        self._text = text
        self._copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        self._types = [kind.copied for kind in kinds]

    def run(self, cursor: Cursor, rows: Iterable[Sequence[Value]]) -> None:
        rows = rows if isinstance(rows, list | tuple) else list(rows)
        if len(rows) < 2:
            for row in rows:
                cursor.execute(self._text, row, prepare=True)
            return
        with cursor.copy(self._copy) as copy:
            copy.set_types(self._types)
            write = copy.write_row
            for row in rows:
                write(row)


class _Unnest:
    """A plain update or delete by key: the last row of each key, as arrays."""

    def __init__(self, text: str, joined: str, kinds: Sequence[_Kind], keys: int) -> None:
        self._text = text
        self._joined = joined
        self._kinds = kinds
        self._first_key = len(kinds) - keys

    def run(self, cursor: Cursor, rows: Iterable[Sequence[Value]]) -> None:
        first_key = self._first_key
        last = {tuple(row[first_key:]): row for row in rows}
        if len(last) < 2:
            for row in last.values():
                cursor.execute(self._text, row, prepare=True)
            return
        columns = zip(*last.values(), strict=True)
        arrays = [kind.pack(column) for kind, column in zip(self._kinds, columns, strict=True)]
        cursor.execute(self._joined, arrays, prepare=True)


class Batches:
    """The batches of statements that live as long as their module."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._known: dict[int, tuple[ClauseElement, Batch]] = {}

    def of(self, statement: ClauseElement) -> Batch:
        """The quickest way to run a statement for many rows."""
        known = self._known.get(id(statement))
        if known is None or known[0] is not statement:
            known = self._known[id(statement)] = (statement, _batch(statement, self._texts.of(statement).sql))
        return known[1]


def _batch(statement: ClauseElement, text: str) -> Batch:
    found: Batch | None = None
    if isinstance(statement, Insert | Update | Delete) and isinstance(statement.table, Table):
        if isinstance(statement, Insert):
            found = _insert(text, statement.table)
        else:
            found = _change(text, statement.table)
    return found or _RowByRow(text)


def _insert(text: str, table: Table) -> Batch | None:
    form = _INSERT.fullmatch(text)
    if form is None:
        return None
    columns = form[2].split(", ")
    kinds = _kinds(table, columns)
    return None if kinds is None else _Copy(text, form[1], columns, kinds)


def _change(text: str, table: Table) -> Batch | None:
    form = _UPDATE.fullmatch(text)
    if form is not None:
        changed = _columns(_SET, form[2], ", ")
    else:
        form = _DELETE.fullmatch(text)
        changed = []
    if form is None:
        return None
    keys = _columns(_EQUALS, form[form.lastindex or 1], " AND ")
    if changed is None or keys is None or set(changed) & set(keys):
        return None
    kinds = _kinds(table, [*changed, *keys])
    if kinds is None:
        return None
    arrays = ", ".join(f"%b::{kind.unnested}[]" for kind in kinds)
    names = ", ".join(f"v{n}" for n in range(len(kinds)))
    matches = " AND ".join(f"{form[1]}.{key} = d.v{n}" for n, key in enumerate(keys, len(changed)))
    given = f"unnest({arrays}) AS d({names}) WHERE {matches}"
    joined = f"DELETE FROM {form[1]} USING {given}"  # noqa: S608  our own tables and columns
    if changed:
        sets = ", ".join(f"{column} = d.v{n}" for n, column in enumerate(changed))
        joined = f"UPDATE {form[1]} SET {sets} FROM {given}"  # noqa: S608
    return _Unnest(text, joined, kinds, len(keys))


def _columns(form: re.Pattern[str], text: str, between: str) -> list[str] | None:
    """The columns of a list whose members are all of one form; None if one is not."""
    found = [form.fullmatch(member) for member in text.split(between)]
    return None if None in found else [match[1] for match in found if match is not None]


def _kinds(table: Table, columns: Sequence[str]) -> list[_Kind] | None:
    by_name = {column.name: column.type for column in table.columns}
    kinds = [_kind(by_name[name.strip('"')]) for name in columns]
    return None if None in kinds else [kind for kind in kinds if kind is not None]


def _kind(column_type: object) -> _Kind | None:
    for known, kind in _KINDS:
        if isinstance(column_type, known):
            return kind
    return None


_KINDS: tuple[tuple[type, _Kind], ...] = (
    (SmallInteger, _Kind("int2", "bigint", pack_ints)),
    (BigInteger, _Kind("int8", "bigint", pack_ints)),
    (Integer, _Kind("int4", "bigint", pack_ints)),
    (LargeBinary, _Kind("bytea", "bytea", pack_bytes)),
    (String, _Kind("text", "text", pack_texts)),
)
