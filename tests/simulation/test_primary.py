from datetime import timedelta

import msgspec
import pytest
from tests.simulation.conftest import START

from dawam.kernel import AMOUNT_MAX, Conflict
from dawam.primary import Advice, Payment, PaymentStatus, SnapshotEnd
from dawam.simulation import SimulatedPrimary, simulated_world


def payment(payment_id="P1", amount=100, debit="A0", credit="A1", currency="EGP"):
    return Payment(
        payment_id=payment_id,
        kind="transfer",
        debit_account=debit,
        credit_account=credit,
        amount_minor=amount,
        currency=currency,
        requested_at=START,
    )


def advice(advice_id="V1", **other):
    wish = payment(**other)
    fields = {name: getattr(wish, name) for name in wish.__struct_fields__ if name != "requested_at"}
    return Advice(advice_id=advice_id, decided_at=START, **fields)


def test_bookings_are_numbered_without_gaps_and_strictly_later(stage):
    primary = stage(accounts=4).primary
    assert [event.seq for event in primary.log] == [1, 2, 3, 4]
    moments = [event.booked_at for event in primary.log]
    assert moments == sorted(set(moments))
    assert primary.events(after=1, limit=2).events == primary.log[1:3]
    assert primary.events(after=4, limit=2).events == []


def test_nothing_is_booked_at_a_moment_that_was_given_out(stage):
    primary = stage().primary
    told = primary.balance("A0")
    event = primary.book("A0", 5, "cash_in")
    assert event.booked_at > told.as_of
    assert primary.oracle.judge("A0", told.balance_minor, told.as_of)
    assert not primary.oracle.judge("A0", told.balance_minor + 5, told.as_of)


def test_a_payment_books_both_sides_once_whatever_its_repetitions(stage):
    primary = stage().primary
    answer = primary.pay(payment())
    assert (answer.status, answer.code, answer.seq) == (PaymentStatus.APPROVED, "approved", 4)
    assert primary.pay(payment()) == primary.payment("P1") == answer
    assert [(e.account, e.amount_minor, e.payment_id) for e in primary.log[3:]] == [
        ("A0", -100, "P1"),
        ("A1", 100, "P1"),
    ]
    with pytest.raises(Conflict, match="payment_mismatch"):
        primary.pay(payment(amount=101))


DECLINES = [
    ("invalid_amount", {"amount": 0, "debit": "nobody"}),
    ("invalid_amount", {"amount": -1}),
    ("invalid_amount", {"amount": AMOUNT_MAX + 1}),
    ("invalid_amount", {"credit": "A0"}),
    ("invalid_amount", {"currency": "MAD"}),
    ("account_not_found", {"debit": "nobody", "amount": AMOUNT_MAX}),
    ("account_not_found", {"credit": "nobody", "debit": "A2", "amount": AMOUNT_MAX}),
    ("account_frozen", {"debit": "A2", "amount": AMOUNT_MAX}),
    ("insufficient_funds", {"amount": 10_001}),
]


@pytest.mark.parametrize(("code", "wish"), DECLINES)
def test_refusals_come_in_the_documented_order_and_book_nothing(stage, code, wish):
    primary = stage().primary
    primary.freeze("A2")
    paid = primary.pay(payment(**wish))
    told = primary.advise(advice(**{"payment_id": "P2", **wish}))
    assert (paid.status, paid.code, paid.seq) == (PaymentStatus.DECLINED, code, None)
    assert (told.status, told.code) == ("rejected", code)
    assert primary.last_seq == 3


def test_money_may_come_into_a_frozen_account(stage):
    primary = stage().primary
    primary.freeze("A1")
    assert primary.pay(payment()).code == "approved"


def test_an_advice_is_applied_once_by_its_id_and_by_its_payment(stage):
    primary = stage().primary
    first = primary.advise(advice())
    assert (first.status, first.seq) == ("applied", 4)
    again = primary.advise(advice())
    other = primary.advise(advice("V2"))
    assert (again.status, again.seq) == (other.status, other.seq) == ("already_applied", 4)
    assert primary.pay(payment()).seq == 4
    assert primary.oracle.times_booked("P1") == 1


def test_a_payment_whose_reply_was_lost_makes_its_advice_already_applied(stage):
    primary = stage().primary
    primary.pay(payment())
    assert primary.advise(advice()).status == "already_applied"


def test_an_advice_may_overrule_a_decline_when_the_money_has_come(stage):
    primary = stage().primary
    assert primary.pay(payment(amount=10_500)).status is PaymentStatus.DECLINED
    primary.book("A0", 1000, "cash_in")
    assert primary.advise(advice(amount=10_500)).status == "applied"
    assert primary.payment("P1").status is PaymentStatus.APPROVED


def test_a_rejected_advice_stays_rejected_and_another_body_is_refused(stage):
    primary = stage().primary
    assert primary.advise(advice(amount=50_000)).code == "insufficient_funds"
    primary.book("A0", 90_000, "cash_in")
    assert primary.advise(advice(amount=50_000)).code == "insufficient_funds"
    assert primary.advise(advice(amount=2)).code == "advice_mismatch"
    primary.pay(payment("P9"))
    assert primary.advise(advice("V9", payment_id="P9", amount=7)).code == "payment_mismatch"


def test_only_its_own_bookings_may_overdraw(stage):
    primary = stage().primary
    primary.book("A0", -20_000, "debit")
    assert primary.balance("A0").balance_minor == -10_000
    assert primary.oracle.overdrawn() == 0


def test_outside_accounts_take_part_without_being_kept():
    world, _ = simulated_world(1, START)
    primary = SimulatedPrimary(world.clock, outside={"AGENT"})
    primary.open_account("A0", "EGP")
    assert primary.pay(payment(debit="AGENT", credit="A0")).code == "approved"
    assert primary.oracle.times_booked("P1") == 1
    assert primary.balance("AGENT") is None


def test_the_snapshot_agrees_with_the_feed_and_ends(stage):
    primary = stage().primary
    primary.pay(payment())
    lines = list(primary.snapshot())
    assert lines[-1] == SnapshotEnd(end=True, accounts=3, last_seq=5)
    for line in lines[:-1]:
        last = [event for event in primary.log if event.account == line.account][-1]
        assert (line.balance_minor, line.last_seq) == (last.balance_after_minor, last.seq)


def test_the_books_may_round_in_their_own_way(stage):
    primary = stage().primary
    primary.book("A0", 100, "interest", balance_after_minor=10_110)
    assert primary.balance("A0").balance_minor == 10_110
    assert primary.oracle.judge("A0", 10_110, START + timedelta(days=1))
    assert msgspec.json.decode(msgspec.json.encode(primary.log[-1]))["amount_minor"] == 100
