"""Random histories and races, against books that share nothing with the mirror.

A primary that tells one consistent story is never contradicted; whatever a primary says, an amount is called
proved only for a moment at which it is the truth.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.guard import Verdict, judge, shown
from dawam.primary import BalanceAnswer

T0 = datetime(2026, 11, 21, tzinfo=UTC)
ACCOUNTS = ("A", "B", "C")
TOLERANCE = timedelta(seconds=60)


def moment(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


@dataclass(frozen=True)
class Books:
    """The truth: booking n (from 1) is `bookings[n - 1]`, an account, an amount and a second."""

    bookings: tuple[tuple[str, int, int], ...]

    def balance(self, account: str, seq: int) -> int:
        return sum(amount for owner, amount, _ in self.bookings[:seq] if owner == account)

    def last_of(self, account: str, seq: int) -> int:
        owned = (n for n, (owner, _, _) in enumerate(self.bookings[:seq], start=1) if owner == account)
        return max(owned, default=0)

    def second(self, seq: int) -> int:
        return self.bookings[seq - 1][2] if seq else 0

    def truths(self, account: str, when: datetime) -> set[int]:
        """What the account held at a moment: several amounts, when several bookings share that moment."""
        before = sum(moment(second) < when for _, _, second in self.bookings)
        until = sum(moment(second) <= when for _, _, second in self.bookings)
        first = before if until == before else before + 1
        return {self.balance(account, seq) for seq in range(first, until + 1)}

    def mirrored(self, account: str, seq: int) -> "Mirrored | None":
        last = self.last_of(account, seq)
        return Mirrored("EGP", self.balance(account, seq), last, moment(self.second(seq))) if last else None


@dataclass(frozen=True)
class Mirrored:
    """A mirror that applied a prefix of the books."""

    currency: str
    balance_minor: int
    last_seq: int
    as_of: datetime


@dataclass(frozen=True)
class Race:
    """Positions: of the mirror and the primary when asked, when answered, when received."""

    books: Books
    account: str
    mirror_before: int
    answered: int
    mirror_now: int


@st.composite
def races(draw: st.DrawFn, *, ties: bool) -> Race:
    size = draw(st.integers(0, 12))
    second, bookings = 0, []
    for _ in range(size):
        second += draw(st.integers(0 if ties else 1, 3))
        bookings.append((draw(st.sampled_from(ACCOUNTS)), draw(st.integers(-3, 3)), second))
    mirror_before = draw(st.integers(0, size))
    answered = draw(st.integers(mirror_before, size))  # the primary knew all that the mirror knew
    mirror_now = draw(st.integers(mirror_before, size))
    return Race(Books(tuple(bookings)), draw(st.sampled_from(ACCOUNTS)), mirror_before, answered, mirror_now)


def complete_until(race: Race, share: float) -> datetime:
    """A moment up to which the feed holds nothing beyond the mirror's position."""
    here = race.books.second(race.mirror_now)
    later = race.mirror_now < len(race.books.bookings)
    gap = race.books.second(race.mirror_now + 1) - here if later else 10
    return moment(here + max(0.0, gap - 0.001) * share)


def verdict(race: Race, answer: BalanceAnswer, confirmed: float | None) -> tuple[Verdict, BalanceAnswer]:
    books, account = race.books, race.account
    now = books.mirrored(account, race.mirror_now)
    passed = now is not None and answer.last_seq < now.last_seq
    known = passed and books.last_of(account, answer.last_seq) > 0
    judgement = judge(
        answer,
        account=account,
        before=books.mirrored(account, race.mirror_before),
        now=now,
        applied_seq=race.mirror_now,
        balance_at=books.balance(account, answer.last_seq) if known else None,
        received_at=moment(books.second(len(books.bookings)) + 1),
        as_of_tolerance=TOLERANCE,
        complete_until=None if confirmed is None else complete_until(race, confirmed),
    )
    return judgement.verdict, shown(answer, judgement)


confirmations = st.none() | st.floats(0, 1)


@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.data(), st.booleans(), st.sampled_from(["account", "feed"]), confirmations)
def test_a_consistent_primary_is_never_contradicted(
    data: st.DataObject, ties: bool, reading: str, confirmed: float | None
) -> None:
    race = data.draw(races(ties=ties))
    last_of_account = race.books.last_of(race.account, race.answered)
    nothing_after = race.answered == len(race.books.bookings)
    until = race.books.second(race.answered) + 1 if nothing_after else race.books.second(race.answered + 1)
    as_of = data.draw(
        st.sampled_from(
            [
                moment(race.books.second(last_of_account)),
                moment(race.books.second(race.answered)),
                moment(max(race.books.second(race.answered), until - 0.5)),
            ]
        )
    )
    balance_minor = race.books.balance(race.account, race.answered)
    answer = BalanceAnswer(
        account=race.account,
        currency="EGP",
        balance_minor=balance_minor,
        available_minor=balance_minor,
        last_seq=last_of_account if reading == "account" else race.answered,
        as_of=as_of,
    )
    found, seen = verdict(race, answer, confirmed)
    assert found is not Verdict.CONTRADICTED
    if found is Verdict.PROVED:
        assert seen.balance_minor in race.books.truths(race.account, seen.as_of)


@settings(max_examples=1_500, derandomize=True, deadline=None)
@given(st.data(), confirmations)
def test_nothing_false_is_called_proved_whatever_the_primary_says(
    data: st.DataObject, confirmed: float | None
) -> None:
    race = data.draw(races(ties=False))
    copy = data.draw(st.integers(0, len(race.books.bookings)))  # an old copy, or one from ahead
    whose = data.draw(st.sampled_from(ACCOUNTS))
    balance_minor = data.draw(st.just(race.books.balance(whose, copy)) | st.integers(-9, 9))
    answer = BalanceAnswer(
        account=race.account,
        currency="EGP",
        balance_minor=balance_minor,
        available_minor=data.draw(st.integers(-9, 9)),
        last_seq=data.draw(st.just(race.books.last_of(whose, copy)) | st.integers(0, 14)),
        as_of=moment(data.draw(st.floats(-100, 100))),
    )
    found, seen = verdict(race, answer, confirmed)
    if found is Verdict.PROVED:
        assert race.books.truths(race.account, seen.as_of) == {seen.balance_minor}
        assert 0 <= seen.available_minor <= max(0, seen.balance_minor)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.data())
def test_a_consistent_answer_is_proved_once_the_mirror_has_caught_up(data: st.DataObject) -> None:
    race = data.draw(races(ties=False))
    caught_up = Race(race.books, race.account, race.mirror_before, race.answered, race.answered)
    balance_minor = race.books.balance(race.account, race.answered)
    answer = BalanceAnswer(
        account=race.account,
        currency="EGP",
        balance_minor=balance_minor,
        available_minor=0,
        last_seq=race.books.last_of(race.account, race.answered),
        as_of=moment(race.books.second(race.answered)),
    )
    found, _ = verdict(caught_up, answer, None)
    mirrored = race.books.mirrored(race.account, race.answered) is not None
    assert found is (Verdict.PROVED if mirrored else Verdict.UNPROVED)
