import asyncio
from itertools import pairwise

import pytest
from tests.simulation.test_primary import advice, payment

from dawam.kernel import Conflict
from dawam.primary import Fault, PrimaryFailure, PrimaryLink, SnapshotEnd
from dawam.simulation import FaultKind


async def failure(call):
    with pytest.raises(PrimaryFailure) as failed:
        await call
    return failed.value.fault, failed.value.sent


def test_every_call_of_the_contract_is_answered(stage):
    here = stage()
    link: PrimaryLink = here.link()

    async def main():
        assert (await link.health()).status == "up"
        assert (await link.balance("A1")).balance_minor == 10_001
        assert await link.balance("nobody") is None
        assert (await link.pay(payment())).seq == 4
        assert (await link.payment("P1")).seq == 4
        assert await link.payment("P2") is None
        with pytest.raises(Conflict):
            await link.pay(payment(amount=1))
        assert (await link.advise(advice())).status == "already_applied"
        assert [event.seq for event in (await link.events(after=3, limit=9, wait_s=0)).events] == [4, 5]
        lines = [line async for line in link.snapshot()]
        assert lines[-1] == SnapshotEnd(end=True, accounts=3, last_seq=5)
        await link.close()

    here.run(main())
    assert 0 < here.loop.time() < 0.2


def test_a_long_poll_waits_for_a_booking_and_idle_hours_cost_nothing(stage):
    here = stage()
    link = here.link()

    async def main():
        here.loop.call_later(7200, here.primary.book, "A0", 5, "cash_in")
        here.loop.call_later(7200.001, here.primary.book, "A1", 6, "cash_in")
        page = await link.events(after=3, limit=10, wait_s=86_400)
        assert [event.amount_minor for event in page.events] == [5, 6]
        assert 7200 < here.loop.time() < 7201
        empty = await link.events(after=5, limit=10, wait_s=600)
        assert (empty.events, empty.last_seq) == ([], 5)

    fired = here.loop.fired
    here.run(main())
    assert here.loop.fired - fired < 20


def test_down_refuses_with_a_known_outcome_and_cuts_what_is_open(stage):
    here = stage()
    link = here.link()

    async def main():
        poll = asyncio.ensure_future(link.events(after=3, limit=10, wait_s=600))
        await asyncio.sleep(1)
        here.faults.start(FaultKind.DOWN)
        assert await failure(poll) == (Fault.UNREACHABLE, True)
        assert await failure(link.pay(payment())) == (Fault.UNREACHABLE, False)
        assert here.primary.payment("P1") is None
        here.faults.clear()
        assert (await link.pay(payment())).code == "approved"

    here.run(main())
    assert here.loop.time() < 2


def test_hang_ends_in_the_timeout_of_the_client(stage):
    here = stage()
    link = here.link(timeout_s=0.5)

    async def main():
        here.faults.start(FaultKind.HANG)
        assert await failure(link.balance("A0")) == (Fault.TIMEOUT, True)

    here.run(main())
    assert here.loop.time() == 0.5


def test_errors_say_500_whether_or_not_the_payment_was_booked(stage):
    here = stage()
    link = here.link()

    async def main():
        here.faults.start(FaultKind.ERRORS)
        for number in range(40):
            assert await failure(link.pay(payment(f"P{number}", amount=1))) == (Fault.ERROR, True)

    here.run(main())
    assert 5 < (here.primary.last_seq - 3) / 2 < 35


def test_slow_answers_come_late_or_too_late(stage):
    here = stage()
    link = here.link(timeout_s=0.5)

    async def main():
        here.faults.start(FaultKind.SLOW)
        late = 0
        for _ in range(40):
            before = here.loop.time()
            try:
                await link.balance("A0")
            except PrimaryFailure as failed:
                late += failed.fault is Fault.TIMEOUT
            assert here.loop.time() - before > 0.25
        return late

    assert 20 < here.run(main()) < 40


def test_flapping_goes_down_and_up_by_turns(stage):
    here = stage()
    link = here.link()

    async def main():
        here.faults.start(FaultKind.FLAP)
        states = []
        for _ in range(600):
            await asyncio.sleep(0.1)
            try:
                await link.health()
                states.append(True)
            except PrimaryFailure:
                states.append(False)
        here.faults.clear(FaultKind.FLAP)
        await asyncio.sleep(20)
        assert (await link.health()).status == "up"
        return sum(a != b for a, b in pairwise(states)), sum(states)

    turns, up = here.run(main())
    assert turns > 5
    assert 100 < up < 500


def test_a_lost_reply_leaves_a_booking_that_nobody_heard_of(stage):
    here = stage()
    link = here.link()

    async def main():
        here.faults.start(FaultKind.LOST_REPLY)
        unknown = []
        for number in range(30):
            try:
                await link.pay(payment(f"P{number}", amount=1))
            except PrimaryFailure as failed:
                unknown.append((f"P{number}", failed.sent))
            await link.balance("A0")
        return unknown

    unknown = here.run(main())
    assert unknown
    assert all(sent for _, sent in unknown)
    assert all(here.primary.oracle.times_booked(payment_id) == 1 for payment_id, _ in unknown)


def test_a_request_that_has_left_arrives_although_its_sender_has_given_up(stage):
    here = stage()
    link = here.link(delay_s=2.0, timeout_s=0.1)

    async def main():
        assert await failure(link.pay(payment())) == (Fault.TIMEOUT, True)
        assert here.primary.payment("P1") is None
        await asyncio.sleep(60)

    here.run(main())
    assert here.primary.payment("P1").code == "approved"


def test_loss_duplication_and_reordering_never_book_twice(stage):
    here = stage()
    link = here.link(loss=0.2, duplication=0.3, delay_s=0.2)
    order = []
    here.primary.watch(lambda: order.append(here.primary.log[-1].payment_id))

    async def pay(number):
        for _ in range(30):
            try:
                return await link.pay(payment(f"P{number:02}", amount=1))
            except PrimaryFailure:
                await asyncio.sleep(0.1)

    async def main():
        answers = await asyncio.gather(*(pay(number) for number in range(60)))
        assert all(answer.code == "approved" for answer in answers)

    here.run(main())
    assert {here.primary.oracle.times_booked(f"P{number:02}") for number in range(60)} == {1}
    assert order != sorted(order)


@pytest.mark.parametrize(
    ("kind", "told"),
    [(FaultKind.ZERO, 0), (FaultKind.SCALE, 1_000_000), (FaultKind.SHIFT, 10_001), (FaultKind.STALE, 10_000)],
)
def test_lies_change_answers_and_snapshots_and_leave_the_books(stage, kind, told):
    here = stage()
    link = here.link()

    async def main():
        await asyncio.sleep(90_000)
        here.faults.start(kind)
        here.primary.book("A0", 0, "correction")
        if kind is FaultKind.STALE:
            here.primary.book("A0", 77, "cash_in")
        answer = await link.balance("A0")
        lines = [line async for line in link.snapshot()]
        here.faults.clear()
        return answer, lines[0], await link.balance("A0")

    answer, line, after = here.run(main())
    assert (answer.balance_minor, line.balance_minor) == (told, told)
    assert after.balance_minor == here.primary.log[-1].balance_after_minor != 0
    assert (answer.last_seq < after.last_seq) is (kind is FaultKind.STALE)


def test_stale_copies_come_old_and_new_honest_and_not(stage):
    seen = set()
    for seed in range(40):
        here = stage(seed)
        link = here.link()

        async def main(here=here, link=link):
            await asyncio.sleep(100_000)
            here.faults.start(FaultKind.STALE)
            now = here.world.clock.now()
            return now, await link.balance("A0")

        now, answer = here.run(main())
        seen.add((answer.as_of < now, here.faults.get(FaultKind.STALE).manner.copy_age_s > 0))
    assert seen == {(True, True), (False, True), (False, False), (True, False)} or len(seen) >= 3


def test_the_feed_loses_events_while_there_is_a_gap_and_has_them_after(stage):
    lost = 0
    for seed in range(6):
        here = stage(seed, accounts=60)
        link = here.link()

        async def main(here=here, link=link):
            here.faults.start(FaultKind.GAP)
            during = await link.events(after=0, limit=500, wait_s=0)
            here.faults.clear()
            return during, await link.events(after=0, limit=500, wait_s=0)

        during, after = here.run(main())
        assert [event.seq for event in after.events] == list(range(1, 61))
        lost += 60 - len(during.events)
    assert lost > 0


def test_the_feed_repeats_events_in_and_across_pages(stage):
    here = stage(accounts=40)
    link = here.link()

    async def main():
        here.faults.start(FaultKind.REPEAT)
        return [event.seq for event in (await link.events(after=10, limit=500, wait_s=0)).events]

    seqs = here.run(main())
    assert sorted(set(seqs)) == list(range(8, 41))
    assert len(seqs) > 33


def test_a_link_that_is_dropped_leaves_its_calls_cut_and_the_primary_alone(stage):
    here = stage()
    link = here.link()

    async def main():
        call = asyncio.ensure_future(link.events(after=3, limit=10, wait_s=600))
        await asyncio.sleep(1)
        link.drop()
        assert await failure(call) == (Fault.UNREACHABLE, True)
        here.primary.book("A0", 1, "cash_in")
        here.faults.start(FaultKind.DOWN)

    here.run(main())
