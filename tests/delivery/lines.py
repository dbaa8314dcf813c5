"""A way out of one line a message, its sink, and a process that drains a queue into it until it is ended.

Run by itself: `lines.py DATABASE_URL PORT`.
"""

import asyncio
import os
import sys
import time
from collections import deque
from datetime import UTC, datetime
from random import Random, SystemRandom

from dawam.delivery import (
    TABLES,
    Delivery,
    DeliverySettings,
    Later,
    Message,
    PaceSettings,
    Page,
    Sent,
    SmsSettings,
    Way,
)
from dawam.kernel import Conflict, TimeOrderedIds, World
from dawam.storage import Storage, outbox

CONCURRENCY = 256


class Clock:
    """This machine's."""

    def now(self):
        return datetime.now(UTC)

    def monotonic(self):
        return time.monotonic()


def real_world():
    clock = Clock()
    return World(clock, TimeOrderedIds(clock, SystemRandom()), Random())


class LineSender:
    """Writes a message's id as a line and waits for the sink's line back; many at once on one connection."""

    def __init__(self, port):
        self.port = port
        self.waiting = deque()
        self.writer = None

    async def open(self):
        if self.writer is None:
            reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.task = asyncio.create_task(self.read(reader))

    async def read(self, reader):
        while line := await reader.readline():
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(line)

    async def send(self, message):
        future = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        self.writer.write(message.id.encode() + b"\n")
        return Sent() if await future == b"ok\n" else Later("sink_refused")

    async def close(self):
        if self.writer is not None:
            self.writer.close()
            self.task.cancel()


class LineSink:
    """Counts each id once; what it has answered for stands in a file first."""

    def __init__(self, path):
        self.file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR)
        self.known = set(os.read(self.file, 1 << 30).split())
        self.received = 0

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while block := await reader.read(1 << 16):
                if not block.endswith(b"\n"):
                    block += await reader.readuntil(b"\n")
                lines = block.split()
                fresh = dict.fromkeys(line for line in lines if line not in self.known)
                os.write(self.file, b"".join(line + b"\n" for line in fresh))
                self.known.update(fresh)
                self.received += len(lines)
                writer.write(b"ok\n" * len(lines))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def close(self):
        self.server.close()
        os.close(self.file)


class Numbers:
    """A source of numbered recipients; the subject says how many."""

    def page(self, tx, subject, place, limit, now):
        first = int(place or 0)
        last = min(first + limit, int(subject))
        messages = tuple(
            Message(
                key=f"event:{number:09}",
                way=Way.SMS,
                to=f"+2010{number:09}",
                locale="ar",
                subject="",
                body="الخدمة متاحة",
                link=f"https://status.example.com/{number}",
                owner=f"subscription-{number:09}",
                about="event",
            )
            for number in range(first, last)
        )
        return Page(messages, None if last == int(subject) else str(last))


def settings():
    pace = PaceSettings(concurrency=CONCURRENCY, tries=50)
    sms = SmsSettings(host="x", system_id="x", password_env="X", source="x", pace=pace)
    return DeliverySettings(sms=sms)


def open_storage(url):
    for _ in range(100):
        try:
            return Storage.open(url, tables=[*TABLES, *outbox.TABLES])
        except Conflict:  # the server has not noticed yet that the last one is gone
            time.sleep(0.1)
    return Storage.open(url, tables=[*TABLES, *outbox.TABLES])


async def drain(url, port):
    storage = open_storage(url)
    delivery = Delivery(storage, real_world(), settings(), senders={Way.SMS: LineSender(port)})
    delivery.fan_outs.sources["numbers"] = Numbers()
    await delivery.run()


if __name__ == "__main__":
    asyncio.run(drain(sys.argv[1], int(sys.argv[2])))
