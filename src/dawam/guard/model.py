"""Is this number true? The verdict on one balance that the primary answered. Pure; page: docs/guard.md.

The feed is the truth about the past, and the mirror holds it. Rules, in order; the first that applies
decides:

1.  The answer is for another account: contradicted, `other_account`.
2.  It is in another currency than the mirror's: contradicted, `other_currency`.
3.  Its `last_seq` is smaller than the account's last event that the mirror knew when the question was sent:
    contradicted, `stale`, whatever the amount. A primary that has told us of a booking cannot have forgotten
    it.
4.  Its `last_seq` is larger than the mirror's position: ahead. Wait for the feed, then judge again.
5.  The account is not mirrored: unproved, `not_mirrored`.
6.  Its amount is not what the events with `seq` up to its `last_seq` give: contradicted, `amount`. When the
    mirror cannot say what they give: unproved, `superseded`.
7.  Its `as_of` lies in the future, beyond the tolerance: contradicted, `as_of_future`.
8.  The account's next booking came between the question and the answer, and no moment is known for which the
    amount is true: unproved, `superseded`.
9.  Otherwise: proved, for the moment `Judgement.as_of`.

`last_seq` may mean the account's last event or the last one of the whole feed: the rules hold for both,
because all are about "the events with `seq` up to `last_seq`".

`Judgement.as_of` is a moment for which the *feed* gives this amount: the answer's own `as_of` where it lies
between what the mirror knew before the question and what it knows now, else the nearer end. The primary's
`as_of` alone is not proof: a stale copy that claims to be fresh, asked while the newest booking is still on
its way to the mirror, gives an amount that the mirror believes too. It is true for the moment up to which the
feed is complete, and shown for that one. For the same reason an untrue `as_of` in the past is no
contradiction: it is corrected, not believed. All this takes bookings of one account to be booked in the order
of their `seq`.

Out of scope: `available_minor` cannot be proved, since the feed tells bookings and not holds; see `shown`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from dawam.primary import BalanceAnswer


class Verdict(StrEnum):
    """What is known of an answer."""

    PROVED = "proved"
    AHEAD = "ahead"
    CONTRADICTED = "contradicted"
    UNPROVED = "unproved"


class Cause(StrEnum):
    """The rule that decided, in their order."""

    OTHER_ACCOUNT = "other_account"
    OTHER_CURRENCY = "other_currency"
    ABSENT = "absent"
    STALE = "stale"
    AHEAD = "ahead"
    NOT_MIRRORED = "not_mirrored"
    AMOUNT = "amount"
    AS_OF_FUTURE = "as_of_future"
    SUPERSEDED = "superseded"
    EQUAL = "equal"


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """A verdict and its cause; `as_of` is the moment for which a proved amount is true, None otherwise.

    It holds no account and no amount: it may be logged.
    """

    verdict: Verdict
    cause: Cause
    as_of: datetime | None = None


class Mirrored(Protocol):
    """An account in the mirror, as `dawam.primary.MirrorBalance` tells it.

    `as_of` is the moment up to which the feed was complete for this balance.
    """

    @property
    def currency(self) -> str:
        """ISO 4217."""
        ...

    @property
    def balance_minor(self) -> int:
        """After the account's last event; without our own holds."""
        ...

    @property
    def last_seq(self) -> int:
        """The account's last event."""
        ...

    @property
    def as_of(self) -> datetime:
        """When the mirror's last event was booked."""
        ...


def judge(
    answer: BalanceAnswer,
    *,
    account: str,
    before: Mirrored | None,
    now: Mirrored | None,
    applied_seq: int,
    balance_at: int | None,
    received_at: datetime,
    as_of_tolerance: timedelta,
    complete_until: datetime | None = None,
) -> Judgement:
    """Judge one answer by the rules above. No error: every answer gets a verdict.

    `before` and `now` are the account in the mirror when the question was sent and when the answer came;
    `applied_seq` is the mirror's position, not newer than `now`. `balance_at` is the mirrored balance after
    the events up to `answer.last_seq`, needed only when `now` is past it. `complete_until` is a moment up to
    which the feed is known to hold nothing beyond `applied_seq`, where that is later than `now.as_of`.
    """
    broken = _broken_identity(answer, account, before, now)
    if broken is not None:
        return Judgement(Verdict.CONTRADICTED, broken)
    if answer.last_seq > (applied_seq if now is None else max(applied_seq, now.last_seq)):
        return Judgement(Verdict.AHEAD, Cause.AHEAD)
    if now is None:
        return Judgement(Verdict.UNPROVED, Cause.NOT_MIRRORED)
    expected_minor = now.balance_minor if answer.last_seq >= now.last_seq else balance_at
    if expected_minor is None:
        return Judgement(Verdict.UNPROVED, Cause.SUPERSEDED)
    if answer.balance_minor != expected_minor:
        return Judgement(Verdict.CONTRADICTED, Cause.AMOUNT)
    if answer.as_of - received_at > as_of_tolerance:
        return Judgement(Verdict.CONTRADICTED, Cause.AS_OF_FUTURE)
    as_of = _true_at(answer, before, now, complete_until)
    if as_of is None:
        return Judgement(Verdict.UNPROVED, Cause.SUPERSEDED)
    return Judgement(Verdict.PROVED, Cause.EQUAL, as_of)


def judge_absence(*, before: Mirrored | None, now: Mirrored | None) -> Judgement | None:
    """Judge "no such account". None: the mirror knows of none either.

    An account mirrored when the question was sent cannot be unknown: contradicted, `absent`. One whose first
    event came meanwhile may have been opened meanwhile: unproved, `superseded`.
    """
    if before is not None:
        return Judgement(Verdict.CONTRADICTED, Cause.ABSENT)
    if now is not None:
        return Judgement(Verdict.UNPROVED, Cause.SUPERSEDED)
    return None


def shown(answer: BalanceAnswer, judgement: Judgement) -> BalanceAnswer:
    """A proved answer as it may be shown: true at its `as_of`, with a modest `available_minor`.

    What is available is the primary's word. It is shown between 0 and the proved balance, so that a wrong
    word can never promise money that is not there; an overdraft that the primary grants is not shown.
    """
    return msgspec.structs.replace(
        answer,
        as_of=judgement.as_of or answer.as_of,
        available_minor=max(0, min(answer.available_minor, answer.balance_minor)),
    )


def _broken_identity(
    answer: BalanceAnswer, account: str, before: Mirrored | None, now: Mirrored | None
) -> Cause | None:
    if answer.account != account:
        return Cause.OTHER_ACCOUNT
    mirrored = now or before
    if mirrored is not None and answer.currency != mirrored.currency:
        return Cause.OTHER_CURRENCY
    if before is not None and answer.last_seq < before.last_seq:
        return Cause.STALE
    return None


def _true_at(
    answer: BalanceAnswer, before: Mirrored | None, now: Mirrored, complete_until: datetime | None
) -> datetime | None:
    """A moment for which the feed gives the answer's amount, near its own; None when none is known."""
    if answer.last_seq < now.last_seq:
        # The mirror has gone on meanwhile. What it held when the question was sent was true then.
        return before.as_of if before is not None and before.balance_minor == answer.balance_minor else None
    if before is None or before.last_seq != now.last_seq:
        return now.as_of  # the booking came meanwhile: no earlier moment is known to include it
    until = now.as_of if complete_until is None else max(now.as_of, complete_until)
    return min(until, max(answer.as_of, before.as_of))
