"""What was answered is counted, whom an outage met is known, and a person can hold customers' return."""

import asyncio

from dawam.simulation import FaultKind
from dawam.standin import Mode

from .stage import account, ask_everybody, modes, on_stage, payment, until, until_normal


def test_answers_are_counted_by_who_gave_them():
    async def story(stage, desk):
        for _ in range(3):
            await desk.balance(account(1))
        healthy = desk.counts()
        stage.faults.start(FaultKind.ZERO)
        await ask_everybody(desk)
        await desk.pay(payment(), key="k")
        await desk.pay(payment(10**12), key="l")
        return healthy, desk.counts()

    healthy, after = on_stage(story)
    assert (healthy.from_primary, healthy.from_standin, healthy.contradicted) == (3, 0, 0)
    assert after.from_primary + after.from_standin + after.withheld == 43
    assert after.contradicted > 0
    assert (after.approved_by_standin, after.declined_by_standin) == (1, 1)


def test_an_outage_knows_whom_it_met_and_the_next_begins_anew():
    async def story(stage, desk):
        await desk.balance(account(7))
        stage.faults.start(FaultKind.DOWN)
        await desk.balance(account(0))
        await desk.balance(account(1))
        await desk.pay(payment(debit=2), key="k")
        first = desk.affected()
        stage.faults.clear()
        await until_normal(desk)
        stage.faults.start(FaultKind.DOWN)
        await until(lambda: modes(desk) == {Mode.STANDING_IN})
        await desk.balance(account(5))
        return first, desk.affected()

    first, second = on_stage(story)
    assert {account(1), account(2)} <= first
    assert account(7) not in first
    assert second == {account(5)}


def test_while_the_return_is_held_no_more_customers_go_back():
    async def story(stage, desk):
        stage.faults.start(FaultKind.DOWN)
        await until(lambda: modes(desk) == {Mode.STANDING_IN})
        desk.pause(True)
        stage.faults.clear()
        await until(lambda: modes(desk) == {Mode.RECOVERING})
        await asyncio.sleep(600)
        held = {state.share_percent for state in desk.capabilities()}, desk.paused
        desk.pause(False)
        await until_normal(desk)
        return held, modes(desk)

    held, after = on_stage(story)
    assert held == ({0}, True)
    assert after == {Mode.NORMAL}
