"""News to open pages: encoded once, in order, and nobody holds the others up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from dawam.web.pages import Live, PageSettings, Reader

HERE = Reader("192.0.2.1")


def reading(live: Live, *topics: str, first: Any = ()) -> AsyncIterator[bytes]:
    return live.stream(topics, HERE, first=first).iterator  # type: ignore[return-value]


async def soon(news: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(5):
        return await anext(news)


def test_a_page_gets_its_first_news_then_what_is_published() -> None:
    async def story() -> None:
        live = Live(PageSettings())
        news = reading(live, "a", first=[("hello", "one\ntwo")])
        assert (await soon(news)).startswith(b"retry: ")
        assert await soon(news) == b"event: hello\ndata: one\ndata: two\n\n"
        live.publish("b", "changed", "not for us")
        live.publish("a", "changed", "")
        assert await soon(news) == b"event: changed\ndata: \n\n"
        assert live.listeners("a") == 1
        await news.aclose()  # type: ignore[attr-defined]
        assert live.listeners("a") == 0

    asyncio.run(story())


def test_what_came_meanwhile_comes_in_order_and_at_once() -> None:
    async def story() -> None:
        live = Live(PageSettings())
        news = reading(live, "a", "b")
        await soon(news)
        for n in range(3):
            live.publish("ab"[n % 2], "n", str(n))
        assert (await soon(news)).count(b"event: n") == 3
        await news.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())


def test_a_reader_that_is_too_slow_is_let_go_and_the_others_are_not() -> None:
    async def story() -> None:
        live = Live(PageSettings())
        slow, quick = reading(live, "a"), reading(live, "a")
        await soon(slow)
        await soon(quick)
        heard = 0
        for n in range(600):
            live.publish("a", "n", str(n) * 300)
            heard += (await soon(quick)).count(b"event: n")
        assert heard == 600
        left = [piece async for piece in slow]
        assert len(b"".join(left)) <= 64 * 1024
        assert live.listeners("a") == 1
        await quick.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())


def test_closing_ends_every_stream() -> None:
    async def story() -> None:
        live = Live(PageSettings())
        news = reading(live, "a")
        await soon(news)
        live.close()
        async with asyncio.timeout(5):
            assert [piece async for piece in news] in ([], [b"\n"])
        assert live.listeners("a") == 0

    asyncio.run(story())


def test_a_line_of_the_news_cannot_be_another_event() -> None:
    async def story() -> None:
        live = Live(PageSettings())
        news = reading(live, "a")
        await soon(news)
        live.publish("a", "n", "x\n\nevent: evil\rdata: y")
        said = await soon(news)
        assert [line for line in said.splitlines() if line.startswith(b"event")] == [b"event: n"]
        await news.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())


def test_a_stream_ends_with_the_session_of_who_listens() -> None:
    async def story() -> None:
        live, holds = Live(PageSettings()), [True]
        news: Any = live.stream(["a"], HERE, still=lambda: holds[0]).iterator
        await soon(news)
        live.publish("a", "n", "1")
        assert b"data: 1" in await soon(news)
        holds[0] = False
        live.publish("a", "n", "2")
        assert [piece async for piece in news] == []
        assert live.listeners("a") == 0

    asyncio.run(story())
