"""What kind of wrong: names the pattern of a storm from a few contradictions. Pure; page: docs/guard.md.

A pattern gets its name when a stated share of the contradictions looks like it, some noise allowed:

- `zero`: the amount is 0.
- `scale`: the amount is the mirror's times or divided by 10, 100 or 1000, the same for all.
- `stale`: the amount is the account's own from an earlier moment.
- `shift`: the amount is somebody else's present balance, or the answer is openly for another account.
- `random`: none of these.

The largest share wins; of equal ones the first in this order, because an old balance of one's own proves more
than one that some other account happens to have too. An amount of 0 is never taken for scaled, old or
somebody's: so many accounts are empty that it would prove nothing, neither for such a pattern nor against it.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

FACTORS = (10, 100, 1000)


class Pattern(StrEnum):
    """What false answers have in common."""

    ZERO = "zero"
    SCALE = "scale"
    STALE = "stale"
    SHIFT = "shift"
    RANDOM = "random"


class Contradiction(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One false answer, kept in memory only as long as a storm may need it.

    `answered_minor` is None when the primary denied the account; `expected_minor` is the mirror's balance;
    `last_seq` is the answer's; `other_owner` says that the answer names another account.
    """

    account: str
    answered_minor: int | None
    expected_minor: int | None
    last_seq: int | None = None
    other_owner: bool = False


class Naming(msgspec.Struct, frozen=True, gc=False):
    """A pattern, and the share of the contradictions that look like it."""

    pattern: Pattern
    share: float


class Lookups(Protocol):
    """What the mirror knows of wrong amounts. May be slow, and is asked only as far as needed."""

    def own_past(self, contradiction: Contradiction) -> bool:
        """Whether the account held this amount before."""
        ...

    def owners(self, contradictions: Sequence[Contradiction]) -> int:
        """How many of these amounts, none of them 0, are the present balance of somebody else."""
        ...


def name_pattern(contradictions: Sequence[Contradiction], lookups: Lookups, *, share: float) -> Naming:
    """The pattern of at least `share` of the contradictions.

    The account's past is looked up only when zero and scale do not reach the share by themselves, other
    accounts only when the past does not either.
    """
    total = len(contradictions)
    if not total:
        return Naming(Pattern.RANDOM, 0.0)
    telling = [each for each in contradictions if each.answered_minor != 0]
    if len(telling) < total / 2:
        telling = list(contradictions)
    shares = {
        Pattern.ZERO: sum(each.answered_minor == 0 for each in contradictions) / total,
        Pattern.SCALE: _scaled(telling) / len(telling),
    }
    if max(shares.values()) < share:
        shares[Pattern.STALE] = sum(
            bool(each.answered_minor) and lookups.own_past(each) for each in telling
        ) / len(telling)
    if max(shares.values()) < share:
        shares[Pattern.SHIFT] = _shifted(telling, lookups) / len(telling)
    pattern = max(shares, key=lambda each: shares[each])  # the first of equals
    if shares[pattern] < share:
        return Naming(Pattern.RANDOM, 1 - shares[pattern])
    return Naming(pattern, shares[pattern])


def _scaled(contradictions: Sequence[Contradiction]) -> int:
    """How many share the most frequent factor."""
    factors = Counter(factor for each in contradictions if (factor := _factor(each)))
    return max(factors.values(), default=0)


def _factor(contradiction: Contradiction) -> int:
    """100 for a hundred times too much, -100 for a hundredth (however rounded), 0 for neither."""
    answered, expected = contradiction.answered_minor, contradiction.expected_minor
    if not answered or not expected:
        return 0
    for factor in FACTORS:
        if answered == expected * factor:
            return factor
        if abs(answered * factor - expected) < factor:
            return -factor
    return 0


def _shifted(contradictions: Sequence[Contradiction], lookups: Lookups) -> int:
    openly = sum(each.other_owner for each in contradictions)
    return openly + lookups.owners(
        [each for each in contradictions if each.answered_minor and not each.other_owner]
    )
