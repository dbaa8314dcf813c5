"""A month as a grid of weeks, with the windows of each day."""

from calendar import Calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import get_day_names

from dawam.status.windows.model import MaintenanceWindow
from dawam.web import Locale
from dawam.web.pages import day, hijri

_CLDR: dict[Locale, str] = {"ar": "ar", "fr": "fr", "en": "en_GB"}
_FIRST_DAYS: dict[Locale, int] = {"ar": 5, "fr": 0, "en": 0}
"""Saturday in Arabic, Monday in French and English. Source: CLDR, week data of EG, FR and GB."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the grid; `inside` says that it belongs to the month."""

    day: date
    inside: bool
    today: bool
    windows: tuple[MaintenanceWindow, ...]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month as its page shows it; `weekdays` are any dates of the days of the week, in order."""

    first: date
    before: str
    after: str
    weekdays: tuple[date, ...]
    weeks: tuple[tuple[Day, ...], ...]


def bounds(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments between which a month lies."""
    begins = datetime.combine(first, time(), zone).astimezone(UTC)
    return begins, datetime.combine(_next(first), time(), zone).astimezone(UTC)


def month_grid(
    first: date, windows: Sequence[MaintenanceWindow], *, zone: ZoneInfo, locale: Locale, today: date
) -> Month:
    """The grid; a window stands on every day that it touches."""
    weeks = Calendar(_FIRST_DAYS[locale]).monthdatescalendar(first.year, first.month)
    return Month(
        first=first,
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=_next(first).strftime("%Y-%m"),
        weekdays=tuple(weeks[0]),
        weeks=tuple(
            tuple(
                Day(
                    day=each,
                    inside=each.month == first.month,
                    today=each == today,
                    windows=tuple(one for one in windows if _touches(one, each, zone)),
                )
                for each in week
            )
            for week in weeks
        ),
    )


def month_words(locale: Locale, zone: ZoneInfo, region: str) -> dict[str, Any]:
    """The names that the template of a month sees; the Hijri calendar stands beside it in Arabic."""

    def month_name(first: date) -> str:
        _, month, year = day(first, locale, zone, region, length="long").split(" ", 2)
        return f"{month} {year}"

    def hijri_months(first: date) -> str:
        if locale != "ar":
            return ""
        names = [
            _month(hijri(one, locale, zone, region)) for one in (first, _next(first) - timedelta(days=1))
        ]
        return " – ".join(dict.fromkeys(names))

    return {
        "month_name": month_name,
        "hijri_months": hijri_months,
        "hijri_day": lambda one: hijri(one, locale, zone, region).split(" ")[0] if locale == "ar" else "",
        "weekday": lambda one, whole: get_day_names(
            "wide" if whole else "short", "stand-alone", locale=_CLDR[locale]
        )[one.weekday()],
        "clock_zone": zone,
    }


def _month(hijri_date: str) -> str:
    """Month and year of a date in the Hijri calendar."""
    return hijri_date.partition(" ")[2]


def _touches(window: MaintenanceWindow, day: date, zone: ZoneInfo) -> bool:
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    return window.starts_at < ends and begins < window.ends_at


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)
