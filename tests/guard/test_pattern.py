"""Names for storms, with noise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from dawam.guard import Contradiction, Naming, Pattern, name_pattern


@dataclass
class Known:
    """A mirror in which amounts answered with `last_seq` 1 are the account's own past."""

    others: int = 0
    asked: list[str] = field(default_factory=list)

    def own_past(self, contradiction: Contradiction) -> bool:
        self.asked.append("past")
        return contradiction.last_seq == 1

    def owners(self, contradictions: Sequence[Contradiction]) -> int:
        self.asked += ["owner"] * len(contradictions)
        return self.others


def wrong(
    answered: int | None, expected: int | None = 12_345, *, own_past: bool = False, other_owner: bool = False
) -> Contradiction:
    return Contradiction(
        account="a",
        answered_minor=answered,
        expected_minor=expected,
        last_seq=1 if own_past else 2,
        other_owner=other_owner,
    )


def name(contradictions: list[Contradiction], found: int = 0) -> Naming:
    return name_pattern(contradictions, Known(found), share=0.8)


@pytest.mark.parametrize(
    ("number", "times"), [(n, t) for n in (1, 99, 12_345, -777) for t in (10, 100, 1000)]
)
def test_a_wrong_unit_is_a_constant_factor(number: int, times: int) -> None:
    assert name([wrong(number * times, number)] * 3) == Naming(Pattern.SCALE, 1.0)
    assert name([wrong(number, number * times)] * 3).pattern is Pattern.SCALE


@pytest.mark.parametrize("answered", [123, 124])
def test_a_divided_amount_may_be_cut_or_rounded(answered: int) -> None:
    assert name([wrong(answered, 12_395)] * 3).pattern is Pattern.SCALE


def test_factors_that_differ_are_no_pattern() -> None:
    mixed = [wrong(10, 1), wrong(100, 1), wrong(1, 1000), wrong(1, 10)]
    assert name(mixed).pattern is Pattern.RANDOM


def test_each_pattern_gets_its_name() -> None:
    assert name([wrong(0)] * 3).pattern is Pattern.ZERO
    assert name([wrong(55, own_past=True)] * 3).pattern is Pattern.STALE
    assert name([wrong(55, other_owner=True)] * 3).pattern is Pattern.SHIFT
    assert name([wrong(55)] * 3, found=3).pattern is Pattern.SHIFT
    assert name([wrong(55)] * 3).pattern is Pattern.RANDOM
    assert name([wrong(None)] * 3).pattern is Pattern.RANDOM
    assert name([]) == Naming(Pattern.RANDOM, 0.0)


def test_an_empty_past_is_zero_and_not_stale() -> None:
    assert name([wrong(0, own_past=True)] * 3).pattern is Pattern.ZERO


def test_old_balances_that_others_happen_to_have_are_stale() -> None:
    assert name([wrong(55, own_past=True)] * 9 + [wrong(56)], found=10).pattern is Pattern.STALE


@pytest.mark.parametrize(
    ("pattern", "alike"),
    [
        (Pattern.ZERO, wrong(0)),
        (Pattern.SCALE, wrong(1_234_500)),
        (Pattern.STALE, wrong(77, own_past=True)),
        (Pattern.SHIFT, wrong(77, other_owner=True)),
    ],
)
def test_a_pattern_bears_a_fifth_of_noise_and_not_a_third(pattern: Pattern, alike: Contradiction) -> None:
    rng = Random(3)
    noise = [wrong(rng.randrange(1, 10**6), rng.randrange(1, 10**6)) for _ in range(20)]
    assert name([alike] * 80 + noise) == Naming(pattern, 0.8)
    assert name([alike] * 40 + noise).pattern is Pattern.RANDOM


def test_the_mirror_is_asked_only_as_far_as_needed() -> None:
    known = Known()
    name_pattern([wrong(0)] * 3, known, share=0.8)
    assert known.asked == []
    name_pattern([wrong(5, own_past=True)] * 3, known, share=0.8)
    assert known.asked == ["past"] * 3
    known.asked.clear()
    name_pattern([wrong(0), wrong(5), wrong(None), wrong(9, other_owner=True)], known, share=0.8)
    assert known.asked == ["past", "past", "owner"]


def test_empty_accounts_speak_neither_for_nor_against_a_shift():
    somebody = {700: 1, 800: 1, 900: 1}

    class Owners:
        def own_past(self, contradiction):
            return False

        def owners(self, contradictions):
            return sum(somebody.get(each.answered_minor, 0) for each in contradictions)

    amounts = (700, 0, 800, 0, 900)
    shifted = [
        Contradiction(account=f"c-{n}", answered_minor=amount, expected_minor=5)
        for n, amount in enumerate(amounts)
    ]
    assert name_pattern(shifted, Owners(), share=0.8).pattern is Pattern.SHIFT
