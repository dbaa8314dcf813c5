"""An account's past, found by its postings or walked back from a transfer; the same time in any ledger.

Of the two times of a booking, `timestamp` says when it was recorded, `effective_at` when it happened.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from dawam.kernel import InvalidInput
from dawam.ledger import postings, records
from dawam.ledger.history import store
from dawam.ledger.model import Entry
from dawam.ledger.recent import Recent
from dawam.ledger.records import Line
from dawam.ledger.store import accounts_by_number, block_at, record
from dawam.storage import Rows

Counters = tuple[int, int, int, int]
NOTHING: Counters = (0, 0, 0, 0)
_STRETCHES = 4


class Place(NamedTuple):
    """An account's number, and the position of its newest transfer, 0 for none."""

    number: int
    latest: int


def line(rows: Rows, seq: int) -> Line:
    """The transfer at a position."""
    return Line(record(rows, seq))


def statement(rows: Rows, place: Place, *, before: int | None, limit: int) -> list[Entry]:
    """At most `limit` entries, newest first, older than the one at `before`.

    Raises: InvalidInput `statement_position_unknown`.
    """
    start = place.latest if before is None else _before(rows, place.number, before)
    page = store.chain(rows, place.number, start, limit)
    numbers = {number for _, found in page for number in (found.debit, found.credit)}
    ids = {index.number: index.id for index in accounts_by_number(rows, numbers)}
    return [_entry(seq, found, place.number, ids) for seq, found in page]


def _before(rows: Rows, number: int, before: int) -> int:
    chunk = block_at(rows, before) if 0 < before < 2**63 else None
    if chunk is not None and chunk.kind == records.TRANSFER:
        found = Line(records.record(chunk.kind, chunk.stored, before - chunk.seq))
        if number in (found.debit, found.credit):
            return found.previous(number)
    raise InvalidInput("statement_position_unknown", before=before)


def _entry(seq: int, found: Line, number: int, ids: dict[int, int]) -> Entry:
    side = "debit" if number == found.debit else "credit"
    transfer = found.transfer(ids[found.debit], ids[found.credit])
    return Entry(seq, transfer, side, *found.counters(number))


def counters_as_of(
    rows: Rows, recent: Recent, place: Place, moment_ns: int, happened_by_ns: int | None = None
) -> Counters:
    """The counters by all that was recorded up to a moment, or by that of it which had happened by another.

    A booking is late when one of the account's that was recorded before it happened after it. Of those that
    are not, the last that had happened in time says what the account held then; late ones after it that had
    happened in time are added. The time it takes grows with the late bookings since, and with nothing else.
    """
    if happened_by_ns is None:
        return _recorded_by(rows, recent, place, moment_ns)
    known = _last_recorded(rows, recent, place, moment_ns)
    if known is None:
        return NOTHING
    last, _ = known
    start = store.waypoint_happened_after(rows, place.number, happened_by_ns)
    start = start or recent.waypoint_happened_after(place.number, happened_by_ns) or last
    seq, counters = 0, NOTHING
    descended = _descend(
        rows, place.number, min(start, last), lambda found: _had_happened(found, place.number, happened_by_ns)
    )
    if descended is not None:
        seq, counters = descended[0], descended[1].counters(place.number)
    lates = [*store.lates(rows, place.number, seq), *recent.lates.get(place.number, ())]
    late = {at for at, happened in lates if seq < at <= last and happened <= happened_by_ns}
    return _with_late(rows, place.number, counters, late)


def _recorded_by(rows: Rows, recent: Recent, place: Place, moment_ns: int) -> Counters:
    found = _last_recorded(rows, recent, place, moment_ns)
    return NOTHING if found is None else found[1].counters(place.number)


def _last_recorded(rows: Rows, recent: Recent, place: Place, moment_ns: int) -> tuple[int, Line] | None:
    """Position and record of the account's last transfer by booking time up to a moment."""
    start = (
        _newest_indexed(rows, place.number, moment_ns)
        or store.waypoint_after(rows, place.number, moment_ns)
        or recent.waypoint_after(place.number, moment_ns)
        or place.latest
    )
    return _descend(rows, place.number, start, lambda found: found.timestamp <= moment_ns)


def _newest_indexed(rows: Rows, number: int, moment_ns: int) -> int | None:
    """A posting of the account's that none recorded up to a moment comes after; None if none is near.

    An account with gaps of some stretches is found from a waypoint, which is further, but never far.
    """
    after = store.indexed_after(rows, moment_ns)
    if after is None:
        return None
    first, seq = after, after
    for _ in range(_STRETCHES):
        chunk = store.postings_at(rows, first, number, seq)
        if chunk is None:
            return None
        found = postings.newest(chunk, number, after)
        if found is not None:
            return found
        first, seq = chunk.first - 1, 2**63 - 1
    return None


def _had_happened(found: Line, number: int, moment_ns: int) -> bool | None:
    """Whether a booking had happened by a moment; None of a late one, which says nothing of others."""
    return None if found.is_late(number) else found.happened_ns <= moment_ns


def _descend(
    rows: Rows, number: int, start: int, is_past: Callable[[Line], bool | None]
) -> tuple[int, Line] | None:
    """Position and record of the account's newest transfer, from the one at `start` back, that is past.

    What is older than one that is past is past as well, but for those that say nothing. So the way goes from
    mark to mark, some eight transfers each, as long as they are not past, and then from transfer to transfer.
    """
    seq, seen = start, 0
    found = line(rows, seq) if seq else None
    while found is not None:
        if is_past(found):
            return seq, found
        mark = found.mark(number)
        marked = line(rows, mark) if mark and mark != seen else None
        seen = mark
        if marked is not None and is_past(marked) is False:
            seq, found = mark, marked
            continue
        seq = found.previous(number)
        found = line(rows, seq) if seq else None
    return None


def _with_late(rows: Rows, number: int, counters: Counters, late: Iterable[int]) -> Counters:
    """The counters after late bookings too: what each of them changed is added."""
    total = list(counters)
    for seq in late:
        found = line(rows, seq)
        before = found.previous(number)
        was = line(rows, before).counters(number) if before else NOTHING
        for place, (old, new) in enumerate(zip(was, found.counters(number), strict=True)):
            total[place] += new - old
    return (total[0], total[1], total[2], total[3])
