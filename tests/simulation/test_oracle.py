from datetime import UTC, datetime, timedelta

import pytest

from dawam.kernel import Bug
from dawam.primary import Event
from dawam.simulation import Oracle

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(seq, at_s, balance, *, amount=1, account="A", payment_id=None):
    return Event(
        seq=seq,
        event_id=f"E{seq}",
        account=account,
        amount_minor=amount,
        currency="EGP",
        balance_after_minor=balance,
        booked_at=START + timedelta(seconds=at_s),
        kind="transfer",
        payment_id=payment_id,
    )


def oracle(*events):
    judge = Oracle()
    for each in events:
        judge.hear(each)
    return judge


def test_a_balance_is_right_from_its_booking_to_the_next():
    judge = oracle(event(1, 10, 100), event(2, 20, 250))
    cases = [(9, 0), (10, 100), (15, 100), (20, 250), (1000, 250)]
    for at_s, balance in cases:
        moment = START + timedelta(seconds=at_s)
        assert judge.judge("A", balance, moment), (at_s, balance)
        assert not judge.judge("A", balance + 1, moment)
    assert not judge.judge("A", 100, START + timedelta(seconds=21))
    assert not judge.judge("A", 250, START + timedelta(seconds=19))


def test_of_several_bookings_at_one_moment_each_balance_held_counts():
    judge = oracle(event(1, 5, 70), event(2, 10, 100), event(3, 10, 40), event(4, 10, 55), event(5, 11, 9))
    assert judge.held("A", START + timedelta(seconds=10)) == [70, 100, 40, 55]
    assert not judge.judge("A", 9, START + timedelta(seconds=10))


def test_an_account_never_heard_of_holds_nothing_and_not_zero():
    judge = oracle(event(1, 10, 100))
    assert judge.held("B", START) == []
    assert not judge.judge("B", 0, START + timedelta(days=1))


def test_every_booking_is_heard_once_and_in_order():
    judge = oracle(event(1, 10, 100))
    with pytest.raises(Bug):
        judge.hear(event(3, 11, 100))
    with pytest.raises(Bug):
        judge.hear(event(1, 10, 100))


def test_a_payment_booked_twice_and_an_overdraft_by_payment_are_seen():
    judge = oracle(
        event(1, 1, -5, amount=-5),
        event(2, 2, -6, amount=-1, account="B", payment_id="P"),
        event(3, 2, 1, amount=1, account="C", payment_id="P"),
        event(4, 3, 2, amount=1, account="C", payment_id="P"),
        event(5, 3, 2, amount=1, account="D", payment_id="Q"),
    )
    assert judge.overdrawn() == 1
    assert [judge.times_booked(payment) for payment in ("P", "Q", "R")] == [2, 1, 0]
