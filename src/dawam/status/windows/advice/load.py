"""How many operations an institution has in each hour: as counted, or as its days and weeks usually go.

An hour that was counted counts as it was. For others the mean of the same hour on the same day of the week
is taken, if the year of the counts is known and they cover a fortnight; else the mean of the same hour of all
days.
A day on which nothing was counted at all was not observed; an hour without a line on an observed day is a 0.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import msgspec

from dawam.kernel import InvalidInput

_FIELDS = ("month", "day", "hour", "count")
_FORTNIGHT = 14
_LEAP = 2000
"""Any year with a 29 February, for days of an unknown year."""


class HourCount(msgspec.Struct, frozen=True, kw_only=True):
    """Operations counted in one hour on the institution's clock; `day` begins at 1, `hour` at 0."""

    month: int
    day: int
    hour: int
    count: int


class LoadProfile:
    """What to expect of an hour."""

    def __init__(self, counts: Iterable[HourCount], *, year: int | None = None) -> None:
        """Counts of the same hour add up: kinds of operation, as a rule."""
        self.year = year
        self._counted: dict[tuple[int, int, int], int] = defaultdict(int)
        for one in counts:
            self._counted[one.month, one.day, one.hour] += one.count
        self._observed = {(month, day) for month, day, _ in self._counted}
        self._by_hour = self._means(lambda month, day: ())
        self._by_weekday: Mapping[tuple[int, ...], Fraction] = (
            self._means(lambda month, day: (date(year, month, day).weekday(),))
            if year is not None and len(self._observed) >= _FORTNIGHT
            else {}
        )

    @property
    def total(self) -> int:
        """All operations counted."""
        return sum(self._counted.values())

    @property
    def days(self) -> int:
        """How many days were observed."""
        return len(self._observed)

    def counted(self, day: date) -> bool:
        """Whether the day itself was observed (in some year)."""
        return (day.month, day.day) in self._observed

    def expected(self, day: date, hour: int) -> Fraction:
        """Operations to expect in an hour of a day."""
        if self.counted(day):
            return Fraction(self._counted.get((day.month, day.day, hour), 0))
        found = self._by_weekday.get((day.weekday(), hour))
        return self._by_hour.get((hour,), Fraction(0)) if found is None else found

    def _means(self, kind: Callable[[int, int], tuple[int, ...]]) -> dict[tuple[int, ...], Fraction]:
        """The mean of each hour over the observed days of a kind."""
        days: dict[tuple[int, ...], int] = defaultdict(int)
        sums: dict[tuple[int, ...], int] = defaultdict(int)
        for month, day in self._observed:
            days[kind(month, day)] += 1
            for hour in range(24):
                sums[(*kind(month, day), hour)] += self._counted.get((month, day, hour), 0)
        return {key: Fraction(count, days[key[:-1]]) for key, count in sums.items()}


def read_load(file: Path, *, year: int | None = None) -> LoadProfile:
    """The profile of a CSV with the columns `month`, `day` (the first is 0), `hour` and `count`.

    Raises: InvalidInput `load_file_unreadable`, `load_line_invalid`.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return LoadProfile(_counts(csv.DictReader(lines), year), year=year)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InvalidInput("load_file_unreadable", file=str(file)) from None


def _counts(rows: "csv.DictReader[str]", year: int | None) -> list[HourCount]:
    found = []
    for line, row in enumerate(rows, start=2):
        try:
            month, day, hour, count = (int(row[name]) for name in _FIELDS)
            date(year or _LEAP, month, day + 1)
            if not 0 <= hour <= 23 or count < 0:
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise InvalidInput("load_line_invalid", line=line) from None
        found.append(HourCount(month=month, day=day + 1, hour=hour, count=count))
    return found
