"""Identifiers and moments: exact, ordered, and back again."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dawam.kernel import (
    Bug,
    InvalidInput,
    TimeOrderedIds,
    from_ns,
    from_rfc3339,
    id_from_text,
    id_to_text,
    invariant,
    to_ns,
    to_rfc3339,
)


class Standing:
    """A clock that stands still, or goes back."""

    def __init__(self, moment):
        self.moment = moment

    def now(self):
        return self.moment

    def monotonic(self):
        return 0.0


def test_identifiers_grow_even_when_the_clock_stands_or_goes_back():
    clock = Standing(datetime(2026, 1, 1, tzinfo=UTC))
    ids = TimeOrderedIds(clock, Random(7))
    first = [ids.next() for _ in range(1000)]
    clock.moment -= timedelta(seconds=5)
    all_of_them = first + [ids.next() for _ in range(1000)]
    assert all_of_them == sorted(set(all_of_them))


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
EXTREMES = {0: "0" * 26, 1: "0" * 25 + "1", 2**128 - 1: "7" + "Z" * 25, 2**127: "4" + "0" * 25}


def by_the_specification(identifier):
    """One letter for every five bits, the first of them three."""
    return "".join(ALPHABET[identifier // 32**place % 32] for place in range(25, -1, -1))


@given(st.integers(0, 2**128 - 1) | st.integers(0, 127).map(lambda bit: 1 << bit))
@example(0)
@example(2**128 - 1)
def test_a_text_has_the_letters_of_the_specification(identifier):
    assert id_to_text(identifier) == by_the_specification(identifier)


@pytest.mark.parametrize(("identifier", "text"), EXTREMES.items())
def test_the_least_and_the_greatest_identifiers_survive_too(identifier, text):
    assert (id_to_text(identifier), id_from_text(text)) == (text, identifier)


@given(st.integers(0, 2**128 - 1))
def test_an_identifier_survives_its_text(identifier):
    text = id_to_text(identifier)
    assert len(text) == 26
    assert id_from_text(text) == identifier


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_texts_sort_as_identifiers_do(one, other):
    assert (one < other) == (id_to_text(one) < id_to_text(other))


@pytest.mark.parametrize("text", ["", "0" * 25, "8" + "0" * 25, "U" + "0" * 25, "0" * 25 + "I", "٠" * 26])
def test_malformed_identifiers_are_refused(text):
    with pytest.raises(InvalidInput, match="id_malformed"):
        id_from_text(text)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_moment_survives_disk_and_wire(moment):
    assert from_ns(to_ns(moment)) == moment
    assert from_rfc3339(to_rfc3339(moment)) == moment


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(InvalidInput, match="time_without_zone"):
        to_ns(datetime(2026, 1, 1))


def test_other_zones_become_utc():
    cairo = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert to_rfc3339(cairo) == "2026-01-01T00:00:00.000000Z"
    assert from_rfc3339("2026-01-01T02:00:00+02:00") == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "now", "٢٠٢٦"]
)
def test_malformed_times_are_refused(text):
    with pytest.raises(InvalidInput, match="time_malformed"):
        from_rfc3339(text)


def test_an_invariant_stays_on():
    with pytest.raises(Bug, match="never negative"):
        invariant(False, "never negative")
