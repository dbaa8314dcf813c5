"""A world whose clock the test moves, ways out that remember, and messages to make."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from dawam.delivery import TABLES, Delivery, DeliverySettings, Message, Sent, Way
from dawam.kernel import TimeOrderedIds, World
from dawam.storage import Storage, outbox

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def monotonic(self):
        return (self.at - START).total_seconds()

    def move(self, seconds):
        self.at += timedelta(seconds=seconds)


class Recorder:
    """A way out that takes everything, or answers as told: a list of outcomes, the last one for ever."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes) or [Sent()]
        self.got = []
        self.closed = False

    async def open(self):
        pass

    async def send(self, message):
        self.got.append(message)
        await asyncio.sleep(0)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    async def close(self):
        self.closed = True

    @property
    def keys(self):
        return [message.key for message in self.got]


class Post:
    """A queue with one recorder a way, moved by hand."""

    def __init__(self, url, settings=None, **senders):
        self.clock = Clock()
        self.world = World(self.clock, TimeOrderedIds(self.clock, Random(1)), Random(2))
        self.storage = Storage.open(url, tables=[*TABLES, *outbox.TABLES])
        self.senders = {Way(name): sender for name, sender in senders.items()} or {Way.EMAIL: Recorder()}
        self.settings = settings or DeliverySettings()
        self.runner = asyncio.Runner()
        self.run = self.runner.run
        self.again()

    def again(self):
        """Another life of the same queue."""
        self.delivery = Delivery(self.storage, self.world, self.settings, senders=self.senders)

    def put(self, *messages):
        return self.storage.write_now(lambda tx: self.delivery.enqueue(tx, messages))

    async def settle(self, turns=200):
        """Turns until nothing more happens at this moment."""
        quiet = 0
        for _ in range(turns):
            quiet = 0 if await self.delivery.turn() else quiet + 1
            if quiet == 3:
                return
            for _ in range(12):
                await asyncio.sleep(0)
        raise AssertionError("it does not settle")

    def drain(self):
        self.run(self.settle())

    def close(self):
        self.runner.close()
        self.storage.close()


def message(key, way=Way.EMAIL, **more):
    given = {"to": "somebody@example.com", "locale": "en", "subject": "Hello", "body": "Good day"}
    return Message(key=key, way=way, **{**given, **more})
