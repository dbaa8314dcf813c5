"""How many operations an institution has in each hour: as counted, or as its days and weeks usually go.

An hour that was counted counts as it was. For others the mean of the same hour on the same day of the week
is taken, if the dates of the counts are known and they cover a fortnight; else the mean of the same hour of
all days. What was not counted is in no mean: it is unknown, and not quiet.

Two sources, never mixed, since they may count different things: a file, whose days are whole (an hour without
a line on a day that has one is a 0), and the bookings of the institution's own feed.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from dawam.kernel import InvalidInput
from dawam.primary import BookedHours

_FIELDS = ("month", "day", "hour", "count")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK, _FORTNIGHT = 7, 14
_ANY_YEAR = 2000
"""Stands for the year of a file that does not say it; it has a 29 February."""


class Source(StrEnum):
    """Where a load was counted."""

    FILE = "file"
    FEED = "feed"


class HourCount(msgspec.Struct, frozen=True, kw_only=True):
    """Operations counted in one hour (0 to 23) of a day on the institution's clock, or in a part of it."""

    day: date
    hour: int
    count: int | Fraction
    part: int | Fraction = 1


class LoadProfile:
    """What to expect of an hour."""

    def __init__(
        self, counts: Iterable[HourCount], *, source: Source = Source.FILE, dated: bool = True
    ) -> None:
        """Each hour as often as the clock had it. Without `dated` the year of the dates means nothing."""
        self.source = source
        self._dated = dated
        self._hours: dict[tuple[date, int], _Mean] = defaultdict(_Mean)
        for one in counts:
            self._hours[one.day, one.hour].add(one.count, one.part)
        self._days = {day for day, _ in self._hours}
        self._by_hour: dict[int, _Mean] = defaultdict(_Mean)
        self._by_weekday: dict[tuple[int, int], _Mean] = defaultdict(_Mean)
        for (day, hour), mean in self._hours.items():
            self._by_hour[hour].add(mean.count, mean.part)
            if self.weekly:
                self._by_weekday[day.weekday(), hour].add(mean.count, mean.part)

    @property
    def total(self) -> int:
        """All operations counted."""
        return int(sum(mean.count for mean in self._hours.values()))

    @property
    def days(self) -> int:
        """How many days were observed."""
        return len(self._days)

    @property
    def wanted(self) -> int:
        """How many days must have been observed before it advises: of a feed, each day of the week."""
        return _WEEK if self.source is Source.FEED else 1

    @property
    def enough(self) -> bool:
        """Whether it can advise."""
        return self.days >= self.wanted

    @property
    def weekly(self) -> bool:
        """Whether it knows one day of the week from another."""
        return self._dated and self.days >= _FORTNIGHT

    def counted(self, day: date) -> bool:
        """Whether the day itself was observed (in some year, where the year is not known)."""
        return self._known(day) in self._days

    def expected(self, day: date, hour: int) -> Fraction:
        """Operations to expect in an hour of a day; 0 where nothing like it was ever observed."""
        for found in (
            self._hours.get((self._known(day), hour)),
            self._by_weekday.get((day.weekday(), hour)),
            self._by_hour.get(hour),
        ):
            if found is not None:
                return found.value
        return Fraction(0)

    def _known(self, day: date) -> date:
        return day if self._dated else day.replace(year=_ANY_YEAR)


class _Mean:
    """Operations an hour, over the time in which they were counted."""

    __slots__ = ("count", "part")

    def __init__(self) -> None:
        self.count = self.part = Fraction(0)

    def add(self, count: int | Fraction, part: int | Fraction) -> None:
        self.count += count
        self.part += part

    @property
    def value(self) -> Fraction:
        return self.count / self.part


def read_load(file: Path, *, year: int | None = None) -> LoadProfile:
    """The profile of a CSV with the columns `month`, `day` (the first is 0), `hour` and `count`.

    Lines of the same hour add up: kinds of operation, as a rule.
    Raises: InvalidInput `load_file_unreadable`, `load_line_invalid`.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            counts = _added_up(csv.DictReader(lines), year or _ANY_YEAR)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InvalidInput("load_file_unreadable", file=str(file)) from None
    return LoadProfile(_whole_days(counts), dated=year is not None)


def _whole_days(counts: dict[tuple[date, int], int]) -> Iterator[HourCount]:
    """Every hour of each day that has a count; without one of its own an hour is a 0."""
    for day in sorted({day for day, _ in counts}):
        for hour in range(24):
            yield HourCount(day=day, hour=hour, count=counts.get((day, hour), 0))


def _added_up(rows: "csv.DictReader[str]", year: int) -> dict[tuple[date, int], int]:
    found: dict[tuple[date, int], int] = defaultdict(int)
    for line, row in enumerate(rows, start=2):
        try:
            month, day, hour, count = (int(row[name]) for name in _FIELDS)
            on = date(year, month, day + 1)
            if not 0 <= hour <= 23 or count < 0:
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise InvalidInput("load_line_invalid", line=line) from None
        found[on, hour] += count
    return found


def load_of_feed(booked: BookedHours | None, zone: ZoneInfo) -> LoadProfile:
    """The profile of what a feed booked, over the whole days of the institution's clock that it knows."""
    return LoadProfile(() if booked is None else _hours_of(booked, zone), source=Source.FEED)


def _hours_of(booked: BookedHours, zone: ZoneInfo) -> Iterator[HourCount]:
    day = booked.begins.astimezone(zone).date()
    while (ends := _midnight(day + _DAY, zone)) <= booked.ends:
        begins = _midnight(day, zone)
        if begins >= booked.begins:
            yield from _hours_between(begins, ends, booked, zone)
        day += _DAY


def _hours_between(
    begins: datetime, ends: datetime, booked: BookedHours, zone: ZoneInfo
) -> Iterator[HourCount]:
    """The hours of a day as its clock has them. Where that clock is not whole hours from UTC, those of the
    feed are divided in proportion.
    """
    at = begins
    while at < ends:
        local = at.astimezone(zone)
        past = timedelta(minutes=local.minute, seconds=local.second)
        counted_from = at.replace(minute=0, second=0)
        edge = min(at - past + _HOUR, counted_from + _HOUR, ends)
        part = Fraction((edge - at) // timedelta(seconds=1), 3600)
        count = booked.counts.get(counted_from, 0)
        yield HourCount(day=local.date(), hour=local.hour, count=count * part, part=part)
        at = edge


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
