"""Killed again and again while it fans out and drains: nothing is lost, nothing counts twice."""

import asyncio
import signal
import sys
from pathlib import Path

from dawam.delivery import Delivery, State, Way, message_id

from .lines import CONCURRENCY, LineSink, Numbers, open_storage, real_world, settings

COUNT = 20_000
KILLS = (1_000, 4_000, 8_000, 12_000, 17_000)


async def drained_with_kills(url, folder):
    sink = LineSink(folder / "sink")
    port = await sink.start()
    kills = list(KILLS)
    try:
        async with asyncio.timeout(110):
            while len(sink.known) < COUNT:
                child = await asyncio.create_subprocess_exec(
                    sys.executable, str(Path(__file__).with_name("lines.py")), url, str(port)
                )
                until = kills.pop(0) if kills else COUNT
                while len(sink.known) < until and child.returncode is None:
                    await asyncio.sleep(0.01)
                assert child.returncode is None, "it ended by itself"
                if until == COUNT:
                    await asyncio.sleep(0.5)  # it marks the last ones
                child.send_signal(signal.SIGKILL)
                await child.wait()
        return sink.known, sink.received
    finally:
        sink.close()


def delivery_of(storage):
    delivery = Delivery(storage, real_world(), settings(), senders={Way.SMS: None})
    delivery.fan_outs.sources["numbers"] = Numbers()
    return delivery


def test_killed_while_it_works_it_loses_nothing_and_nothing_counts_twice(database_url, tmp_path):
    storage = open_storage(database_url)
    delivery = delivery_of(storage)
    storage.write_now(
        lambda tx: delivery.fan_outs.start(tx, "n1", source="numbers", subject=str(COUNT), about="event")
    )
    storage.close()

    known, received = asyncio.run(drained_with_kills(database_url, tmp_path))

    wanted = {message_id(f"event:{number:09}").encode() for number in range(COUNT)}
    assert known == wanted
    again = received - COUNT
    assert 0 <= again <= len(KILLS) * 2 * CONCURRENCY  # sent in doubt, under ids that the sink knew
    storage = open_storage(database_url)
    delivery = delivery_of(storage)
    assert delivery.counts() == {Way.SMS: {State.SENT: COUNT}}
    fan_out = delivery.fan_outs.fan_out("n1")
    assert (fan_out.state, fan_out.reached) == ("done", COUNT)
    storage.close()
