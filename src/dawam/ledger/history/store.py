"""All SQL of an account's past: where to begin to look, and what is kept for it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal_column,
    select,
    tuple_,
)

from dawam.kernel import invariant
from dawam.ledger import records
from dawam.ledger.postings import Filed
from dawam.ledger.records import Line
from dawam.ledger.store import first_of
from dawam.ledger.tables import journal, postings, times, waypoints
from dawam.ledger.tables import lates as late_rows
from dawam.storage import Rows, Tx, int8_at

_waypoints = select(waypoints.c.timestamp, waypoints.c.seq, waypoints.c.happened).where(
    waypoints.c.number == bindparam("of")
)
_after = first_of(
    _waypoints.where(waypoints.c.timestamp > bindparam("moment")).order_by(waypoints.c.timestamp)
)
_last = first_of(_waypoints.order_by(waypoints.c.timestamp.desc()))
_at = select(waypoints.c.happened).where(
    waypoints.c.number == bindparam("of"), waypoints.c.timestamp == bindparam("at")
)
_time_after = first_of(
    select(times.c.seq).where(times.c.timestamp > bindparam("moment")).order_by(times.c.timestamp)
)
_stretch = select(func.max(postings.c.first)).where(postings.c.first <= bindparam("by"))
_postings = first_of(
    select(postings.c.first, postings.c.number, postings.c.seq, postings.c.postings)
    .where(
        postings.c.first == _stretch.scalar_subquery(),
        tuple_(postings.c.number, postings.c.seq) <= tuple_(bindparam("of"), bindparam("at")),
    )
    .order_by(postings.c.number.desc(), postings.c.seq.desc())
)
_insert_postings = insert(postings)
_insert_time = insert(times)
_lates = (
    select(late_rows.c.seq, late_rows.c.happened)
    .where(late_rows.c.number == bindparam("of"), late_rows.c.seq > bindparam("above"))
    .order_by(late_rows.c.seq)
)


def _record_at(seq: ColumnElement[int]) -> Select[Any]:
    """The stored transfer at a position."""
    length: ColumnElement[int] = literal_column(str(records.TRANSFER_BYTES))
    place = cast((seq - journal.c.seq) * length + literal_column("1"), Integer)
    stored = select(func.substr(journal.c.records, place, length, type_=LargeBinary))
    return first_of(stored.where(journal.c.seq <= seq).order_by(journal.c.seq.desc()))


def _in_row(seq: ColumnElement[int]) -> ColumnElement[Any]:
    return _record_at(seq).correlate_except(journal).scalar_subquery()


def _chain_from() -> Select[Any]:
    """A transfer of an account's, the one before it that it points to, and so on."""
    begin = select(
        bindparam("start", type_=BigInteger).label("seq"), bindparam("of", type_=BigInteger).label("number")
    ).subquery()
    first = literal_column("1", BigInteger).label("place")
    chain = select(first, begin.c.seq, begin.c.number, _in_row(begin.c.seq).label("stored")).cte(
        "chain", recursive=True
    )
    debit, debit_prev, credit_prev = (
        int8_at(chain.c.stored, literal_column(str(at + 1)))
        for at in (records.DEBIT_AT, records.DEBIT_PREV_AT, records.CREDIT_PREV_AT)
    )
    previous = case((debit == chain.c.number, debit_prev), else_=credit_prev)
    step = select(chain.c.place + literal_column("1"), previous, chain.c.number, _in_row(previous)).where(
        chain.c.place < bindparam("limit"), previous > literal_column("0")
    )
    chain = chain.union_all(step)
    return select(chain.c.seq, chain.c.stored).order_by(chain.c.place)


_chain = _chain_from()
_line_at = _record_at(select(bindparam("at", type_=BigInteger).label("seq")).subquery().c.seq)


def chain(rows: Rows, number: int, start: int, limit: int) -> list[tuple[int, Line]]:
    """Position and record of an account's transfers from the one at `start` back, at most `limit`."""
    if not start or limit < 1:
        return []
    page = [(seq, Line(stored)) for seq, stored in rows.fetch(_chain, (start, number, limit))]
    invariant(all(newer[0] > older[0] for newer, older in pairwise(page)), "pointers lead back")
    return page


def lines_at(rows: Rows, seqs: Sequence[int]) -> list[Line]:
    """The transfers at positions, in their order, in one round trip."""
    return [Line(stored) for ((stored,),) in rows.fetch_each(_line_at, [(seq,) for seq in seqs])]


def waypoint_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint later than a moment: some 8 steps back is the past."""
    found = rows.fetch(_after, (number, moment_ns))
    return int(found[0][1]) if found else None


def waypoint_happened_after(rows: Rows, number: int, moment_ns: int) -> int | None:
    """The account's first indexed waypoint by which something had happened later than a moment.

    Found by halves between the first and the last: what has happened by a waypoint only grows.
    """
    found = rows.fetch(_last, (number,))
    if not found or found[0][2] <= moment_ns:
        return None
    (best,) = found
    below = -1
    while True:
        (next_,) = rows.fetch(_after, (number, below))
        if next_[2] > moment_ns:
            return int(next_[1])
        middle = (next_[0] + best[0]) // 2
        (between,) = rows.fetch(_after, (number, middle))
        if between[2] > moment_ns:
            below, best = next_[0], between if between[0] < best[0] else (middle, *best[1:])
        else:
            below = between[0]


def happened_by_waypoint(rows: Rows, number: int, timestamp: int) -> int | None:
    """The latest effective time of an account by an indexed waypoint; None if there is none at this time."""
    found = rows.fetch(_at, (number, timestamp))
    return int(found[0][0]) if found else None


def indexed_after(rows: Rows, moment_ns: int) -> int | None:
    """The position of an indexed transfer later than a moment, 64 positions after the first at the most."""
    found = rows.fetch(_time_after, (moment_ns,))
    return int(found[0][0]) if found else None


def postings_at(rows: Rows, first: int, number: int, seq: int) -> Filed | None:
    """The last chunk filed at or before an account and a position, of the last stretch by `first`."""
    found = rows.fetch(_postings, (first, number, seq))
    return Filed(*found[0]) if found else None


def lates(rows: Rows, number: int, above: int) -> list[tuple[int, int]]:
    """Position and effective time of an account's indexed late bookings above a position."""
    return [(row[0], row[1]) for row in rows.fetch(_lates, (number, above))]


def add_postings(tx: Tx, found: Iterable[Sequence[Any]]) -> None:
    """Insert chunks of postings: first position, account number and position to file it under, bytes."""
    tx.many(_insert_postings, found)


def add_times(tx: Tx, found: Iterable[tuple[int, int]]) -> None:
    """Insert transfers by time: timestamp, position."""
    tx.many(_insert_time, found)
