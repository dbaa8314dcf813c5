"""A whole node: what its desk measured is what its status page says."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from dawam.app import Front
from dawam.simulation import FaultKind
from dawam.standin import BalanceChecks, Capability

from .stage import SETTINGS, account, ask_everybody, on_stage

BEFORE_MIDNIGHT = datetime(2026, 3, 2, 21, 54, tzinfo=UTC)  # six minutes of it, in Cairo


def test_the_status_page_says_what_the_desk_measured():
    async def story(stage, desk):
        front = Front(stage.node)
        history = front.publisher.history
        await history.watch()
        await asyncio.sleep(60 - stage.world.clock.now().second)
        await ask_everybody(desk)
        stage.faults.start(FaultKind.DOWN)
        await asyncio.sleep(60)
        for _ in range(2):
            await desk.balance(account(1))
        await asyncio.sleep(60)
        stage.faults.clear()
        await history.watch()
        counted = history.balances("simulated"), history.days("simulated")[Capability.BALANCE][-1]
        today = stage.world.clock.now().astimezone(history.zone).date()
        await asyncio.sleep(8 * 60)
        await history.watch()
        await history.count_past_days()
        left = desk.measures.balances(*[stage.world.clock.now() - timedelta(days=n) for n in (2, 0)])
        return today, counted, left, history.balances("simulated"), history.days("simulated")

    settings = msgspec.structs.replace(SETTINGS, show_for_s=30.0)
    today, (balances, day), left, later, days = on_stage(story, settings=settings, start=BEFORE_MIDNIGHT)
    assert balances == {today: BalanceChecks(shown=40, checked=40)}
    assert (day.tally.unanswered_ms, day.gaps_measured, day.tone) == (60_000, True, "warning")
    assert left == BalanceChecks()
    assert later[today] == balances[today]
    assert days[Capability.BALANCE][-2].tally.unanswered_ms == 60_000
