"""Ask the primary for a balance, and say whether the answer is true."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import msgspec

from dawam.guard.model import Cause, Judgement, Mirrored, Verdict, judge, judge_absence, shown
from dawam.guard.pattern import Contradiction, Naming, Pattern, name_pattern
from dawam.guard.ports import GuardObserver, MirrorView
from dawam.guard.provenance import Provenance
from dawam.guard.settings import GuardSettings
from dawam.guard.storm import (
    CALM,
    StormDetector,
    StormEvidence,
    StormTest,
    step_contradicted,
    step_proved,
)
from dawam.kernel import Unavailable, World
from dawam.primary import BalanceAnswer, Fault, PrimaryFailure, PrimaryLink

_SAMPLES = 64
_NAMED_AGAIN_AT = (6, 12, 24, 48)


class Proved(msgspec.Struct, frozen=True, gc=False):
    """The amount is true at the answer's `as_of`; the answer may be shown as it is."""

    answer: BalanceAnswer


class Contradicted(msgspec.Struct, frozen=True, gc=False):
    """The answer is false; nobody may see it."""

    judgement: Judgement


class NotProved(msgspec.Struct, frozen=True, gc=False):
    """Neither: `ahead`, `not_mirrored` or `superseded`; nobody may see it."""

    cause: Cause


class Failed(msgspec.Struct, frozen=True, gc=False):
    """There was no answer."""

    fault: Fault


class Absent(msgspec.Struct, frozen=True, gc=False):
    """Neither the primary nor the mirror knows the account."""


Verdicted = Proved | Contradicted | NotProved | Failed | Absent


class Guard:
    """The guard of one institution. Used from one event loop."""

    def __init__(
        self,
        institution: str,
        *,
        link: PrimaryLink,
        mirror: MirrorView,
        world: World,
        settings: GuardSettings,
        observer: GuardObserver,
    ) -> None:
        self.institution = institution
        self._link = link
        self._mirror = mirror
        self._clock = world.clock
        self._settings = settings
        self._observer = observer
        self._tolerance = timedelta(seconds=settings.as_of_tolerance_s)
        self._margin = timedelta(seconds=settings.confirm_margin_s)
        self._test = StormTest.of(settings)
        self._calmed_at: datetime | None = None
        self._named = False
        self._samples: dict[str, tuple[Cause, Contradiction]] = {}
        self._provenance = Provenance(mirror, scan_accounts=settings.pattern_scan_accounts)
        self.storm: StormDetector = CALM

    async def ask(self, account: str, *, shadow: bool = False) -> Verdicted:
        """Ask the primary for an account's balance and judge the answer.

        A `shadow` question is asked for the guard's own sake, while the stand-in answers: the observer is
        told, the storm detector is not. Waits for the feed at most `ahead_wait_s` beyond the primary's
        answer.
        """
        before = self._mirror.balance(account)
        calmed_at = self._calmed_at
        asked_at = self._clock.monotonic()
        try:
            answer = await self._link.balance(account)
        except PrimaryFailure as failure:
            self._observer.failed(failure.fault)
            return Failed(failure.fault)
        self._observer.answered(self._clock.monotonic() - asked_at)
        if answer is None:
            return self._denied(account, before, shadow=shadow or self._calmed_at is not calmed_at)
        judgement = self._judge(answer, account, before)
        if judgement.verdict is Verdict.AHEAD and await self._feed_reaches(answer.last_seq):
            judgement = self._judge(answer, account, before)
        shadow = shadow or self._calmed_at is not calmed_at
        return self._conclude(answer, account, judgement, shadow=shadow)

    def calm(self, now: datetime) -> None:
        """Forget the storm and all evidence of it: recovery starts at `now`.

        Answers to questions that were sent before count as shadow: they may be the storm's last ones.
        """
        self._calmed_at = now
        self._samples.clear()
        self.storm = CALM

    def _judge(self, answer: BalanceAnswer, account: str, before: Mirrored | None) -> Judgement:
        place = self._mirror.position()  # before the balance, which may only be newer
        now = self._mirror.balance(account)
        came_meanwhile = now is not None and _since(before) <= answer.last_seq < now.last_seq
        confirmed = place.confirmed_at
        return judge(
            answer,
            account=account,
            before=before,
            now=now,
            applied_seq=place.last_seq,
            balance_at=self._mirror.balance_at(account, answer.last_seq) if came_meanwhile else None,
            received_at=self._clock.now(),
            as_of_tolerance=self._tolerance,
            complete_until=None if confirmed is None else confirmed - self._margin,
        )

    async def _feed_reaches(self, seq: int) -> bool:
        try:
            async with asyncio.timeout(self._settings.ahead_wait_s):
                await self._mirror.wait_until(seq)
        except TimeoutError:
            return False
        return True

    def _denied(self, account: str, before: Mirrored | None, *, shadow: bool) -> Verdicted:
        now = self._mirror.balance(account)
        judgement = judge_absence(before=before, now=now)
        if judgement is None:
            return Absent()
        if judgement.verdict is not Verdict.CONTRADICTED:
            return NotProved(judgement.cause)
        expected_minor = None if now is None else now.balance_minor
        sample = Contradiction(account=account, answered_minor=None, expected_minor=expected_minor)
        return self._contradict(judgement, sample, shadow=shadow)

    def _conclude(
        self, answer: BalanceAnswer, account: str, judgement: Judgement, *, shadow: bool
    ) -> Verdicted:
        if judgement.verdict is Verdict.CONTRADICTED:
            return self._contradict(judgement, self._sample(answer, account), shadow=shadow)
        if judgement.verdict is not Verdict.PROVED:
            return NotProved(judgement.cause)
        self._observer.proved()
        self._provenance.remember(account, answer.balance_minor)
        if not shadow:
            self.storm = step_proved(self.storm, self._test)
        return Proved(shown(answer, judgement))

    def _contradict(self, judgement: Judgement, sample: Contradiction, *, shadow: bool) -> Contradicted:
        self._observer.contradicted(judgement)
        if self.storm.tripped:
            self._refine(judgement.cause, sample)
        if shadow or self.storm.tripped:
            return Contradicted(judgement)
        now = self._clock.now()
        self.storm = step_contradicted(self.storm, self._test, account=sample.account, now=now)
        self._keep(judgement.cause, sample)
        if self.storm.tripped:
            self._tell_storm(now)
        return Contradicted(judgement)

    def _tell_storm(self, now: datetime) -> None:
        evidence = self._evidence(now)
        self._named = evidence.pattern is not Pattern.RANDOM
        self._observer.storm(evidence.pattern, evidence)

    def _refine(self, cause: Cause, sample: Contradiction) -> None:
        """A storm breaks out on a few contradictions; while it has no name, later ones may give it one."""
        if self._named or sample.account in self._samples or len(self._samples) >= _SAMPLES:
            return
        self._samples[sample.account] = (cause, sample)
        if len(self._samples) in _NAMED_AGAIN_AT:
            self._tell_storm(self._clock.now())

    def _keep(self, cause: Cause, sample: Contradiction) -> None:
        """Hold on to the latest contradiction of each account that the detector counts."""
        self._samples.pop(sample.account, None)
        self._samples[sample.account] = (cause, sample)
        counted = self.storm.contradicted
        for account in [each for each in self._samples if each not in counted]:
            del self._samples[account]
        if len(self._samples) > _SAMPLES:
            del self._samples[next(iter(self._samples))]

    def _sample(self, answer: BalanceAnswer, account: str) -> Contradiction:
        now = self._mirror.balance(account)
        return Contradiction(
            account=account,
            answered_minor=answer.balance_minor,
            expected_minor=None if now is None else now.balance_minor,
            last_seq=answer.last_seq,
            other_owner=answer.account != account,
        )

    def _evidence(self, now: datetime) -> StormEvidence:
        samples = [sample for _, sample in self._samples.values()]
        share = self._settings.pattern_share
        try:
            naming = name_pattern(samples, self._provenance, share=share)
        except Unavailable:  # the storm is told in any case, even when nothing can be looked up
            naming = Naming(Pattern.RANDOM, 0.0)
        return StormEvidence(
            since=self.storm.since or now,
            tripped_at=now,
            answers=self.storm.answers,
            accounts=len(self.storm.contradicted),
            score=self.storm.score,
            threshold=self._test.threshold,
            causes=dict(Counter(cause.value for cause, _ in self._samples.values())),
            pattern=naming.pattern,
            pattern_share=naming.share,
        )


def _since(before: Mirrored | None) -> int:
    """From which `last_seq` on an answer is not stale: older ones need no look into the past."""
    return 0 if before is None else before.last_seq
