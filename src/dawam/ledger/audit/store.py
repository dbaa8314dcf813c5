"""All SQL of the audit: whole tables in order, in bounded memory, each value of the type that it must have.

SQLite keeps whatever type a damaged file says; a row that cannot be one of ours raises `MalformedRow`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select, text

from dawam.ledger.postings import Filed
from dawam.ledger.recent import Chunk
from dawam.ledger.records import id_of
from dawam.ledger.store import AccountIndex, first_of
from dawam.ledger.tables import (
    accounts,
    holds,
    ids,
    journal,
    lates,
    nodes,
    notes,
    postings,
    runs,
    state,
    times,
    waypoints,
)
from dawam.ledger.tables import checkpoints as checkpoint_rows
from dawam.storage import Rows

_LOWEST = -(2**63)
_ID_BYTES = 16


class MalformedRow(Exception):
    """An index holds what no index can hold; `args` are the position that it is about, where it says one."""


class StateRow(NamedTuple):
    """Up to where the indexes go: the whole row."""

    one: int
    indexed_seq: int
    ordered_id: int
    max_id: int


def _page(query: Select[Any], key: Any, count: int) -> Select[Any]:
    return first_of(query.where(key >= bindparam("from")).order_by(key), count)


_blocks = _page(select(journal.c.seq, journal.c.kind, journal.c.records), journal.c.seq, 205)
_accounts = _page(
    select(accounts.c.number, accounts.c.id, accounts.c.latest, accounts.c.terms), accounts.c.number, 4096
)
_checkpoints = _page(
    select(checkpoint_rows.c.size, checkpoint_rows.c.root, checkpoint_rows.c.note),
    checkpoint_rows.c.size,
    4096,
)
_last = select(func.max(journal.c.seq))
_all_holds = select(holds.c.seq, holds.c.status, holds.c.expires_at)
_all_waypoints = select(*waypoints.c)
_all_times = select(*times.c)
_stretches = select(postings.c.first).distinct().order_by(postings.c.first)
_postings_of = (
    select(*postings.c)
    .where(postings.c.first == bindparam("first"))
    .order_by(postings.c.number, postings.c.seq)
)
_all_lates = select(*lates.c)
_all_ids = select(ids.c.id, ids.c.seq)
_all_runs = select(runs.c.id, runs.c.first_seq, runs.c.last_seq).order_by(runs.c.id)
_all_notes = select(notes.c.kind, notes.c.id, notes.c.seq)
_all_nodes = select(nodes.c.level, nodes.c.place, nodes.c.hash)
_all_state = select(state.c.one, state.c.indexed_seq, state.c.ordered_id, state.c.max_id)
_sound = text("PRAGMA integrity_check(1)")


def blocks(rows: Rows) -> Iterator[Chunk]:
    """Every block of the journal, whatever position and content it claims."""
    for row in _each(rows, _blocks):
        yield Chunk(*row)


def last_block(rows: Rows) -> int:
    """Where the last block begins, 0 without any."""
    ((found,),) = rows.fetch(_last)
    return found if type(found) is int else 0


def checkpoints(rows: Rows) -> Iterator[tuple[Any, ...]]:
    """Size, root and signed text of every checkpoint, in order, as they stand there."""
    yield from _each(rows, _checkpoints)


def all_accounts(rows: Rows) -> Iterator[AccountIndex]:
    """Every account in order of its number."""
    for row in _each(rows, _accounts):
        number, identifier, latest, terms = _typed(row, (int, bytes, int, int), about=0)
        yield AccountIndex(number, id_of(identifier), latest, terms)


def all_holds(rows: Rows) -> dict[int, tuple[int, int | None]]:
    """Status and expiry of every indexed hold, by position."""
    found = {}
    for row in rows.fetch(_all_holds):
        seq, status = _typed(row[:2], (int, int), about=0)
        if row[2] is not None:
            _typed(row[2:], (int,), about=None)
        found[seq] = (status, row[2])
    return found


def all_waypoints(rows: Rows) -> list[tuple[int, int, int, int]]:
    """Account number, timestamp, position and latest effective time by then of every waypoint."""
    return [_typed(row, (int, int, int, int), about=2) for row in rows.fetch(_all_waypoints)]


def all_times(rows: Rows) -> list[tuple[int, int]]:
    """Timestamp and position of every transfer that is kept by its time."""
    return [_typed(row, (int, int), about=1) for row in rows.fetch(_all_times)]


def stretches(rows: Rows) -> list[int]:
    """Where the stretches of postings begin, in order."""
    return [_typed(row, (int,), about=0)[0] for row in rows.fetch(_stretches)]


def postings_of(rows: Rows, first: int) -> list[Filed]:
    """The chunks of a stretch, in order."""
    found = []
    for row in rows.fetch(_postings_of, (first,)):
        _typed(row[:3], (int, int, int), about=0)
        if type(row[3]) is not bytes:
            raise MalformedRow(first)
        found.append(Filed(*row))
    return found


def all_lates(rows: Rows) -> list[tuple[int, int, int]]:
    """Account number, position and effective time of every late booking."""
    return [_typed(row, (int, int, int), about=1) for row in rows.fetch(_all_lates)]


def all_ids(rows: Rows) -> dict[int, int]:
    """The position of every id that is in no run."""
    return {id_of(row[0]): row[1] for row in rows.fetch(_all_ids) if _typed(row, (bytes, int), about=1)}


def all_runs(rows: Rows) -> list[tuple[int, int, int]]:
    """Every run of ids, in order: the first id, first and last position."""
    found = [_typed(row, (bytes, int, int), about=1) for row in rows.fetch(_all_runs)]
    return [(id_of(identifier), first, last) for identifier, first, last in found]


def all_notes(rows: Rows) -> dict[tuple[int, int], int]:
    """The position of the newest indexed metadata, by kind and id of its subject."""
    found = [_typed(row, (int, bytes, int), about=2) for row in rows.fetch(_all_notes)]
    return {(kind, id_of(identifier)): seq for kind, identifier, seq in found}


def all_nodes(rows: Rows) -> list[tuple[int, int, bytes]]:
    """Level, place and hash of every kept node."""
    for row in (found := rows.fetch(_all_nodes)):
        _typed(row[:2], (int, int), about=None)
    return found


def read_state(rows: Rows) -> list[StateRow]:
    """Up to where the indexes go: one row, none in an empty ledger."""
    found = []
    for row in rows.fetch(_all_state):
        one, indexed, ordered_id, max_id = _typed(row, (int, int, bytes, bytes), about=None)
        found.append(StateRow(one, indexed, id_of(ordered_id), id_of(max_id)))
    return found


def is_sound(rows: Rows) -> bool:
    """What SQLite says of its own file, indexes among it; of another engine's this cannot be asked."""
    if rows.connection.dialect.name != "sqlite":
        return True
    return rows.fetch(_sound) == [("ok",)]


def _each(rows: Rows, page: Select[Any]) -> Iterator[tuple[Any, ...]]:
    start = _LOWEST
    while found := rows.fetch(page, (start,)):
        yield from found
        if not start <= found[-1][0] < -_LOWEST - 1:  # the last there can be; or a file that is out of order
            return
        start = found[-1][0] + 1


def _typed(row: tuple[Any, ...], types: tuple[type[Any], ...], *, about: int | None) -> tuple[Any, ...]:
    """The row, if it is one; `about` is the place of the position that it is about."""
    right = all(
        type(value) is wanted and (wanted is int or len(value) == _ID_BYTES)
        for value, wanted in zip(row, types, strict=True)
    )
    if not right:
        seq = None if about is None else row[about]
        raise MalformedRow(seq if type(seq) is int else 0)
    return row
