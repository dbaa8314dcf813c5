"""The quietest starts for a length of work, with what speaks against each. Pure.

Rules: candidates begin at whole steps from the earliest start on, and end no later than the horizon. Those
with nothing against them come first; then the fewest operations; then the earlier. Operations are summed
exactly: an hour that a window touches in part counts in proportion (hours are those of the clock on the wall,
so that daylight saving makes days of 23 or 25 of them).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec

from dawam.status.windows.advice.load import LoadProfile
from dawam.status.windows.days import Days
from dawam.status.windows.settings import HoursOfDay, MaintenanceSettings

_STEP = timedelta(minutes=30)
_HOUR = 3600


class Against(StrEnum):
    """Why a start is not advised, the weightiest first."""

    OTHER_WINDOW = "other_window"
    NOTICE_TOO_SHORT = "notice_too_short"
    PAY_DAY = "pay_day"
    PUBLIC_HOLIDAY = "public_holiday"
    WEEKEND = "weekend"
    RAMADAN_EVENING = "ramadan_evening"
    FRIDAY_PRAYER = "friday_prayer"
    PRAYER = "prayer"


class Objection(msgspec.Struct, frozen=True):
    """What speaks against a window, and on which day of the institution's clock."""

    kind: Against
    day: date


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One start: what it would meet, and what speaks against it."""

    starts_at: datetime
    ends_at: datetime
    operations: int
    counted: bool
    """Whether all its hours were counted; else they are means."""
    against: tuple[Objection, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look: `busy` are other windows on the same capabilities."""

    length: timedelta
    earliest: datetime
    horizon: datetime
    noticed_from: datetime
    """The first start for which notice given now is long enough."""
    busy: tuple[tuple[datetime, datetime], ...] = ()
    step: timedelta = _STEP


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """All candidates, the most advisable first; `busiest` is what the worst would meet."""

    candidates: tuple[Candidate, ...]

    @property
    def busiest(self) -> int:
        """Operations that the busiest candidate would meet."""
        return max((one.operations for one in self.candidates), default=0)


def advise(question: Question, profile: LoadProfile, settings: MaintenanceSettings, days: Days) -> Advice:
    """Every start in the stretch, ranked."""
    found = []
    running = _Running(profile, days.zone, question.earliest, question.horizon)
    starts_at = _at_step(question.earliest, question.step)
    while starts_at + question.length <= question.horizon:
        found.append(_candidate(starts_at, starts_at + question.length, question, running, settings, days))
        starts_at += question.step
    ranked = sorted(found, key=lambda one: (bool(one.against), one.operations, one.starts_at))
    return Advice(candidates=tuple(ranked))


def candidate(
    starts_at: datetime,
    ends_at: datetime,
    question: Question,
    profile: LoadProfile,
    settings: MaintenanceSettings,
    days: Days,
) -> Candidate:
    """One window, looked at in the same way."""
    running = _Running(profile, days.zone, starts_at, ends_at)
    return _candidate(starts_at, ends_at, question, running, settings, days)


def _candidate(
    starts_at: datetime,
    ends_at: datetime,
    question: Question,
    running: "_Running",
    settings: MaintenanceSettings,
    days: Days,
) -> Candidate:
    return Candidate(
        starts_at=starts_at,
        ends_at=ends_at,
        operations=_rounded(running.until(ends_at) - running.until(starts_at)),
        counted=all(running.profile.counted(day) for day in _days(starts_at, ends_at, days.zone)),
        against=tuple(objections(starts_at, ends_at, question, settings, days)),
    )


def apart(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The first of the ranked ones that do not overlap each other: a choice of nights, not of half hours."""
    chosen: list[Candidate] = []
    for one in candidates:
        if all(one.ends_at <= other.starts_at or other.ends_at <= one.starts_at for other in chosen):
            chosen.append(one)
        if len(chosen) == limit:
            break
    return chosen


def objections(
    starts_at: datetime, ends_at: datetime, question: Question, settings: MaintenanceSettings, days: Days
) -> Iterable[Objection]:
    """What speaks against a window, the weightiest first, each kind once."""
    touched = _days(starts_at, ends_at, days.zone)
    if any(begins < ends_at and starts_at < ends for begins, ends in question.busy):
        yield Objection(Against.OTHER_WINDOW, touched[0])
    if starts_at < question.noticed_from:
        yield Objection(Against.NOTICE_TOO_SHORT, touched[0])
    wanted: dict[Against, Callable[[date], bool]] = {
        Against.PAY_DAY: days.pay_day,
        Against.PUBLIC_HOLIDAY: days.holiday,
        Against.WEEKEND: lambda day: settings.avoid_weekend and days.weekend(day),
    }
    for kind, speaks in wanted.items():
        found = next((day for day in touched if speaks(day)), None)
        if found is not None:
            yield Objection(kind, found)
    yield from _hours_against(starts_at, ends_at, settings, days)


def _hours_against(
    starts_at: datetime, ends_at: datetime, settings: MaintenanceSettings, days: Days
) -> Iterable[Objection]:
    first = starts_at - timedelta(days=1)  # hours of the evening before may go past midnight
    touched = _days(first, ends_at, days.zone)

    def meets(hours: HoursOfDay | None, day: date) -> bool:
        if hours is None:
            return False
        begins, ends = days.span(day, hours)
        return begins < ends_at and starts_at < ends

    wanted: dict[Against, Callable[[date], bool]] = {
        Against.RAMADAN_EVENING: lambda day: days.ramadan(day) and meets(settings.ramadan_evening, day),
        Against.FRIDAY_PRAYER: lambda day: days.friday(day) and meets(settings.friday_prayer, day),
        Against.PRAYER: lambda day: any(meets(hours, day) for hours in settings.prayers),
    }
    for kind, speaks in wanted.items():
        found = next((day for day in touched if speaks(day)), None)
        if found is not None:
            yield Objection(kind, found)


class _Running:
    """Operations from a begin up to any later moment, exact: a running sum over hours of the clock."""

    def __init__(self, profile: LoadProfile, zone: ZoneInfo, begins: datetime, ends: datetime) -> None:
        self.profile = profile
        self._edges: list[datetime] = [begins.astimezone(UTC)]
        self._sums: list[Fraction] = [Fraction(0)]
        self._rates: list[Fraction] = []
        end = ends.astimezone(UTC)
        while self._edges[-1] < end:
            at = self._edges[-1]
            local = at.astimezone(zone)
            past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            edge = at - past + timedelta(hours=1)
            rate = profile.expected(local.date(), local.hour) / _HOUR
            self._rates.append(rate)
            self._sums.append(self._sums[-1] + rate * _seconds(edge - at))
            self._edges.append(edge)

    def until(self, moment: datetime) -> Fraction:
        """Operations from the begin to the moment."""
        place = bisect_right(self._edges, moment) - 1
        if place >= len(self._rates):
            return self._sums[-1]
        return self._sums[place] + self._rates[place] * _seconds(moment - self._edges[place])


def _seconds(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), 1_000_000)


def _rounded(value: Fraction) -> int:
    """To the nearest whole operation, halves up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _at_step(moment: datetime, step: timedelta) -> datetime:
    """The next moment at a whole step of the UTC day."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - ((midnight - moment) // step) * step


def _days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Sequence[date]:
    """The days of the zone that a window touches; one that ends at midnight does not touch the next day."""
    first = starts_at.astimezone(zone).date()
    last = max(first, (ends_at - timedelta(microseconds=1)).astimezone(zone).date())
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
