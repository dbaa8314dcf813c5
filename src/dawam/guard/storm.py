"""When false answers are not an accident. Wald's sequential probability ratio test in CUSUM form; pure.

Each judged answer moves a score: a contradicted account adds ln(p1/p0), a proved answer takes
-ln((1-p1)/(1-p0)) away, never below 0. At ln((1-beta)/alpha) there is a storm. With the defaults: three
contradicted accounts with nothing proved between; or, when 5 % of the accounts are wrong, about 80 answers.

Rules, besides the score:
- An account counts once, until it was not contradicted for `window_s`: one bad account, asked a thousand
  times, is one contradiction.
- Fewer than `storm_accounts` contradicted accounts within `window_s` are never a storm.
- Evidence older than `window_s` is none: when nothing was contradicted for so long, the score starts at 0.
- A storm stays until the guard is calmed.

Source: A. Wald, Sequential Analysis (1947); E. S. Page, Continuous Inspection Schemes (1954);
docs/adr/0004-storm-detector.md.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log

import msgspec

from dawam.guard.pattern import Pattern
from dawam.guard.settings import GuardSettings

REMEMBERED_ACCOUNTS = 512


class StormEvidence(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Why a storm was declared: counts, never accounts or amounts.

    `answers` were judged since the score last left 0, at `since`; `accounts` were contradicted within the
    window; `causes` counts the latest of them (64 at most) by the rule that they broke; `pattern_share` of
    these look like the pattern.
    """

    since: datetime
    tripped_at: datetime
    answers: int
    accounts: int
    score: float
    threshold: float
    causes: dict[str, int]
    pattern: Pattern
    pattern_share: float


class StormTest(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The numbers of the test, worked out once."""

    contradicted_weight: float
    proved_weight: float
    threshold: float
    accounts: int
    window: timedelta

    @classmethod
    def of(cls, settings: GuardSettings) -> "StormTest":
        """The test that the settings ask for."""
        return cls(
            contradicted_weight=log(settings.p1 / settings.p0),
            proved_weight=log((1 - settings.p1) / (1 - settings.p0)),
            threshold=settings.threshold,
            accounts=settings.storm_accounts,
            window=timedelta(seconds=settings.window_s),
        )


class StormDetector(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the test: immutable; `step_proved` and `step_contradicted` give the next one.

    `contradicted` maps each contradicted account to when it was last so, within the window; `answers` counts
    what was judged since the score left 0, at `since`; `tripped_at` is the moment of the storm.
    """

    score: float = 0.0
    answers: int = 0
    since: datetime | None = None
    tripped_at: datetime | None = None
    contradicted: Mapping[str, datetime] = {}

    @property
    def tripped(self) -> bool:
        """Whether there is a storm."""
        return self.tripped_at is not None


CALM = StormDetector()


def step_proved(detector: StormDetector, test: StormTest) -> StormDetector:
    """The state after one proved answer. A calm detector stays the same object: the healthy case is free."""
    if detector.score == 0 or detector.tripped:
        return detector
    score = max(0.0, detector.score + test.proved_weight)
    return StormDetector(
        score=score,
        answers=detector.answers + 1 if score else 0,
        since=detector.since if score else None,
        contradicted=detector.contradicted,
    )


def step_contradicted(
    detector: StormDetector, test: StormTest, *, account: str, now: datetime
) -> StormDetector:
    """The state after one contradicted answer for an account."""
    if detector.tripped:
        return detector
    earlier = {other: moment for other, moment in detector.contradicted.items() if now - moment < test.window}
    score, answers = (detector.score, detector.answers) if earlier else (0.0, 0)
    counts = account not in earlier
    earlier.pop(account, None)
    if len(earlier) >= REMEMBERED_ACCOUNTS:
        del earlier[next(iter(earlier))]
    contradicted = {**earlier, account: now}
    score = score + test.contradicted_weight if counts else score
    storm = score >= test.threshold and len(contradicted) >= test.accounts
    return StormDetector(
        score=score,
        answers=answers + 1 if score else 0,
        since=(detector.since if answers else None) or (now if score else None),
        tripped_at=now if storm else None,
        contradicted=contradicted,
    )
