"""Marks, spaces, counts and numbers of the Arabic and French texts, as an editor would want them."""

import re
from gettext import c2py
from itertools import chain

import pytest
from babel import Locale as Cldr

from dawam.web.locale import catalogue, plurals

from .test_page_texts import CATALOGUES, FORMS, SOURCE

CATEGORIES = {"ar": ["zero", "one", "two", "few", "many", "other"], "fr": ["one", "other"]}
COUNTED_OUT = {"ar": [3, 4, 5], "fr": [1]}
"""The forms that stand for more than one count, and so must say which."""
ENDS = {".": ".", "?": "?؟", ":": ":", "…": "…"}
SAFE = re.compile(r"\u2068[^\u2069]*\u2069|[A-Za-z\u200e][^\u0600-\u06ff]*")
UNSAFE_NUMBER = re.compile(r"\d[-^]\d")
LOOSE = re.compile(r" {2}|\.\.\.|\"|'|^\s|\s$")
FRENCH = re.compile(r"«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»|(?<=[\d}]) (?=%|[sh](?![\w’]))|[“”]")
ARABIC = re.compile(r"[“”]|\s[،؛؟.:!](?!\S)|[،؛؟](?=[^\s\u2069»)])|[٠-٩]")


def texts(locale: str) -> list[tuple[str, str]]:
    """English and translation of every text; of a counted one, each form with the English of many."""
    alone = list(catalogue(locale).items())  # type: ignore[arg-type]
    counted = [(one, form) for one, forms in plurals(locale).items() for form in forms]  # type: ignore[arg-type]
    return [(english, said) for english, said in chain(alone, counted) if english.strip(" ,;")]


@pytest.mark.parametrize("locale", FORMS)
def test_every_count_takes_the_form_that_its_language_has_for_it(locale: str) -> None:
    files = [*CATALOGUES[locale], SOURCE / "web" / "locale" / f"{locale}.po"]
    for file in files:
        head = re.search(r"nplurals=(\d+); plural=(.*?);\\n", file.read_text(encoding="utf-8"))
        assert head, file
        assert int(head[1]) == FORMS[locale]
        form = c2py(head[2])
        for n in (*range(1_300), 10_000, 1_000_003):
            assert CATEGORIES[locale][form(n)] == Cldr(locale).plural_form(n), (file, n)


@pytest.mark.parametrize("locale", FORMS)
def test_a_form_for_many_counts_says_which_it_is_and_one_for_a_single_count_says_it_in_words(
    locale: str,
) -> None:
    wrong = []
    for one, forms in plurals(locale).items():  # type: ignore[arg-type]
        for number, form in enumerate(forms):
            if "{n}" not in form and number in COUNTED_OUT[locale]:
                wrong.append(form)
            if "({n})" in form or ("{n}" in form and locale == "ar" and number not in COUNTED_OUT["ar"]):
                wrong.append(form)
        assert len(forms) == FORMS[locale], one
    assert wrong == []


@pytest.mark.parametrize("locale", FORMS)
def test_a_translation_ends_with_the_mark_that_its_text_ends_with(locale: str) -> None:
    wrong = [
        said
        for english, said in texts(locale)
        if (english[-1] in ENDS or said[-1] in ".?؟:…") and said[-1] not in ENDS.get(english[-1], "")
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", FORMS)
def test_no_text_has_loose_spaces_or_marks_of_a_typewriter(locale: str) -> None:
    assert [said for _, said in texts(locale) if LOOSE.search(said)] == []


def test_french_quotes_and_units_have_their_spaces() -> None:
    assert [said for _, said in texts("fr") if FRENCH.search(said)] == []


def test_arabic_marks_stand_at_their_words_and_digits_are_those_of_the_region() -> None:
    assert [said for _, said in texts("ar") if ARABIC.search(said)] == []


def test_a_number_that_a_sign_would_turn_round_stands_isolated_or_after_a_latin_word_in_arabic() -> None:
    """After an Arabic letter 2026-12 reads 12-2026. Source: Unicode UAX #9, rules W2 and W4."""
    assert [said for _, said in texts("ar") if UNSAFE_NUMBER.search(SAFE.sub("", said))] == []
