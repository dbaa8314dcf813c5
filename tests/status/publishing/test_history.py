"""Ninety days: counted once, kept, and honest about what nobody knows."""

import asyncio
from datetime import timedelta

from dawam.kernel import id_to_text
from dawam.standin import BalanceChecks, Capability, Mode, Reason
from dawam.status.publishing import Stretch
from dawam.status.windows import Draft

from .stage import START, Stage, said

HOUR_MS = 3_600_000
MIDNIGHT = START + timedelta(hours=14)  # in Cairo


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
    stage.clock.at = MIDNIGHT + timedelta(minutes=2)
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
    )
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(3600)
    day = stage.publisher.history.days("misr")[Capability.BALANCE][-1]
    assert (day.tally.unanswered_ms, day.gaps_measured, day.tone) == (600_000, True, "warning")


def test_the_balances_of_a_past_day_are_kept_once_and_what_they_were_counted_from_may_go(database_url):
    shown, let_go = [4], []

    def checks(name, start, end):
        return BalanceChecks(shown=shown[0], checked=3, wrong=1) if name == "misr" else BalanceChecks()

    stage = Stage(
        database_url, balances=checks, counted=lambda tx, name, before: let_go.append((name, before))
    )
    history = stage.publisher.history
    run(stage, history.watch)
    stage.clock.at = MIDNIGHT - timedelta(seconds=1)
    run(stage, history.watch, history.count_past_days)
    stage.clock.at = MIDNIGHT + timedelta(seconds=60)
    run(stage, history.watch, history.count_past_days)
    assert let_go == []  # the last minutes may not be written down yet
    shown[0] = 5
    stage.clock.at = MIDNIGHT + timedelta(seconds=120)
    run(stage, history.watch, history.count_past_days, history.count_past_days)
    assert let_go == [("misr", MIDNIGHT), ("atlas", MIDNIGHT)]
    shown[0] = 9
    yesterday = START.date()
    today_ = yesterday + timedelta(days=1)
    assert history.balances("misr") == {
        yesterday: BalanceChecks(shown=5, checked=3, wrong=1),
        today_: BalanceChecks(shown=9, checked=3, wrong=1),
    }
    assert history.balances("atlas") == {yesterday: BalanceChecks(), today_: BalanceChecks()}
    stage.storage.close()


def test_balances_of_days_that_nobody_watched_or_measured_are_not_said_to_be_none():
    stage = Stage(balances=lambda *_: BalanceChecks())
    run(stage, stage.publisher.history.watch)
    stage.clock.pass_s(3 * 24 * 3600)
    stage.publisher = stage.new_publisher()
    run(stage, stage.publisher.history.watch, stage.publisher.history.count_past_days)
    stage.clock.pass_s(60)
    assert list(stage.publisher.history.balances("misr")) == [START.date() + timedelta(days=3)]
    assert Stage().publisher.history.balances("misr") == {}
