"""The pure rules of uptime. Each moment of a capability is one *part*, by the first rule that fits:

| part | when |
|---|---|
| unwatched | nobody watched: before the beginning, or while this node was away |
| unanswered, planned | announced work stops it, up to the end that was announced before it began |
| unanswered | the same after that end, or a time without any answer |
| standby, planned | the standby system answers, or customers return, in announced work or for maintenance |
| standby | the standby system answers, or customers return, for any other reason |
| primary | the institution's own system answers |

Work that goes on past the end announced first is unplanned from then on, whatever extensions said later.
While customers return by groups, the whole counts as standby. Shares are of the time that was watched.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import msgspec

from dawam.standin import Mode, Reason

_MILLISECOND = timedelta(milliseconds=1)


class Part(StrEnum):
    """Who answered at a moment, if anybody."""

    PRIMARY = "primary"
    STANDBY_PLANNED = "standby_planned"
    STANDBY = "standby"
    UNANSWERED_PLANNED = "unanswered_planned"
    UNANSWERED = "unanswered"
    UNWATCHED = "unwatched"


class Stretch(msgspec.Struct, frozen=True):
    """A time from `start` up to `end`, which it does not hold."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is in it."""
        return self.start <= moment < self.end


class Change(msgspec.Struct, frozen=True):
    """From `at` on the capability is in this mode, for this reason."""

    at: datetime
    mode: Mode
    reason: Reason


class Work(msgspec.Struct, frozen=True):
    """Announced work on a capability: when it was done, what end was said first, what goes on."""

    done: Stretch
    planned_end: datetime
    goes_on: bool

    @property
    def planned(self) -> Stretch:
        """The part that was announced before it began."""
        return Stretch(self.done.start, min(self.planned_end, self.done.end))

    @property
    def overrun(self) -> Stretch:
        """The part after that; empty where it ended in time."""
        return Stretch(max(self.planned_end, self.done.start), self.done.end)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a capability. `changes` by time; before the first of them it is normal."""

    changes: Sequence[Change] = ()
    watched: Sequence[Stretch] = ()
    work: Sequence[Work] = ()
    unanswered: Sequence[Stretch] = ()


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How long each part was, in milliseconds."""

    primary_ms: int = 0
    standby_planned_ms: int = 0
    standby_ms: int = 0
    unanswered_planned_ms: int = 0
    unanswered_ms: int = 0
    unwatched_ms: int = 0

    @property
    def watched_ms(self) -> int:
        """Everything but what nobody watched."""
        standby_ms = self.standby_planned_ms + self.standby_ms
        return self.primary_ms + standby_ms + self.unanswered_planned_ms + self.unanswered_ms

    def share(self, *parts: Part) -> float | None:
        """What part of the watched time it was; None where nothing was watched."""
        if not self.watched_ms:
            return None
        return sum(int(getattr(self, f"{part.value}_ms")) for part in parts) / self.watched_ms

    @property
    def answered(self) -> float | None:
        """The share in which customers got answers, from whichever system."""
        return self.share(Part.PRIMARY, Part.STANDBY, Part.STANDBY_PLANNED)

    @property
    def answered_unplanned(self) -> float | None:
        """The same, with announced interruptions left out of the question."""
        asked_ms = self.watched_ms - self.unanswered_planned_ms
        return (asked_ms - self.unanswered_ms) / asked_ms if asked_ms else None


NOTHING = Tally()


def stretches(record: Record, start: datetime, end: datetime) -> list[tuple[Part, Stretch]]:
    """The parts from `start` to `end`, in order and without a gap; neighbours differ."""
    found: list[tuple[Part, Stretch]] = []
    edges = [start, *sorted(_edges(record, start, end)), end]
    times = [change.at for change in record.changes]
    for begins, ends in pairwise(edges):
        if ends <= begins:
            continue
        part = _part(record, times, begins)
        if found and found[-1][0] is part:
            found[-1] = (part, Stretch(found[-1][1].start, ends))
        else:
            found.append((part, Stretch(begins, ends)))
    return found


def tally(record: Record, start: datetime, end: datetime) -> Tally:
    """How long each part was from `start` to `end`."""
    lengths = dict.fromkeys(Part, timedelta())
    for part, stretch in stretches(record, start, end):
        lengths[part] += stretch.end - stretch.start
    return Tally(**{f"{part.value}_ms": length // _MILLISECOND for part, length in lengths.items()})


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum."""
    sums = dict.fromkeys(Tally.__struct_fields__, 0)
    for one in tallies:
        for name in sums:
            sums[name] += getattr(one, name)
    return Tally(**sums)


def _edges(record: Record, start: datetime, end: datetime) -> set[datetime]:
    lasting = [*record.watched, *record.unanswered]
    for work in record.work:
        lasting += [work.done, work.planned]
    edges = {change.at for change in record.changes}
    edges |= {edge for stretch in lasting for edge in (stretch.start, stretch.end)}
    return {edge for edge in edges if start < edge < end}


def _part(record: Record, times: Sequence[datetime], moment: datetime) -> Part:
    if not _in(record.watched, moment):
        return Part.UNWATCHED
    planned = _in((work.planned for work in record.work), moment)
    stopped = _in((work.done for work in record.work if not work.goes_on), moment)
    if stopped or _in(record.unanswered, moment):
        return Part.UNANSWERED_PLANNED if planned else Part.UNANSWERED
    place = bisect_right(times, moment)
    if not place or record.changes[place - 1].mode is Mode.NORMAL:
        return Part.PRIMARY
    maintained = record.changes[place - 1].reason is Reason.MAINTENANCE
    overrun = _in((work.overrun for work in record.work), moment)
    return Part.STANDBY_PLANNED if planned or (maintained and not overrun) else Part.STANDBY


def _in(lasting: Iterable[Stretch], moment: datetime) -> bool:
    return any(stretch.holds(moment) for stretch in lasting)
