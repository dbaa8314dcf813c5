"""An account's past, walked back from its newest transfer or from a waypoint; the same time in any ledger.

Of the two times of a booking, `timestamp` says when it was recorded, `effective_at` when it happened.
"""

from collections.abc import Iterator
from typing import NamedTuple

from dawam.kernel import InvalidInput
from dawam.ledger import records, store
from dawam.ledger.model import Entry
from dawam.ledger.recent import Recent
from dawam.ledger.records import Line
from dawam.storage import Rows

Counters = tuple[int, int, int, int]
NOTHING: Counters = (0, 0, 0, 0)


class Place(NamedTuple):
    """An account's number, and the position of its newest transfer, 0 for none."""

    number: int
    latest: int


def line(rows: Rows, seq: int) -> Line:
    """The transfer at a position."""
    return Line(store.record(rows, seq))


def lines(rows: Rows, number: int, start: int) -> Iterator[tuple[int, Line]]:
    """Position and record of an account's transfers, from the one at `start` back."""
    seq = start
    while seq:
        found = line(rows, seq)
        yield seq, found
        seq = found.previous(number)


def statement(rows: Rows, place: Place, *, before: int | None, limit: int) -> list[Entry]:
    """At most `limit` entries, newest first, older than the one at `before`.

    Raises: InvalidInput `statement_position_unknown`.
    """
    start = place.latest if before is None else _before(rows, place.number, before)
    page: list[tuple[int, Line]] = []
    for found in lines(rows, place.number, start):
        if len(page) >= limit:
            break
        page.append(found)
    numbers = {number for _, found in page for number in (found.debit, found.credit)}
    ids = {index.number: index.id for index in store.accounts_by_number(rows, numbers)}
    return [_entry(seq, found, place.number, ids) for seq, found in page]


def _before(rows: Rows, number: int, before: int) -> int:
    chunk = store.block_at(rows, before) if 0 < before < 2**63 else None
    if chunk is not None and chunk.kind == records.TRANSFER:
        found = Line(records.record(chunk.kind, chunk.stored, before - chunk.seq))
        if number in (found.debit, found.credit):
            return found.previous(number)
    raise InvalidInput("statement_position_unknown", before=before)


def _entry(seq: int, found: Line, number: int, ids: dict[int, int]) -> Entry:
    side = "debit" if number == found.debit else "credit"
    transfer = found.transfer(ids[found.debit], ids[found.credit])
    return Entry(seq, transfer, side, *found.counters(number))


def counters_as_of(rows: Rows, recent: Recent, place: Place, moment_ns: int) -> Counters:
    """The counters by booking time: all that was recorded up to a moment."""
    start = _start(rows, recent, place, moment_ns)
    for _, found in lines(rows, place.number, start):
        if found.timestamp <= moment_ns:
            return found.counters(place.number)
    return NOTHING


def _start(rows: Rows, recent: Recent, place: Place, moment_ns: int) -> int:
    """A transfer later than the moment, some 64 of the account's steps after it; or the newest."""
    passed = store.waypoint_after(rows, place.number, moment_ns)
    return passed or recent.waypoint_after(place.number, moment_ns) or place.latest
