"""One case per rule, in order of precedence: each answer also breaks every later rule that it can."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dawam.guard import Cause, Judgement, Verdict, judge, judge_absence, shown
from dawam.primary import BalanceAnswer

T0 = datetime(2026, 11, 21, 10, tzinfo=UTC)
TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Known:
    """The mirror's word on the account."""

    currency: str = "EGP"
    balance_minor: int = 500
    last_seq: int = 7
    as_of: datetime = T0


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def answer(
    account: str = "A",
    currency: str = "EGP",
    balance_minor: int = 500,
    available_minor: int = 500,
    last_seq: int = 7,
    as_of: datetime = T0 + timedelta(seconds=5),
) -> BalanceAnswer:
    return BalanceAnswer(
        account=account,
        currency=currency,
        balance_minor=balance_minor,
        available_minor=available_minor,
        last_seq=last_seq,
        as_of=as_of,
    )


SAME = Known()
LATER = Known(balance_minor=900, last_seq=12, as_of=at(4))
FUTURE = at(10_000)


@dataclass(frozen=True)
class Case:
    """What was answered, what the mirror knew, and what must be said."""

    name: str
    answer: BalanceAnswer
    verdict: Verdict
    cause: Cause
    before: Known | None = SAME
    now: Known | None = SAME
    applied_seq: int = 20
    balance_at: int | None = None
    complete_until: datetime | None = None
    as_of: datetime | None = None


C, U, P = Verdict.CONTRADICTED, Verdict.UNPROVED, Verdict.PROVED
CASES = [
    Case("another account", answer("B", "MAD", 1, last_seq=1, as_of=FUTURE), C, Cause.OTHER_ACCOUNT),
    Case("another account, not mirrored", answer("B"), C, Cause.OTHER_ACCOUNT, before=None, now=None),
    Case("another currency", answer(currency="MAD", last_seq=1, as_of=FUTURE), C, Cause.OTHER_CURRENCY),
    Case("another currency, newly mirrored", answer(currency="MAD"), C, Cause.OTHER_CURRENCY, before=None),
    Case("older than what it told us", answer(balance_minor=1, last_seq=6, as_of=FUTURE), C, Cause.STALE),
    Case("older, with the right amount", answer(last_seq=6), C, Cause.STALE),
    Case("older, and the mirror has gone on", answer(last_seq=6), C, Cause.STALE, now=LATER),
    Case("knows more", answer(balance_minor=1, last_seq=21), Verdict.AHEAD, Cause.AHEAD),
    Case("knows more of a new account", answer(last_seq=21), Verdict.AHEAD, Cause.AHEAD, None, None),
    Case("not mirrored", answer(balance_minor=1), U, Cause.NOT_MIRRORED, before=None, now=None),
    Case("another amount", answer(balance_minor=501, as_of=FUTURE), C, Cause.AMOUNT),
    Case("zero", answer(balance_minor=0), C, Cause.AMOUNT),
    Case("the feed's last event, another amount", answer(balance_minor=501, last_seq=20), C, Cause.AMOUNT),
    Case("superseded, another amount", answer(balance_minor=501), C, Cause.AMOUNT, now=LATER, balance_at=500),
    Case("superseded, its time unknown to the mirror", answer(), U, Cause.SUPERSEDED, now=LATER),
    Case("from the future", answer(as_of=at(71)), C, Cause.AS_OF_FUTURE),
    Case(
        "between two bookings that came meanwhile",
        answer(balance_minor=700, last_seq=9),
        U,
        Cause.SUPERSEDED,
        now=LATER,
        balance_at=700,
    ),
    Case(
        "first booked meanwhile, twice",
        answer(last_seq=9),
        U,
        Cause.SUPERSEDED,
        before=None,
        now=LATER,
        balance_at=500,
    ),
    Case("equal: true up to what the feed has told", answer(), P, Cause.EQUAL, as_of=T0),
    Case("equal under the feed's last seq", answer(last_seq=20), P, Cause.EQUAL, as_of=T0),
    Case("within the tolerance of clocks", answer(as_of=at(69)), P, Cause.EQUAL, as_of=T0),
    Case(
        "the feed is complete until later than its last event",
        answer(),
        P,
        Cause.EQUAL,
        complete_until=at(3),
        as_of=at(3),
    ),
    Case("no later than the answer says", answer(), P, Cause.EQUAL, complete_until=at(9), as_of=at(5)),
    Case("an as_of before the mirror's", answer(as_of=at(-9)), P, Cause.EQUAL, as_of=T0),
    Case(
        "others were booked meanwhile",
        answer(as_of=at(2)),
        P,
        Cause.EQUAL,
        now=Known(as_of=at(4)),
        as_of=at(2),
    ),
    Case(
        "booked meanwhile, and it knows",
        answer(balance_minor=900, last_seq=12),
        P,
        Cause.EQUAL,
        now=LATER,
        as_of=at(4),
    ),
    Case(
        "booked meanwhile, before any was mirrored",
        answer(balance_minor=900, last_seq=12),
        P,
        Cause.EQUAL,
        before=None,
        now=LATER,
        as_of=at(4),
    ),
    Case(
        "booked after it answered: true for before",
        answer(),
        P,
        Cause.EQUAL,
        now=LATER,
        balance_at=500,
        as_of=T0,
    ),
    Case(
        "the account is newer than the position read before it",
        answer(balance_minor=900, last_seq=12),
        P,
        Cause.EQUAL,
        now=LATER,
        applied_seq=11,
        as_of=at(4),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_first_rule_that_applies_decides(case: Case) -> None:
    judgement = judge(
        case.answer,
        account="A",
        before=case.before,
        now=case.now,
        applied_seq=case.applied_seq,
        balance_at=case.balance_at,
        received_at=at(10),
        as_of_tolerance=TOLERANCE,
        complete_until=case.complete_until,
    )
    assert judgement == Judgement(case.verdict, case.cause, case.as_of)


def test_a_mirrored_account_cannot_be_unknown_to_the_primary() -> None:
    assert judge_absence(before=SAME, now=SAME) == Judgement(C, Cause.ABSENT)
    assert judge_absence(before=None, now=SAME) == Judgement(U, Cause.SUPERSEDED)
    assert judge_absence(before=None, now=None) is None


@pytest.mark.parametrize(
    ("balance_minor", "available_minor", "expected_minor"),
    [(500, 500, 500), (500, 300, 300), (500, 501, 500), (500, -1, 0), (500, 0, 0), (-50, 100, 0), (0, 9, 0)],
)
def test_what_is_available_is_never_more_than_what_is_proved(
    balance_minor: int, available_minor: int, expected_minor: int
) -> None:
    given = answer(balance_minor=balance_minor, available_minor=available_minor)
    seen = shown(given, Judgement(P, Cause.EQUAL, at(3)))
    assert (seen.available_minor, seen.balance_minor, seen.as_of) == (expected_minor, balance_minor, at(3))
