"""What spoke for a change of mode is told in the reader's language; nothing recorded is kept back."""

import re
from datetime import UTC, datetime

import pytest

from dawam.guard import Pattern
from dawam.primary import Fault
from dawam.standin import DetectionSettings, evidence_in_words
from dawam.standin.modes import Watch

_MARKS = re.compile("[\u2066-\u2069]")
EVERYTHING = (
    "read_failures=5 write_failures=0 fault=timeout pattern=zero contradicted_accounts=12 in_answers=15 "
    "order=(amal: drill (planned) = now) slow=3/10 feed_age_s=61.5"
)


def said(evidence: str, locale: str = "en") -> list[str]:
    return [_MARKS.sub("", one) for one in evidence_in_words(evidence, locale)]  # type: ignore[arg-type]


def test_every_sign_is_told_in_its_order() -> None:
    assert said(EVERYTHING) == [
        "failed reads in a row: 5",
        "no answer in time",
        "false balances: all zero",
        "accounts with a false balance: 12, in 15 answers",
        "an order: amal: drill (planned) = now",
        "late: 3 of 10 calls",
        "age of the feed: 61.5 s",
    ]


def test_what_is_nought_is_no_evidence() -> None:
    assert said("read_failures=0 write_failures=0 slow=0/10 feed_age_s=0.2") == ["age of the feed: 0.2 s"]


@pytest.mark.parametrize(
    "evidence", ["restart", "all cohorts agree", "cohort of 10 % agrees", "the window overran"]
)
@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_a_phrase_is_told_in_the_readers_language(evidence: str, locale: str) -> None:
    (found,) = said(evidence, locale)
    assert found not in (evidence, *said(evidence))


@pytest.mark.parametrize("locale", ["ar", "fr"])
def test_no_english_is_left_in_any_sign(locale: str) -> None:
    for fault in Fault:
        assert said(f"fault={fault.value}", locale) != said(f"fault={fault.value}")
    for pattern in Pattern:
        assert said(f"pattern={pattern.value}", locale) != said(f"pattern={pattern.value}")
    pairs = zip(said(EVERYTHING, locale), said(EVERYTHING), strict=True)
    assert all(translated != english for translated, english in pairs)


def test_what_is_not_known_stands_as_it_was_recorded_and_obeys_nobody() -> None:
    assert said("moonlight") == ["moonlight"]
    assert said("tide=high") == ["tide=high"]
    assert said("") == []
    assert "\u202e" not in "".join(evidence_in_words("order=(x: \u202eevil)", "ar"))


def test_what_the_watch_records_is_understood() -> None:
    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 3, 1, tzinfo=UTC)

        def monotonic(self) -> float:
            return 0.0

    watch = Watch(Clock(), DetectionSettings(), ())
    watch.order(frozenset(), by="amal", reason="drill")
    assert said(watch.evidence(2.0)) == ["an order: amal: drill", "age of the feed: 2 s"]
