from datetime import UTC, datetime, timedelta

import pytest

from dawam.kernel import InvalidInput
from dawam.simulation.report_page.words import Words

NARROW, NO_BREAK, RLM = "\u202f", "\u00a0", "\u200f"
ENGLISH, FRENCH, ARABIC = (Words.of(lang, "EGP") for lang in ("en", "fr", "ar"))


def test_money_has_the_decimals_of_its_currency_in_every_language() -> None:
    assert ENGLISH.money(123456) == f"EGP{NO_BREAK}1,234.56"
    assert FRENCH.money(123456) == f"1{NARROW}234,56{NO_BREAK}EGP"
    assert ARABIC.money(-50) == f"{RLM}-0.50{NO_BREAK}ج.م.{RLM}"
    assert Words.of("en", "KWD").money(1) == f"KWD{NO_BREAK}0.001"
    assert Words.of("fr", "JPY").money(1234) == f"1{NARROW}234{NO_BREAK}JPY"
    assert ENGLISH.money(2**63 - 1) == f"EGP{NO_BREAK}92,233,720,368,547,758.07"


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(InvalidInput, match="currency_unknown"):
        Words.of("en", "XXQ")


@pytest.mark.parametrize(
    ("seconds", "english", "arabic"),
    [
        (0, "0 seconds", "0 ثانية"),
        (0.0001, "1 ms", "1 ملي ثانية"),
        (0.044, "44 ms", "44 ملي ثانية"),
        (0.36, "0.36 seconds", "0.36 ثانية"),
        (37.52, "37.5 seconds", "37.5 ثانية"),
        (59.97, "1 minute", "دقيقة"),
        (432, "7 minutes, 12 seconds", "7 دقائق و12 ثانية"),
        (3_600, "1 hour", "ساعة"),
        (2 * 86_400 + 3 * 3_600, "2 days, 3 hours", "يومان و3 ساعات"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, english: str, arabic: str) -> None:
    assert (ENGLISH.duration(seconds), ARABIC.duration(seconds)) == (english, arabic)


def test_days_stand_before_months_and_hours_are_twenty_four() -> None:
    moment = datetime(2026, 11, 1, 19, 5, 9, tzinfo=UTC)
    assert ENGLISH.moment(moment) == "1 Nov 2026, 19:05:09"
    assert FRENCH.moment(moment) == "1 nov. 2026, 19:05:09"
    assert ARABIC.moment(moment) == "1 نوفمبر 2026، 19:05:09"
    assert ENGLISH.period(moment, moment + timedelta(hours=1)) == "1 Nov 2026, 19:05:09 – 20:05:09"


def test_a_small_share_keeps_its_decimals_and_french_its_space() -> None:
    shares = [ENGLISH.percent(share) for share in (0, 0.0004, 0.0052, 0.042, 0.5, 1)]
    assert shares == ["0%", "0.04%", "0.52%", "4.2%", "50%", "100%"]
    assert FRENCH.percent(0.0052) == f"0,52{NO_BREAK}%"


def test_in_arabic_each_value_stands_isolated_in_its_own_direction() -> None:
    assert ARABIC.say("balances of {share} of the customers agree", share="1%") == (
        "أرصدة \u20661%\u2069 من العملاء متطابقة"
    )
    assert ARABIC.isolated("ساعة") == "\u2067ساعة\u2069"
    assert ENGLISH.isolated("1%") == "1%"


def test_a_value_may_hold_braces_and_is_filled_in_once() -> None:
    assert ENGLISH.say("Replay of {name}", name="{name}{0}") == "Replay of {name}{0}"
