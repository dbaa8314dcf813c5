"""The wallet core against an independent auditor: a dict of balances and a list of events."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.wallet.conftest import Bench

from dawam.kernel import Conflict, DawamError
from dawam.wallet import Booking

NAMES = ["a", "b", "c", "d"]
SOME = st.sampled_from([*NAMES, "nobody"])
AMOUNTS = st.one_of(st.integers(-2, 300), st.sampled_from([2**63 - 1, 2**63]))


class Books(RuleBasedStateMachine):
    """Payments, advices, bookings, freezes and restarts of the cache, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.held: dict[str, int] = {}
        self.frozen: set[str] = set()
        self.decided: dict[str, tuple[Any, str]] = {}
        self.advised: dict[str, tuple[Any, str, str]] = {}
        self.asked: list[Any] = []
        self.events: list[tuple[str, int, int, str | None]] = []
        for name in NAMES:
            self.bench.account(name)
            self.held[name] = 0

    def teardown(self) -> None:
        self.bench.close()

    # The auditor, which shares no code with the wallet

    def move(self, name: str, amount: int, payment_id: str | None) -> None:
        self.held[name] += amount
        self.events.append((name, amount, self.held[name], payment_id))

    def verdict(self, order: Any) -> str:
        payer, payee, amount = order.debit_account, order.credit_account, order.amount_minor
        if amount < 1 or amount >= 2**63:
            return "invalid_amount"
        if payer not in self.held or payee not in self.held or payer == payee:
            return "account_not_found"
        if payer in self.frozen:
            return "account_frozen"
        if self.held[payee] + amount >= 2**63:
            return "over_limit"
        return "approved" if self.held[payer] >= amount else "insufficient_funds"

    def decide(self, order: Any) -> str:
        code = self.verdict(order)
        if code == "approved":
            self.move(order.debit_account, -order.amount_minor, order.payment_id)
            self.move(order.credit_account, order.amount_minor, order.payment_id)
        return code

    @staticmethod
    def same(one: Any, other: Any) -> bool:
        fields = ("kind", "debit_account", "credit_account", "amount_minor", "currency")
        return all(getattr(one, field) == getattr(other, field) for field in fields)

    # What happens

    def ask(self, payment: Any) -> None:
        known = self.decided.get(payment.payment_id)
        if known is not None and not self.same(known[0], payment):
            with pytest.raises(Conflict, match="payment_mismatch"):
                self.bench.do(self.bench.wallet.pay(payment))
            return
        answer = self.bench.do(self.bench.wallet.pay(payment))
        if known is None:
            self.decided[payment.payment_id] = (payment, self.decide(payment))
        assert answer.code == self.decided[payment.payment_id][1]

    def tell(self, advice: Any) -> None:
        known, payment = self.advised.get(advice.advice_id), self.decided.get(advice.payment_id)
        if known is not None and not (
            self.same(known[0], advice) and known[0].payment_id == advice.payment_id
        ):
            expected = ("rejected", "payment_mismatch")
        elif known is not None:
            expected = ("rejected" if known[1] == "rejected" else "already_applied", known[2])
        elif payment is not None and not self.same(payment[0], advice):
            expected = ("rejected", "payment_mismatch")
        elif payment is not None:
            expected = ("already_applied" if payment[1] == "approved" else "rejected", payment[1])
        else:
            code = self.decide(advice)
            expected = ("applied" if code == "approved" else "rejected", code)
            if code == "approved":
                self.decided[advice.payment_id] = (advice, code)
        answer = self.bench.do(self.bench.wallet.advise(advice))
        assert (answer.status, answer.code) == expected
        self.advised.setdefault(advice.advice_id, (advice, *expected))

    @rule(payer=SOME, payee=SOME, amount=AMOUNTS)
    def pays(self, payer: str, payee: str, amount: int) -> None:
        payment = self.bench.payment(payer, payee, amount)
        self.asked.append(payment)
        self.ask(payment)

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), more=st.sampled_from([0, 0, 1]))
    def pays_again(self, data: st.DataObject, more: int) -> None:
        old = data.draw(st.sampled_from(self.asked))
        amount = old.amount_minor + more
        self.ask(self.bench.payment(old.debit_account, old.credit_account, amount, payment_id=old.payment_id))

    @rule(payer=SOME, payee=SOME, amount=AMOUNTS, advice=st.integers(1, 6))
    def advises_something_new(self, payer: str, payee: str, amount: int, advice: int) -> None:
        payment = self.bench.payment(payer, payee, amount)
        self.asked.append(payment)
        self.tell(self.bench.advice(payment, f"v{advice}"))

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), advice=st.integers(1, 20))
    def advises_something_old(self, data: st.DataObject, advice: int) -> None:
        self.tell(self.bench.advice(data.draw(st.sampled_from(self.asked)), f"v{advice}"))

    @rule(
        bookings=st.lists(st.tuples(st.sampled_from(NAMES), st.integers(-200, 500)), min_size=1, max_size=5)
    )
    def books(self, bookings: list[tuple[str, int]]) -> None:
        after, fine = dict(self.held), True
        for name, amount in bookings:
            after[name] += amount
            fine = fine and amount != 0 and after[name] >= 0
        try:
            self.bench.do(
                self.bench.wallet.book_many(
                    [Booking(account=name, amount_minor=amount) for name, amount in bookings]
                )
            )
            assert fine
        except DawamError:
            assert not fine
            return
        for name, amount in bookings:
            self.move(name, amount, None)

    @rule(name=st.sampled_from(NAMES), freeze=st.booleans())
    def freezes(self, name: str, freeze: bool) -> None:
        verb = self.bench.wallet.freeze if freeze else self.bench.wallet.unfreeze
        self.bench.do(verb(name))
        (self.frozen.add if freeze else self.frozen.discard)(name)

    @rule(seconds=st.integers(-2, 5))
    def time_passes(self, seconds: int) -> None:
        self.bench.clock.move(seconds)

    # What holds at all times

    @invariant()
    def the_balances_are_the_auditors(self) -> None:
        for name, held in self.held.items():
            assert self.bench.wallet.balance(name).balance_minor == held >= 0

    @invariant()
    def the_feed_is_the_auditors_without_gaps(self) -> None:
        events = self.bench.wallet.events_after(0, 10_000).events
        assert [event.seq for event in events] == list(range(1, len(self.events) + 1))
        told = [(e.account, e.amount_minor, e.balance_after_minor, e.payment_id) for e in events]
        assert told == self.events
        moments = [event.booked_at for event in events]
        assert all(one < other for one, other in pairwise(moments))

    @invariant()
    def the_ledger_neither_makes_nor_loses_money(self) -> None:
        for total in self.bench.ledger.totals():
            assert total.debits_posted == total.credits_posted
        booked = sum(amount for _, amount, _, payment_id in self.events if payment_id is None)
        assert sum(self.held.values()) == booked


Books.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestBooks = Books.TestCase
