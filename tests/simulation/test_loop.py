import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from dawam.kernel import Bug
from dawam.simulation import run, simulated_world

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_year_of_waiting_costs_nothing():
    world, loop = simulated_world(1, START)
    before = time.perf_counter()

    async def main():
        await asyncio.sleep(365 * 86_400)
        return world.clock.now()

    assert run(main(), loop) == START + timedelta(days=365)
    assert time.perf_counter() - before < 1


def test_timers_of_one_moment_run_in_the_order_in_which_they_were_set():
    _, loop = simulated_world(1, START)
    heard = []

    async def main():
        for name in "abcdefgh":
            loop.call_later(5, heard.append, name)
        loop.call_later(1, heard.append, "first")
        loop.call_at(loop.time() - 3, heard.append, "past")
        await asyncio.sleep(6)

    run(main(), loop)
    assert "".join(heard) == "pastfirstabcdefgh"


def test_timeouts_strike_in_virtual_time():
    _, loop = simulated_world(1, START)

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(100), 12)
        assert await asyncio.wait_for(asyncio.sleep(3, "done"), 12) == "done"
        return loop.time()

    assert run(main(), loop) == 45


def test_events_locks_queues_and_groups_work():
    _, loop = simulated_world(1, START)

    async def main():
        queue, ready = asyncio.Queue(), asyncio.Event()

        async def produce():
            await ready.wait()
            for number in range(3):
                await asyncio.sleep(1)
                await queue.put(number)

        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            loop.call_later(7, ready.set)
            got = [await queue.get() for _ in range(3)]
        return got, loop.time()

    assert run(main(), loop) == ([0, 1, 2], 10)


def test_nothing_to_wait_for_is_a_deadlock_that_names_who_waits():
    _, loop = simulated_world(1, START)

    async def waits_for_ever():
        await asyncio.Event().wait()

    with pytest.raises(Bug, match=r"deadlock.*waits_for_ever"):
        run(waits_for_ever(), loop)


def test_a_moment_that_never_ends_is_an_error(monkeypatch):
    monkeypatch.setattr("dawam.simulation.loop._TURNS_WITHOUT_TIME", 1000)
    _, loop = simulated_world(1, START)

    async def spin():
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Bug, match="never ends"):
        run(spin(), loop)


def test_the_real_world_is_refused():
    _, loop = simulated_world(1, START)

    async def main():
        with pytest.raises(Bug, match="create_connection would touch the real world"):
            await asyncio.open_connection("127.0.0.1", 80)
        with pytest.raises(Bug, match="run_in_executor"):
            await asyncio.to_thread(print)

    run(main(), loop)


def test_a_task_that_fails_unheard_fails_the_run():
    _, loop = simulated_world(1, START)

    async def fail():
        raise ValueError("nobody looks")

    async def main():
        task = asyncio.create_task(fail())
        await asyncio.sleep(1)
        del task

    with pytest.raises(ExceptionGroup, match="nobody awaited"):
        run(main(), loop)


def test_what_is_left_at_the_end_is_cancelled_in_order():
    _, loop = simulated_world(1, START)
    ended = []

    async def linger(number):
        try:
            await asyncio.sleep(10_000)
        finally:
            ended.append(number)

    async def main():
        tasks = [asyncio.create_task(linger(number)) for number in range(50)]
        await asyncio.sleep(1)
        return len(tasks)

    assert run(main(), loop) == 50
    assert ended == list(range(50))


def test_cancelled_timers_are_swept_out():
    _, loop = simulated_world(1, START)

    async def main():
        for _ in range(10_000):
            async with asyncio.timeout(3600):
                await asyncio.sleep(0.001)
        return len(loop._timers)

    assert run(main(), loop) < 500


def test_the_clock_counts_microseconds_exactly():
    world, loop = simulated_world(1, START)

    async def main():
        moments = []
        for _ in range(1000):
            await asyncio.sleep(0.001)
            moments.append(world.clock.now())
        return moments

    moments = run(main(), loop)
    assert moments[-1] == START + timedelta(seconds=1)
    assert moments == sorted(set(moments))


_TRACE = """
import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from dawam.simulation import run, simulated_world
world, loop = simulated_world(7, datetime(2026, 1, 1, tzinfo=UTC))
digest = sha256()
async def actor(name):
    for _ in range(200):
        await asyncio.sleep(world.entropy.expovariate(3))
        digest.update(f"{name} {world.clock.now()} {world.ids.next()}".encode())
async def main():
    tasks = {asyncio.create_task(actor(name)) for name in ("x", "y", "z", "long")}
    while tasks:
        done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            digest.update(str(world.entropy.random()).encode())
    for each in {asyncio.create_task(actor(n)) for n in "pqrstuvw"}:
        await each
run(main(), loop)
print(digest.hexdigest())
"""


def test_one_seed_is_one_run_whatever_the_hash_seed():
    digests = {
        subprocess.run(
            [sys.executable, "-c", _TRACE],
            env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4242", "random")
    }
    assert len(digests) == 1
