"""News are acted on when their fact is committed, so that whoever acts may look it up as any reader does."""

import asyncio
import threading
from datetime import UTC, datetime

from sqlalchemy import select

from dawam.storage import Reader, Storage, outbox

from .numbers import numbers, put

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def tell(n):
    """Writes a number, and news of it."""

    def verb(tx):
        put(n)(tx)
        outbox.put(tx, "number", str(n).encode(), now=NOW)

    return verb


def test_whoever_acts_on_news_finds_their_fact_whatever_was_written_together(database_url):
    storage = Storage.open(database_url, tables=[numbers, *outbox.TABLES])
    seen = []

    def act(tx, news):
        there = storage.read(lambda rows: [n for (n,) in rows.execute(select(numbers.c.n))])
        seen.append((int(news.body), int(news.body) in there))

    reader = Reader("test", storage, act)

    async def story():
        await storage.write(tell(1))
        go_on = threading.Event()
        busy = asyncio.ensure_future(storage.write(lambda tx: go_on.wait(10)))
        second = asyncio.ensure_future(storage.write(tell(2)))
        acting = asyncio.ensure_future(reader.catch_up())  # for the first; written together with the second
        await asyncio.sleep(0.1)
        go_on.set()
        await asyncio.gather(busy, second, acting)
        while await reader.catch_up():
            pass

    asyncio.run(story())
    storage.close()
    assert seen == [(1, True), (2, True)]
