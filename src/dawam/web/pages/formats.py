"""Amounts, moments and digits as a reader of the language expects them in the region; from CLDR, not from us.

Digits follow the region: Arabic has its own in Egypt (١٬٢٥٠), the Latin ones in Morocco (1.250), in every
number, date and time alike. An amount stands isolated in the direction of its language (U+2066 or U+2067
… U+2069), the sign before the first digit in reading order and the currency where the language has it. All
answers are `Said`: they stand in a sentence as they are.
Source: Unicode CLDR by Babel; UAX #9; Umm al-Qura calendar by hijridate.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale as Cldr
from babel.dates import format_date, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_symbol
from hijridate import Gregorian

from dawam.kernel import currency_of
from dawam.web.locale import Locale, Said, cldr_of, in_digits

Length = Literal["short", "medium", "long", "full"]

_OPENING: dict[Locale, str] = {"ar": "\u2067", "fr": "\u2066", "en": "\u2066"}
_END_ISOLATE = "\u2069"
_ARABIC_MARK, _LEFT_TO_RIGHT_MARK = "\u061c", "\u200e"
_HIJRI_MONTHS_FR = (
    "mouharram",
    "safar",
    "rabia al-awal",
    "rabia ath-thani",
    "joumada al-oula",
    "joumada ath-thania",
    "rajab",
    "chaabane",
    "ramadan",
    "chawwal",
    "dhou al-qi’da",
    "dhou al-hijja",
)


def amount(minor: int, currency: str, locale: Locale, region: str = "EG") -> Said:
    """`١٬٢٥٠٫٠٠ ج.م.`, `1 250,00 EGP`, `EGP 1,250.00`; all decimals of the currency, isolated."""
    cldr = cldr_of(locale, region)
    known = currency_of(currency)
    value = Decimal(abs(minor)).scaleb(-known.exponent)
    pattern = "#,##0" + ("." + "0" * known.exponent if known.exponent else "")
    figures = _decimal(value, cldr, pattern)
    symbol = get_currency_symbol(currency, locale=cldr)
    sign = _minus(locale, cldr) if minor < 0 else ""
    if locale == "en":
        gap = "\u00a0" if symbol[-1].isalpha() else ""
        said = f"{sign}{symbol}{gap}{figures}"
    else:
        said = f"{sign}{figures}\u00a0{symbol}"
    return Said(f"{_OPENING[locale]}{said}{_END_ISOLATE}")


def number(value: float | Decimal, locale: Locale, region: str = "EG") -> Said:
    """A count with the language's digits and separators."""
    cldr = cldr_of(locale, region)
    sign = _minus(locale, cldr) if value < 0 else ""
    return Said(sign + _decimal(-value if sign else value, cldr, "#,##0.###"))


def percent(share: float, locale: Locale, region: str = "EG", *, decimals: int = 0) -> Said:
    """A share of 1 as per cent; cut, not rounded, so that 99.96 % never reads as 100 %."""
    cldr = cldr_of(locale, region)
    step = Decimal(1).scaleb(-decimals)
    value = (Decimal(str(abs(share))) * 100 // step) * step
    figures = _decimal(value, cldr, "#,##0" + ("." + "0" * decimals if decimals else ""))
    sign = _minus(locale, cldr) if share < 0 and value else ""
    mark = {"ar": "٪" if cldr.default_numbering_system == "arab" else "%", "fr": "\u202f%", "en": "%"}[locale]
    return Said(f"{sign}{figures}{mark}")


def day(
    when: datetime | date, locale: Locale, zone: ZoneInfo, region: str = "EG", *, length: Length = "long"
) -> Said:
    """A date by the Gregorian calendar; `full` has the day of the week."""
    cldr = cldr_of(locale, region)
    medium = "d MMMM y" if locale == "ar" else "d MMM y"
    form = medium if length == "medium" else length
    return in_digits(format_date(_local(when, zone), format=form, locale=cldr), cldr)


def clock_time(
    when: datetime, locale: Locale, zone: ZoneInfo, region: str = "EG", *, seconds: bool = False
) -> Said:
    """The time of day in the zone."""
    cldr = cldr_of(locale, region)
    said = format_time(when, format="medium" if seconds else "short", tzinfo=zone, locale=cldr)
    return in_digits(said, cldr)


def moment(
    when: datetime,
    locale: Locale,
    zone: ZoneInfo,
    region: str = "EG",
    *,
    length: Length = "medium",
    seconds: bool = False,
) -> Said:
    """Date and time of day in the zone: `21 Nov 2026, 16:05`."""
    pattern = str(cldr_of(locale, region).datetime_formats["medium"])
    clock = clock_time(when, locale, zone, region, seconds=seconds)
    return Said(pattern.format(clock, day(when, locale, zone, region, length=length)))


def period(start: datetime, end: datetime, locale: Locale, zone: ZoneInfo, region: str = "EG") -> Said:
    """From when to when, the date once where it is the same: `21 Nov 2026, 22:00 – 23:30`."""
    first = moment(start, locale, zone, region)
    same_day = _local(start, zone) == _local(end, zone)
    last = (clock_time if same_day else moment)(end, locale, zone, region)
    return Said(f"{first}\u00a0– {last}")


def hijri(when: datetime | date, locale: Locale, zone: ZoneInfo, region: str = "EG") -> Said:
    """The date by the Umm al-Qura calendar; empty outside its years (1343 to 1500)."""
    there = _local(when, zone)
    try:
        found = Gregorian(there.year, there.month, there.day).to_hijri()
    except (OverflowError, ValueError):
        return Said("")
    month = _HIJRI_MONTHS_FR[found.month - 1] if locale == "fr" else found.month_name(locale)
    era = "هـ" if locale == "ar" else "AH"
    return in_digits(f"{found.day} {month} {found.year} {era}", cldr_of(locale, region))


def span(
    duration: timedelta,
    locale: Locale,
    region: str = "EG",
    *,
    granularity: Literal["second", "minute", "hour"] = "minute",
) -> Said:
    """A length of time in words: `2 hours`, `ساعتان`."""
    cldr = cldr_of(locale, region)
    return in_digits(format_timedelta(duration, granularity=granularity, threshold=1.5, locale=cldr), cldr)


def ago(when: datetime, now: datetime, locale: Locale, region: str = "EG") -> Said:
    """How long ago, or in how long: `3 minutes ago`."""
    cldr = cldr_of(locale, region)
    return in_digits(
        format_timedelta(when - now, granularity="second", add_direction=True, locale=cldr), cldr
    )


def in_a_list(words: Sequence[str], locale: Locale) -> Said:
    """Words as a list in a sentence: `balances, payments and cheques`."""
    return Said(format_list(words, locale=cldr_of(locale)))


def _decimal(value: float | Decimal, cldr: Cldr, pattern: str) -> str:
    return in_digits(format_decimal(value, format=pattern, locale=cldr, numbering_system="default"), cldr)


def _minus(locale: Locale, cldr: Cldr) -> str:
    """The sign, tied to the side from which its digits are read."""
    if locale != "ar":
        return "\u2212"
    mark = _ARABIC_MARK if cldr.default_numbering_system == "arab" else _LEFT_TO_RIGHT_MARK
    return f"{mark}\u2212"


def _local(when: datetime | date, zone: ZoneInfo) -> date:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when
