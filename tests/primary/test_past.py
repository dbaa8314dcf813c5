"""What an account held as of a moment is read from the sealed journal, whatever the mirror says of itself."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from dawam.primary.mirror.tables import mirror_accounts

from .books import NOW, PAYMENT, START, Bank, House

bookings = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.integers(-1_000, 1_000).filter(bool),
        st.integers(0, 4),
        st.sampled_from((0, 0, 2)),
    ),
    min_size=1,
    max_size=20,
)


def take(house: House, bank: Bank) -> None:
    asyncio.run(house.mirror.take(bank.events, NOW))


def amounts(house: House, account: str, as_of: datetime, seq: int) -> set[int]:
    held = house.mirror.past.held(account, as_of=as_of, seq=seq)
    assert held is not None
    return {held.balance_minor, *held.meanwhile_minor}


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def expected(bank: Bank, account: str, as_of: datetime, seq: int) -> set[int]:
    """By going through all bookings: the last by the moment, those of the moment itself, the one before."""
    known = [event for event in bank.events[:seq] if event.account == account and event.booked_at <= as_of]
    held: set[int] = set()
    for event in reversed(known):
        drift = event.balance_after_minor - bank.balance_at(account, event.seq - 1) - event.amount_minor
        held |= {event.balance_after_minor, event.balance_after_minor - drift}
        if event.booked_at < as_of:
            return held
    return held | {0}


@settings(max_examples=60, deadline=None)
@given(bookings)
def test_whatever_the_mirror_says_at_a_position_stands_in_the_books_for_ever(
    booked: list[tuple[str, int, int, int]],
) -> None:
    bank, house = Bank(), House(tolerance=2)
    said = []
    for account, amount, second, drift in booked:
        bank.book(account, amount, booked_at=after(second), drift=drift)
        asyncio.run(house.mirror.take(bank.events[-1:], NOW))
        seq = house.mirror.position().last_seq
        said += [(name, house.mirror.balance(name), seq) for name in "ABC"]
    for account, balance, seq in said:
        if balance is None:
            continue
        assert balance.position == seq
        held = house.mirror.past.held(account, as_of=balance.as_of, seq=seq)
        assert held is not None
        assert held.balance_minor == balance.balance_minor
        assert held.meanwhile_minor <= expected(bank, account, balance.as_of, seq)
    house.storage.close()


def test_the_books_know_every_moment_and_the_bookings_of_that_very_moment(house: House, bank: Bank) -> None:
    for amount, second in ((100, 1), (20, 3), (3, 3), (-50, 5)):
        bank.book("A", amount, booked_at=after(second))
    take(house, bank)
    assert amounts(house, "A", after(0), 4) == {0}
    assert amounts(house, "A", after(1), 4) == {0, 100}
    assert amounts(house, "A", after(2), 4) == {100}
    assert amounts(house, "A", after(3), 4) == {100, 120, 123}
    assert amounts(house, "A", after(9), 4) == {73}


def test_what_the_feed_told_later_counts_for_nothing_that_was_shown_before(house: House, bank: Bank) -> None:
    bank.book("A", 100, booked_at=after(1))
    bank.book("B", 1, booked_at=after(5))
    bank.book("A", 20, booked_at=after(4))  # booked before B's, and told after it
    take(house, bank)
    assert amounts(house, "A", after(5), 2) == {100}
    assert amounts(house, "A", after(5), 3) == {120}


def test_an_account_of_a_snapshot_has_no_past_before_it(house: House, bank: Bank) -> None:
    bank.open("A", 700)
    bank.book("B", 1, booked_at=after(1))
    asyncio.run(house.mirror.load_snapshot(bank.lines(), last_seq=1, as_of=after(1), now=NOW))
    bank.book("A", -100, booked_at=after(2))
    take(house, bank)
    assert amounts(house, "A", after(1), 1) == {700}
    assert amounts(house, "A", after(3), 2) == {600}


def test_holds_move_no_money(house: House, bank: Bank) -> None:
    bank.book("A", 500, booked_at=after(1))
    take(house, bank)
    house.storage.write_now(lambda tx: house.mirror.hold(tx, PAYMENT, "A", 200, now=NOW))
    assert amounts(house, "A", after(2), 1) == {500}
    bank.book("A", -150, booked_at=after(3), payment_id=PAYMENT)
    take(house, bank)
    assert amounts(house, "A", after(4), 2) == {350}


def test_a_changed_row_of_the_mirror_changes_nothing_that_the_books_say(bank: Bank, tmp_path) -> None:
    house = House(tmp_path / "books.db")
    bank.book("A", 500, booked_at=after(1))
    take(house, bank)
    house.storage.write_now(lambda tx: tx.execute(update(mirror_accounts).values(balance_minor=900)))
    house.reopen()
    shown = house.mirror.balance("A")
    assert shown is not None
    assert shown.balance_minor == 900
    held = house.mirror.past.held("A", as_of=shown.as_of, seq=shown.position)
    assert held is not None
    assert held.balance_minor == 500
    house.storage.close()


def test_what_the_books_cannot_say_is_not_guessed(house: House, bank: Bank) -> None:
    for second in range(2_100):
        bank.book("A", 1, booked_at=after(second))
    take(house, bank)
    assert house.mirror.past.held("A", as_of=after(20), seq=2_100) is None
    assert house.mirror.past.held("nobody", as_of=after(20), seq=2_100) is None
    assert amounts(house, "A", after(2_000), 2_100) == {2_000, 2_001}


@pytest.mark.parametrize("seq", [1, 2])
def test_amounts_stand_in_the_currency_of_the_account(house: House, bank: Bank, seq: int) -> None:
    bank.book("A", 5)
    bank.book("A", 5)
    take(house, bank)
    held = house.mirror.past.held("A", as_of=NOW, seq=seq)
    assert held is not None
    assert (held.currency, held.balance_minor) == ("EGP", 5 * seq)
