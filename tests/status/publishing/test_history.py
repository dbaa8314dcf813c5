"""Ninety days: counted once, kept, and honest about what nobody knows."""

import asyncio
from datetime import timedelta

from dawam.kernel import id_to_text
from dawam.standin import Capability, Mode, Reason
from dawam.status.publishing import Stretch
from dawam.status.windows import Draft

from .stage import START, Stage, said

HOUR_MS = 3_600_000


def run(stage, *steps):
    async def go():
        for step in steps:
            await step()

    asyncio.run(go())


def today(stage, capability=Capability.BALANCE):
    return stage.publisher.history.days("misr")[capability][-1].tally


def test_days_before_the_watch_are_no_data(stage):
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(3600)
    days = stage.publisher.history.days("misr")[Capability.BALANCE]
    assert len(days) == 90
    assert [day.tone for day in days[:-1]] == ["neutral"] * 89
    assert (days[-1].tally.primary_ms, days[-1].tally.unwatched_ms) == (HOUR_MS, 10 * HOUR_MS)


def test_an_outage_counts_as_standby_and_its_growing_shares_as_one_change(stage):
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(600)
    stage.change(Mode.STANDING_IN)
    stage.clock.pass_s(1200)
    for share in (0, 10, 50):
        stage.change(Mode.RECOVERING, share=share)
        stage.clock.pass_s(100)
    stage.change(Mode.NORMAL, Reason.HEALTHY, share=100)
    stage.clock.pass_s(300)
    run(stage, stage.publisher.catch_up)
    assert (today(stage).primary_ms, today(stage).standby_ms) == (900_000, 1_500_000)


def test_a_past_day_is_counted_once_and_never_again(stage):
    run(stage, stage.publisher.history.watch)
    stage.change(Mode.STANDING_IN)
    stage.clock.pass_s(3600)
    stage.change(Mode.NORMAL, Reason.HEALTHY)
    stage.clock.pass_s(13 * 3600)  # midnight in Cairo
    run(stage, stage.publisher.catch_up, stage.publisher.history.watch)
    run(stage, stage.publisher.history.count_past_days, stage.publisher.history.count_past_days)
    stage.clock.pass_s(7200)
    stage.change(Mode.STANDING_IN)
    run(stage, stage.publisher.catch_up)
    fresh = stage.new_publisher()
    days = fresh.history.days("misr")[Capability.PAYMENT]
    assert (days[-2].tally.standby_ms, days[-2].tally.primary_ms) == (HOUR_MS, 13 * HOUR_MS)
    assert days[-2].tone == "notice"


def test_a_node_that_was_away_did_not_watch(stage):
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(600)
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(3600)
    stage.publisher = stage.new_publisher()
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(60)
    told = today(stage)
    assert (told.primary_ms, told.unwatched_ms) == (660_000, 10 * HOUR_MS + HOUR_MS)


def test_announced_work_is_planned_until_the_end_that_was_announced_first(stage):
    starts = START + timedelta(days=9)

    async def work():
        draft = Draft(
            id=id_to_text(stage.world.ids.next()),
            institution="misr",
            scope="core",
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            capabilities=("balance", "cheque"),
            goes_on=("balance",),
            texts=said(),
        )
        window = await stage.windows.plan(draft, by="amal")
        await stage.windows.announce(window.id, by="amal", once=id_to_text(stage.world.ids.next()))
        stage.clock.at = starts
        running = asyncio.create_task(stage.windows.run())
        await asyncio.sleep(0.05)
        running.cancel()
        stage.change(Mode.STANDING_IN, Reason.MAINTENANCE, (Capability.BALANCE, Capability.CHEQUE))
        await stage.publisher.history.watch()
        stage.clock.pass_s(1800)
        await stage.windows.extend(
            window.id,
            starts + timedelta(hours=3),
            by="amal",
            reason="more to do",
            once=id_to_text(stage.world.ids.next()),
        )
        stage.clock.pass_s(5400)
        await stage.publisher.catch_up()

    asyncio.run(work())
    balance, cheque, payment = (
        today(stage, one) for one in (Capability.BALANCE, Capability.CHEQUE, Capability.PAYMENT)
    )
    assert (balance.standby_planned_ms, balance.standby_ms) == (HOUR_MS, HOUR_MS)
    assert (cheque.unanswered_planned_ms, cheque.unanswered_ms) == (HOUR_MS, HOUR_MS)
    assert payment.primary_ms == 2 * HOUR_MS


def test_times_without_any_answer_are_counted_where_they_are_measured():
    silent = Stretch(START, START + timedelta(minutes=10))
    stage = Stage(
        unanswered=lambda name, start, end: {Capability.BALANCE: [silent]},
        wrong_shown=lambda name, start, end: 3,
    )
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(3600)
    day = stage.publisher.history.days("misr")[Capability.BALANCE][-1]
    assert (day.tally.unanswered_ms, day.gaps_measured, day.tone) == (600_000, True, "warning")
    assert stage.publisher.history.wrong_shown("misr") == 3
    assert Stage().publisher.history.wrong_shown("misr") is None
