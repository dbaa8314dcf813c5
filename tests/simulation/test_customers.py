import asyncio

import pytest

from dawam.kernel import TimeOrderedIds, id_to_text
from dawam.primary import Payment, PrimaryFailure
from dawam.simulation import (
    AnswerBook,
    BalanceStatus,
    ChannelBalance,
    ChannelGone,
    ChannelReceipt,
    Customers,
    FaultKind,
    Habits,
    PaymentBook,
    stream,
)
from dawam.simulation.report import answer_figures, payment_figures


class BareChannel:
    """No Dawam at all: what the primary says is what customers are shown."""

    def __init__(self, here, link):
        self.link = link
        self.ids = TimeOrderedIds(here.world.clock, stream(here.seed, "channel"))
        self.now = here.world.clock.now
        self.known = {}

    async def balance(self, account):
        try:
            told = await self.link.balance(account)
        except PrimaryFailure:
            return ChannelBalance(status=BalanceStatus.WITHHELD, reason="unreachable")
        return ChannelBalance(
            status=BalanceStatus.SHOWN,
            balance_minor=told.balance_minor,
            available_minor=told.available_minor,
            as_of=told.as_of,
            age_s=(self.now() - told.as_of).total_seconds(),
            source="primary",
        )

    async def pay(self, wish, key):
        payment_id = self.known.setdefault(key, id_to_text(self.ids.next()))
        body = {name: getattr(wish, name) for name in wish.__struct_fields__}
        try:
            told = await self.link.pay(Payment(payment_id=payment_id, **body))
        except PrimaryFailure:
            raise ChannelGone from None
        return ChannelReceipt(
            status=told.status.value, payment_id=payment_id, code=told.code, decided_by="primary"
        )

    async def payment(self, payment_id):
        raise ChannelGone


def crowd(here, channel=None, **conditions):
    answers, payments = AnswerBook(here.primary.oracle, seed=here.seed), PaymentBook()
    customers = Customers(
        channel or BareChannel(here, here.link(**conditions)),
        [(account, "EGP") for account in here.primary.oracle.accounts()],
        clock=here.world.clock,
        chance=stream(here.seed, "customers"),
        answers=answers,
        payments=payments,
        habits=Habits(balances_per_s=5, payments_per_s=2),
    )
    return customers, answers, payments


async def feed(here, seconds):
    chance = stream(here.seed, "feed")
    for _ in range(seconds):
        await asyncio.sleep(chance.expovariate(1))
        here.primary.book(f"A{chance.randrange(50)}", chance.randrange(1, 10_000), "cash_in")


def test_an_honest_primary_is_never_wrong(stage):
    here = stage(accounts=50)
    customers, answers, payments = crowd(here, loss=0.01, duplication=0.05)

    async def main():
        feeding = asyncio.ensure_future(feed(here, 300))
        await customers.run(300)
        await feeding
        await asyncio.sleep(600)
        answers.judge(until=here.world.clock.now())

    here.run(main())
    figures = answer_figures(answers)
    assert figures.balances_asked == figures.shown + figures.withheld > 1200
    assert figures.wrong == 0, str(answers)
    checked = payments.check(here.primary.oracle)
    assert (checked.lost, checked.booked_twice, checked.booked_though_declined) == ([], [], [])
    assert payments.inconsistent == []
    paid = payment_figures(payments, here.primary.oracle, exposure_minor=0, exposure_cap_minor=0)
    assert paid.asked == paid.approved + paid.declined + paid.pending > 400
    assert checked.kept == paid.approved > 100
    assert {"insufficient_funds", "account_not_found", "approved"} <= set(paid.by_code)
    assert paid.overdrawn_accounts == 0


@pytest.mark.parametrize("kind", [FaultKind.ZERO, FaultKind.SCALE, FaultKind.SHIFT, FaultKind.SOME])
def test_without_a_guard_every_lie_is_seen_as_wrong_with_its_evidence(stage, kind):
    here = stage(accounts=50)
    customers, answers, _ = crowd(here)

    async def main():
        here.loop.call_later(100, here.faults.start, kind)
        await customers.run(200)
        answers.judge(until=here.world.clock.now())

    here.run(main())
    assert answers.wrong > 5
    assert len(answers.evidence) == min(20, answers.wrong)
    first = answers.evidence[0]
    assert first.seed == here.seed
    assert first.balance_minor not in first.held
    assert "wrong" in str(answers)


def test_a_stale_copy_that_hides_its_age_is_wrong_and_an_honest_one_only_old(stage):
    ages, wrongs = {}, {}
    for seed in range(12):
        here = stage(seed, accounts=50)
        customers, answers, _ = crowd(here)

        async def main(here=here, customers=customers, answers=answers):
            feeding = asyncio.ensure_future(feed(here, 400))
            await asyncio.sleep(100)
            here.faults.start(FaultKind.STALE)
            await customers.run(300)
            feeding.cancel()
            answers.judge(until=here.world.clock.now())

        here.run(main())
        honest = here.faults.get(FaultKind.STALE).manner.copy_tells_age
        wrongs.setdefault(honest, []).append(answers.wrong)
        ages.setdefault(honest, []).append(answers.oldest_age_s)
    assert max(wrongs[True]) == 0
    assert min(wrongs[False]) > 0
    assert min(ages[True]) > 200


def test_answers_that_cannot_be_true_are_wrong(stage):
    here = stage()
    now = here.world.clock.now()
    answers = AnswerBook(here.primary.oracle, seed=1)
    shown = {"status": BalanceStatus.SHOWN, "source": "primary"}
    later = here.primary.book("A0", 1, "cash_in").booked_at
    for answer in (
        ChannelBalance(**shown, balance_minor=10_001, as_of=later),  # of a moment that has not come
        ChannelBalance(**shown, balance_minor=None, as_of=now),
        ChannelBalance(**shown, balance_minor=10_001, as_of=None),
        ChannelBalance(status=BalanceStatus.NOT_FOUND),
    ):
        answers.note("A0", answer, now)
    answers.note("nobody", ChannelBalance(status=BalanceStatus.NOT_FOUND), now)
    answers.note("A0", ChannelBalance(status=BalanceStatus.WITHHELD), now)
    answers.judge(until=later)
    assert (answers.asked, answers.shown, answers.withheld, answers.wrong) == (6, 3, 1, 4)


def test_answers_wait_until_the_oracle_has_heard_far_enough(stage):
    here = stage()
    answers = AnswerBook(here.primary.oracle, seed=1)
    event = here.primary.book("A0", 1, "cash_in")
    answer = ChannelBalance(status=BalanceStatus.SHOWN, balance_minor=1, as_of=event.booked_at)
    answers.note("A0", answer, event.booked_at)
    answers.judge(until=here.primary.log[0].booked_at)
    assert answers.wrong == 0
    answers.judge(until=event.booked_at)
    assert answers.wrong == 1


def test_broken_promises_about_payments_are_counted(stage):
    here = stage()
    book = PaymentBook()
    oracle = here.primary.oracle
    for payment_id in ("TWICE", "TWICE", "AGAINST"):
        here.primary.book("A0", -1, "transfer", payment_id=payment_id)
    told = {
        "TWICE": "approved",
        "LOST": "approved",
        "PARKED": "approved",
        "AGAINST": "declined",
        "OPEN": "pending",
    }
    for payment_id, status in told.items():
        book.asked(payment_id, None)
        book.answered(payment_id, ChannelReceipt(status=status, payment_id=payment_id))
    book.answered("LOST", ChannelReceipt(status="declined", payment_id="LOST"))
    book.answered("PARKED", ChannelReceipt(status="approved", payment_id="OTHER"))
    book.answered("OPEN", ChannelReceipt(status="approved", payment_id="OPEN"))
    checked = book.check(oracle, parked={"PARKED"})
    assert (checked.lost, checked.booked_twice) == (["LOST", "OPEN"], ["TWICE"])
    assert (checked.parked, checked.booked_though_declined) == (1, ["AGAINST"])
    assert book.inconsistent == ["LOST", "PARKED"]


def test_customers_survive_a_channel_that_is_away_and_ask_again(stage):
    here = stage(accounts=50)
    channel = BareChannel(here, here.link())
    customers, answers, payments = crowd(here, channel)

    async def main():
        here.loop.call_later(50, here.faults.start, FaultKind.DOWN)
        here.loop.call_later(60, here.faults.clear)
        await customers.run(100)

    here.run(main())
    assert answers.withheld > 10
    assert all(promise.receipt for promise in payments.promises())
    assert payments.check(here.primary.oracle).lost == []


def test_what_no_customer_should_meet_ends_the_run(stage):
    here = stage(accounts=50)

    class Broken(BareChannel):
        async def balance(self, account):
            raise KeyError(account)

    customers, _, _ = crowd(here, Broken(here, here.link()))
    with pytest.raises(ExceptionGroup, match="no customer should"):
        here.run(customers.run(10))


def test_one_seed_is_one_run_and_another_seed_is_another(stage):
    def trace(seed):
        here = stage(seed, accounts=50)
        customers, answers, payments = crowd(here, loss=0.02, duplication=0.1)

        async def main():
            feeding = asyncio.ensure_future(feed(here, 100))
            for kind in (FaultKind.FLAP, FaultKind.SLOW, FaultKind.LOST_REPLY, FaultKind.SHIFT):
                here.loop.call_later(20, here.faults.start, kind)
            await customers.run(100)
            feeding.cancel()

        here.run(main())
        return answers.trace, payments.trace, [event.event_id for event in here.primary.log]

    assert trace(5) == trace(5)
    assert trace(5) != trace(6)
