"""Amounts, moments and digits as a reader of the language expects them; from CLDR, not from us.

Amounts stand isolated (U+2068 … U+2069), so that a sign or a currency keeps its place in either direction.
Source: Unicode CLDR by Babel; Umm al-Qura calendar by hijridate.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from hijridate import Gregorian

from dawam.kernel import currency_of
from dawam.web.locale import Locale

Length = Literal["short", "medium", "long", "full"]
CLDR: dict[Locale, str] = {"ar": "ar_EG", "fr": "fr_FR", "en": "en_GB"}
"""Which of a language's conventions are used: Arabic with its own digits, as in Egypt."""

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def amount(minor: int, currency: str, locale: Locale) -> str:
    """`‎١٬٢٥٠٫٠٠ ج.م.‏`, `1 250,00 EGP`, `EGP 1,250.00`; all decimals of the currency, isolated."""
    known = currency_of(currency)
    value = Decimal(minor).scaleb(-known.exponent)
    said = format_currency(value, currency, locale=CLDR[locale], currency_digits=True)
    return f"{_ISOLATE}{said}{_END_ISOLATE}"


def number(value: float, locale: Locale) -> str:
    """A count with the language's digits and separators."""
    return format_decimal(value, locale=CLDR[locale], numbering_system="default")


def percent(share: float, locale: Locale, *, decimals: int = 0) -> str:
    """A share of 1 as per cent."""
    pattern = (
        "#,##0." + "0" * decimals + " %"
        if locale == "fr"
        else "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    )
    if locale == "fr" and not decimals:
        pattern = "#,##0\u202f%"
    return format_percent(share, format=pattern, locale=CLDR[locale], numbering_system="default")


def day(when: datetime | date, locale: Locale, zone: ZoneInfo, *, length: Length = "long") -> str:
    """A date by the Gregorian calendar."""
    return format_date(_local(when, zone), format=length, locale=CLDR[locale])


def clock_time(when: datetime, locale: Locale, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """The time of day in the zone."""
    return format_time(when, format="medium" if seconds else "short", tzinfo=zone, locale=CLDR[locale])


def moment(when: datetime, locale: Locale, zone: ZoneInfo, *, length: Length = "medium") -> str:
    """Date and time of day in the zone."""
    return format_datetime(when, format=length, tzinfo=zone, locale=CLDR[locale])


def hijri(when: datetime | date, locale: Locale, zone: ZoneInfo) -> str:
    """The date by the Umm al-Qura calendar; empty outside its years (1343 to 1500)."""
    day_there = _local(when, zone)
    try:
        found = Gregorian(day_there.year, day_there.month, day_there.day).to_hijri()
    except (OverflowError, ValueError):
        return ""
    month = found.month_name("ar" if locale == "ar" else "en")
    digits = format_decimal(found.day, locale=CLDR[locale], numbering_system="default")
    year = format_decimal(found.year, format="0", locale=CLDR[locale], numbering_system="default")
    return f"{digits} {month} {year} {'هـ' if locale == 'ar' else 'AH'}"


def span(
    duration: timedelta, locale: Locale, *, granularity: Literal["second", "minute", "hour"] = "minute"
) -> str:
    """A length of time in words: `2 hours`, `ساعتان`."""
    return format_timedelta(duration, granularity=granularity, threshold=1.5, locale=CLDR[locale])


def ago(when: datetime, now: datetime, locale: Locale) -> str:
    """How long ago, or in how long: `3 minutes ago`."""
    return format_timedelta(when - now, granularity="second", add_direction=True, locale=CLDR[locale])


def _local(when: datetime | date, zone: ZoneInfo) -> date:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when
