"""Texts and the places that raise their codes fit each other; nothing that is missing makes a text fail."""

import re

import pytest

from dawam.channels.notices import HERE, RETURNING, WHY, notice
from dawam.kernel import DawamError, InvalidInput, Unavailable
from dawam.standin import Capability, Mode, Reason
from dawam.standin.messages import WithheldReason
from dawam.web import LOCALES, Locale, explain, locale_of_environment
from dawam.web.texts import TEXTS, WORDS

from .raise_sites import sites

PLACE = re.compile(r"\{(\w+)\}")


def places(code: str) -> set[str]:
    """The params that a code's text names."""
    says = TEXTS[code]
    return {*PLACE.findall(says.detail), *PLACE.findall(says.action)}


def test_every_failure_is_made_with_a_code_that_can_be_read() -> None:
    assert [site.place for site in sites() if not site.codes] == []


def test_every_failure_is_made_with_params_that_can_be_read() -> None:
    assert [site.place for site in sites() if site.params is None] == []


def test_every_param_of_a_text_is_given_wherever_its_code_is_raised() -> None:
    lacking = [
        f"{site.place} {code}: {', '.join(sorted(places(code) - (site.params or set())))}"
        for site in sites()
        for code in site.codes
        if code in TEXTS and not places(code) <= (site.params or set())
    ]
    assert not lacking, "\n".join(lacking)


def test_a_code_has_one_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for site in sites():
        for code in site.codes:
            kinds.setdefault(code, set()).add(site.kind)
    assert {code: kind for code, kind in kinds.items() if len(kind) > 1} == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_text_stands_also_without_its_params(locale: Locale) -> None:
    for code in TEXTS:
        says = explain(DawamError(code), locale)
        assert says.detail
        assert says.action


@pytest.mark.parametrize("name", ["msgid", "locale", "self", "code"])
def test_a_param_may_have_any_name(name: str) -> None:
    error = InvalidInput("nobody_wrote_a_text")
    error.params = {name: "x"}
    assert explain(error, "ar").title


def test_a_reason_of_our_own_is_told_in_the_language() -> None:
    error = Unavailable("balance_withheld", reason="too_old")
    assert "too old" in explain(error, "en").detail
    assert "too_old" not in explain(error, "ar").detail
    assert "trop anciennes" in explain(error, "fr").detail


def test_a_reason_of_somebody_else_stands_as_it_came() -> None:
    error = InvalidInput("config_unreadable", file="dawam.toml", reason="Is a directory")
    assert "Is a directory" in explain(error, "fr").detail


def test_every_reason_to_withhold_a_balance_has_words() -> None:
    assert set(WithheldReason) <= set(WORDS)


def test_every_mode_reason_and_capability_has_a_notice() -> None:
    assert set(WHY) == set(Reason)
    assert set(HERE) == set(RETURNING) == set(Capability)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_notice_is_whole_sentences_and_nothing_when_all_is_well(locale: Locale) -> None:
    for capability in Capability:
        assert notice(capability, Mode.NORMAL, Reason.HEALTHY, locale) is None
        for mode in (Mode.STANDING_IN, Mode.RECOVERING):
            for reason in Reason:
                said = notice(capability, mode, reason, locale) or ""
                assert said.endswith(".")
                assert said.count(". ") == 1
                assert not PLACE.search(said)


def test_nothing_that_nobody_can_prove_is_promised() -> None:
    said = " ".join([*WHY.values(), *HERE.values(), *RETURNING.values()]).lower()
    assert "money is safe" not in said
    assert "guarantee" not in said


@pytest.mark.parametrize(
    ("value", "locale"),
    [
        ("ar_EG.UTF-8", "ar"),
        ("ar", "ar"),
        ("AR_MA", "ar"),
        ("fr_FR@euro", "fr"),
        ("fr-CA", "fr"),
        ("fr:en", "fr"),
        ("de_DE:ar", "ar"),
        ("en_US.UTF-8", "en"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("arn_CL", "en"),
        ("", "en"),
        (None, "en"),
        (":::", "en"),
    ],
)
def test_the_environment_names_the_language(value: str | None, locale: str) -> None:
    assert locale_of_environment(value) == locale
