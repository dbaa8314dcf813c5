"""What customers were told about balances, and whether it was true.

Wrong is: an amount that the account did not hold as of the answer's own `as_of`; an `as_of` that has not
come yet; an account of ours that is said not to exist. Withheld amounts are never wrong.
"""

from collections import deque
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec

from dawam.kernel import to_rfc3339
from dawam.simulation.oracle import Oracle

EVIDENCE_KEPT = 20


class BalanceStatus(StrEnum):
    """How a question about a balance ended."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    NOT_FOUND = "not_found"


class ChannelBalance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer of the channel contract; amounts and times only when shown."""

    status: BalanceStatus
    balance_minor: int | None = None
    available_minor: int | None = None
    as_of: datetime | None = None
    age_s: float = 0.0
    source: str = ""
    mode: str = ""
    reason: str = ""


class WrongAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence: enough to run the same seed again and look."""

    seed: int
    account: str
    answered_at: datetime
    status: str
    balance_minor: int | None
    as_of: datetime | None
    source: str
    mode: str
    held: list[int]


class AnswerBook:
    """Counts answers, and has each judged once the oracle has heard as far as its `as_of`."""

    def __init__(self, oracle: Oracle, *, seed: int) -> None:
        self._oracle = oracle
        self._seed = seed
        self._unjudged: deque[tuple[str, ChannelBalance, datetime]] = deque()
        self._digest = blake2b(digest_size=16)
        self.asked = 0
        self.shown = 0
        self.withheld = 0
        self.not_answered = 0
        self.wrong = 0
        self.oldest_age_s = 0.0
        self.by_source: dict[str, int] = {}
        self.evidence: list[WrongAnswer] = []

    @property
    def trace(self) -> str:
        """A digest of all answers so far, in order: equal for equal runs."""
        return self._digest.hexdigest()

    def unanswered(self) -> None:
        """Somebody asked, and nobody was there."""
        self.asked += 1
        self.not_answered += 1

    def note(self, account: str, answer: ChannelBalance, answered_at: datetime) -> None:
        """Keep an answer for judgement."""
        self.asked += 1
        self._digest.update(f"{account} {answer} {answered_at}\n".encode())
        if answer.status is BalanceStatus.WITHHELD:
            self.withheld += 1
            return
        if answer.status is BalanceStatus.SHOWN:
            self.shown += 1
            self.oldest_age_s = max(self.oldest_age_s, answer.age_s)
            self.by_source[answer.source] = self.by_source.get(answer.source, 0) + 1
        self._unjudged.append((account, answer, answered_at))

    def judge(self, *, until: datetime) -> None:
        """Judge every answer as of moments up to `until`, up to which the oracle has heard everything."""
        for _ in range(len(self._unjudged)):
            account, answer, answered_at = self._unjudged.popleft()
            known_at = min(answer.as_of or answered_at, answered_at)
            if known_at > until:
                self._unjudged.append((account, answer, answered_at))
            elif not self._is_right(account, answer, answered_at):
                self._hold_against(account, answer, answered_at)

    def _is_right(self, account: str, answer: ChannelBalance, answered_at: datetime) -> bool:
        if answer.status is BalanceStatus.NOT_FOUND:
            return not self._oracle.held(account, answered_at)
        if answer.balance_minor is None or answer.as_of is None or answer.as_of > answered_at:
            return False
        return self._oracle.judge(account, answer.balance_minor, answer.as_of)

    def _hold_against(self, account: str, answer: ChannelBalance, answered_at: datetime) -> None:
        self.wrong += 1
        if len(self.evidence) >= EVIDENCE_KEPT:
            return
        self.evidence.append(
            WrongAnswer(
                seed=self._seed,
                account=account,
                answered_at=answered_at,
                status=answer.status.value,
                balance_minor=answer.balance_minor,
                as_of=answer.as_of,
                source=answer.source,
                mode=answer.mode,
                held=self._oracle.held(account, answer.as_of or answered_at),
            )
        )

    def __str__(self) -> str:
        lines = [
            f"seed {wrong.seed}: {wrong.account} {wrong.status} {wrong.balance_minor} "
            f"as of {to_rfc3339(wrong.as_of) if wrong.as_of else 'never'} from {wrong.source}, "
            f"held {wrong.held}"
            for wrong in self.evidence
        ]
        return "\n".join([f"{self.shown} shown, {self.withheld} withheld, {self.wrong} wrong", *lines])
