"""Amounts, digits and dates, letter by letter: what a reader in Egypt, Morocco or England expects."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dawam.web.locale import Locale, text, text_n
from dawam.web.pages import formats

ZONE = ZoneInfo("Africa/Cairo")
NOON = datetime(2026, 11, 21, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "region", "minor", "currency", "said"),
    [
        ("ar", "EG", 125000, "EGP", "\u2067١٬٢٥٠٫٠٠\u00a0ج.م.\u200f\u2069"),
        ("ar", "EG", -125000, "EGP", "\u2067\u061c\u2212١٬٢٥٠٫٠٠\u00a0ج.م.\u200f\u2069"),
        ("ar", "EG", 0, "KWD", "\u2067٠٫٠٠٠\u00a0د.ك.\u200f\u2069"),
        ("ar", "MA", 125000, "MAD", "\u20671.250,00\u00a0د.م.\u200f\u2069"),
        ("ar", "MA", -125000, "MAD", "\u2067\u200e\u22121.250,00\u00a0د.م.\u200f\u2069"),
        ("fr", "MA", 125000, "MAD", "\u20661\u202f250,00\u00a0MAD\u2069"),
        ("fr", "EG", -5, "EGP", "\u2066\u22120,05\u00a0EGP\u2069"),
        ("fr", "FR", 125000, "EUR", "\u20661\u202f250,00\u00a0€\u2069"),
        ("en", "EG", 125000, "EGP", "\u2066EGP\u00a01,250.00\u2069"),
        ("en", "EG", -125000, "EGP", "\u2066\u2212EGP\u00a01,250.00\u2069"),
        ("en", "EG", 125000, "EUR", "\u2066€1,250.00\u2069"),
    ],
)
def test_an_amount_reads_as_people_write_it(
    locale: Locale, region: str, minor: int, currency: str, said: str
) -> None:
    assert formats.amount(minor, currency, locale, region) == said


@pytest.mark.parametrize(
    ("locale", "region", "value", "said"),
    [
        ("ar", "EG", 1250.5, "١٬٢٥٠٫٥"),
        ("ar", "EG", -3, "\u061c\u2212٣"),
        ("ar", "MA", 1250.5, "1.250,5"),
        ("ar", "MA", -3, "\u200e\u22123"),
        ("ar", "ZZ", 12, "١٢"),
        ("fr", "MA", 1250.5, "1\u202f250,5"),
        ("fr", "EG", -1250, "\u22121\u202f250"),
        ("en", "MA", 1250.5, "1,250.5"),
    ],
)
def test_a_number_has_the_digits_of_the_region(locale: Locale, region: str, value: float, said: str) -> None:
    assert formats.number(value, locale, region) == said


@pytest.mark.parametrize(
    ("locale", "region", "share", "decimals", "said"),
    [
        ("ar", "EG", 0.9996, 1, "٩٩٫٩٪"),
        ("ar", "EG", 1, 0, "١٠٠٪"),
        ("ar", "MA", 0.9996, 1, "99,9%"),
        ("fr", "MA", 0.29, 0, "29\u202f%"),
        ("fr", "EG", 1.0, 2, "100,00\u202f%"),
        ("en", "EG", 0.9996, 2, "99.96%"),
        ("en", "EG", -0.5, 0, "\u221250%"),
        ("en", "EG", -0.0001, 0, "0%"),
    ],
)
def test_a_share_is_never_rounded_up(
    locale: Locale, region: str, share: float, decimals: int, said: str
) -> None:
    assert formats.percent(share, locale, region, decimals=decimals) == said


@pytest.mark.parametrize(
    ("locale", "region", "said"),
    [
        ("ar", "EG", "٢١ نوفمبر ٢٠٢٦، ٤:٠٥ م"),
        ("ar", "MA", "21 نونبر 2026، 16:05"),
        ("fr", "MA", "21 nov. 2026, 16:05"),
        ("en", "EG", "21 Nov 2026, 16:05"),
    ],
)
def test_a_moment_is_told_by_the_clock_of_the_zone(locale: Locale, region: str, said: str) -> None:
    assert formats.moment(NOON, locale, ZONE, region) == said


def test_a_date_may_be_told_shortly_and_with_its_weekday() -> None:
    assert formats.day(NOON, "ar", ZONE, length="full") == "السبت، ٢١ نوفمبر ٢٠٢٦"
    assert formats.day(NOON, "fr", ZONE, length="full") == "samedi 21 novembre 2026"
    assert formats.day(NOON, "en", ZONE, length="short") == "21/11/2026"
    assert formats.day(datetime(2026, 11, 21, 23, tzinfo=UTC), "en", ZONE) == "22 November 2026"


def test_a_time_may_have_its_seconds() -> None:
    assert formats.clock_time(NOON, "ar", ZONE, seconds=True) == "٤:٠٥:٠٩ م"
    assert formats.clock_time(NOON, "en", ZONE, seconds=True) == "16:05:09"


def test_a_period_tells_the_date_once_where_it_is_the_same() -> None:
    hour = timedelta(hours=1)
    assert formats.period(NOON, NOON + hour, "en", ZONE) == "21 Nov 2026, 16:05\u00a0– 17:05"
    assert formats.period(NOON, NOON + 9 * hour, "en", ZONE) == "21 Nov 2026, 16:05\u00a0– 22 Nov 2026, 01:05"
    assert formats.period(NOON, NOON + hour, "ar", ZONE) == "٢١ نوفمبر ٢٠٢٦، ٤:٠٥ م\u00a0– ٥:٠٥ م"


def test_the_hijri_date_stands_in_each_language() -> None:
    assert formats.hijri(NOON, "ar", ZONE) == "١١ جمادى الآخرة ١٤٤٨ هـ"
    assert formats.hijri(NOON, "ar", ZONE, "MA") == "11 جمادى الآخرة 1448 هـ"
    assert formats.hijri(NOON, "fr", ZONE) == "11 joumada ath-thania 1448 AH"
    assert formats.hijri(NOON, "en", ZONE) == "11 Jumada al-Akhirah 1448 AH"
    assert formats.hijri(date(2200, 1, 1), "en", ZONE) == ""


def test_how_long_is_told_in_words() -> None:
    assert formats.span(timedelta(hours=2), "ar") == "ساعتان"
    assert formats.span(timedelta(hours=3), "ar") == "٣ ساعات"
    assert formats.span(timedelta(hours=3), "ar", "MA") == "3 ساعات"
    assert formats.span(timedelta(hours=3), "fr") == "3\u00a0heures"
    assert formats.ago(NOON - timedelta(minutes=3), NOON, "ar") == "قبل ٣ دقائق"
    assert formats.ago(NOON + timedelta(minutes=3), NOON, "en") == "in 3 minutes"


def test_what_we_made_ourselves_stands_in_a_sentence_as_it_is() -> None:
    assert "\\u" not in text("{amount} sent", "fr", amount=formats.amount(125000, "EGP", "fr"))
    assert "\\u" not in text("{when} on", "ar", when=formats.moment(NOON, "ar", ZONE))
    assert "\\u202e" in text("{name} here", "en", name="\u202eevil")


def test_a_counted_text_has_arabic_digits() -> None:
    assert "٣" in text_n("{n} day", "{n} days", 3, "ar")
