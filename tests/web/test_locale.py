"""Languages: which one is answered, and that a value is shown, never obeyed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.web import negotiate, shown, text


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("fr-MA, ar;q=0.5", "fr"),
        ("en;q=0.3, fr;q=0.7, ar;q=0.5", "fr"),
        ("de, fr;q=0.1", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("fr;q=0", "en"),
        ("fr;q=9, ar;q=0.2", "ar"),
        ("fr;q=nan, ar;q=0.2", "ar"),
        ("AR", "ar"),
        (",;q=;;,,", "en"),
    ],
)
def test_the_language_that_the_header_prefers_is_chosen(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale


@given(st.text(max_size=200))
def test_any_header_is_understood_somehow(header: str) -> None:
    assert negotiate(header) in ("ar", "fr", "en")


def test_params_fill_their_places_in_every_language() -> None:
    msgid = "Port {port} on {host} is taken by another program."
    assert text(msgid, "en", port=80, host="::1") == "Port 80 on ::1 is taken by another program."
    assert text(msgid, "fr", port=80, host="::1").startswith("Le port 80 sur ::1 ")
    assert "\u206880\u2069" in text(msgid, "ar", port=80, host="::1")


def test_a_text_without_translation_is_given_in_english() -> None:
    assert text("Never translated {x}", "ar", x=1) == "Never translated \u20681\u2069"


def test_a_place_without_its_param_stays_visible() -> None:
    assert text("at {where}", "en") == "at {where}"


def test_a_param_cannot_open_places_of_its_own() -> None:
    assert text("{a} {b}", "en", a="{b}", b="x") == "{b} x"


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u2066", "\u200f", "\u061c", "\n", "\x00", "\x1b", "\u2028", "\ud800"]
)
def test_a_character_that_steers_the_text_is_shown_as_an_escape(letter: str) -> None:
    assert shown(f"a{letter}b") == f"a\\u{ord(letter):04x}b"


def test_letters_of_every_script_stay_as_they_are() -> None:
    assert shown("دوام continuité ١٢٣") == "دوام continuité ١٢٣"


def test_a_long_value_is_cut() -> None:
    assert shown("x" * 1_000) == "x" * 199 + "…"


@given(st.text())
def test_what_is_shown_is_printable_and_bounded(value: str) -> None:
    result = shown(value)
    assert result.isprintable()
    assert len(result) <= 200 * 8


def test_plain_text_is_shown_as_it_is() -> None:
    plain = string.ascii_letters + string.digits + string.punctuation + " "
    assert shown(plain) == plain
