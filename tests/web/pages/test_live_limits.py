"""How many pages may be open that get news, over real connections; and what becomes of who does not read."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from litestar import Request, Response, get
from litestar.response import Stream
from msgspec.structs import replace
from playwright.async_api import async_playwright
from tests.chromium import LAUNCH, needs_chromium

from dawam.web import serving
from dawam.web.pages import FOR_ANYONE, Face, Live, PageSettings, Visitor, page_app, reader_of, ruled

from .rooms import VISITORS, world

PAGE = (
    '{% extends "web/public.html" %}{% import "web/components.html" as ui with context %}'
    '{% block title %}x{% endblock %}{% block main %}<h1>x</h1><div hx-ext="sse" sse-connect="/live">'
    "{{ ui.live() }}</div>{% endblock %}"
)


class ManySessions:
    """`operator-1` is a session of an operator, and `operator-2` another."""

    def visitor(self, key: str) -> Visitor | None:
        found = VISITORS.get(key.partition("-")[0])
        return found and replace(found, key=key)


class Site:
    """A server whose only page gets news, and its browsers."""

    def __init__(self, live: Live, url: str, port: int, browser: aiohttp.ClientSession) -> None:
        self.live = live
        self.url = url
        self.port = port
        self._browser = browser
        self._answers: list[aiohttp.ClientResponse] = []

    async def opened(self, place: str = "192.0.2.1", cookie: str = "") -> aiohttp.ClientResponse:
        """One more open page of a place, or of a session; it has its first line, or was refused."""
        headers = {"x-forwarded-for": place, **({"cookie": f"dawam={cookie}"} if cookie else {})}
        answer = await self._browser.get(f"{self.url}/live", headers=headers)
        self._answers.append(answer)
        if answer.status == 200:
            assert await answer.content.readline() == b"retry: 2000\n"
        return answer

    async def statuses(self, count: int, place: str = "192.0.2.1", cookie: str = "") -> list[int]:
        """So many at once."""
        answers = await asyncio.gather(*(self.opened(place, cookie) for _ in range(count)))
        return sorted(answer.status for answer in answers)

    def leave(self) -> None:
        """Close every page."""
        for answer in self._answers:
            answer.close()

    async def until_open(self, count: int) -> None:
        """Wait until so many listen."""
        async with asyncio.timeout(60):
            while self.live.listeners("a") != count:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def site(folder: Path, stuck_after_s: float = 30.0, **limits: Any) -> AsyncIterator[Site]:
    (folder / "page.html").write_text(PAGE)
    settings = PageSettings(trusted_proxies=("127.0.0.0/8",), **limits)
    face, live = Face(world(), settings, templates=[folder]), Live(settings)

    @get("/live", opt=ruled(FOR_ANYONE))
    async def news(request: Request[Any, Any, Any]) -> Stream:
        return live.stream(["a"], reader_of(request))

    @get("/{locale:str}", opt=ruled(FOR_ANYONE))
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        return face.page(request, "page.html")

    app = page_app([news, page], face=face, sessions=ManySessions(), on_shutdown=[live.close])
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(app, "127.0.0.1", 0, stuck_after_s=stuck_after_s))
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        browser = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        found = Site(live, address.url, address.port, browser)
        yield found
        found.leave()


def told(folder: Path, story: Callable[[Site], Awaitable[None]], **limits: Any) -> None:
    async def whole() -> None:
        async with site(folder, **limits) as found:
            await story(found)

    asyncio.run(asyncio.wait_for(whole(), 120))


def test_a_place_has_so_many_and_room_again_when_one_has_gone(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        first = await found.opened()
        assert (await found.opened()).status == 200
        refused = await found.opened()
        assert (refused.status, refused.headers["retry-after"]) == (429, "10")
        assert (await refused.json())["code"] == "live_place_full"
        assert (await found.opened("192.0.2.2")).status == 200
        first.close()
        await found.until_open(2)
        assert (await found.opened()).status == 200

    told(tmp_path, story, live_a_place=2)


def test_a_crowd_that_comes_at_once_gets_no_more_than_its_room(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        assert await found.statuses(40) == [200] * 7 + [429] * 33
        assert found.live.listeners("a") == 7

    told(tmp_path, story, live_a_place=7)


def test_the_staff_count_by_their_session_and_a_crowd_takes_not_their_room(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        assert await found.statuses(3, "192.0.2.1") == [200, 200, 429]
        assert await found.statuses(2, "192.0.2.2") == [200, 503]
        refused = await found.opened("192.0.2.3")
        assert (refused.status, refused.headers["retry-after"]) == (503, "10")
        assert (await refused.json())["code"] == "live_full"
        assert await found.statuses(5, "192.0.2.1", "operator") == [200, 200, 200, 200, 429]
        assert await found.statuses(4, "192.0.2.1", "viewer") == [200] * 4
        assert (await found.opened("192.0.2.4", "customer")).status == 503

    told(tmp_path, story, live_a_place=2, live_in_all=3, live_a_session=4)


def test_by_default_two_hundred_consoles_behind_one_address_are_no_crowd(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        for number in range(10):
            assert await found.statuses(20, cookie=f"operator-{number}") == [200] * 20
        assert await found.statuses(200) == [200] * 200

    told(tmp_path, story)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no user timeout")
def test_who_never_reads_is_let_go_and_holds_nobody_up(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        stuck = socket.socket()
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        stuck.connect(("127.0.0.1", found.port))
        stuck.sendall(b"GET /live HTTP/1.1\r\nhost: x\r\n\r\n")
        await found.until_open(1)
        reader = await found.opened()
        heard = asyncio.create_task(_count(reader))
        for _ in range(600):  # 18 MB: more than the system keeps for a connection
            found.live.publish("a", "n", "x" * 30_000)
            await asyncio.sleep(0.005)
        await found.until_open(1)
        found.live.close()
        assert await heard == 600
        stuck.close()

    told(tmp_path, story, stuck_after_s=2.0, live_a_place=2)


async def _count(answer: aiohttp.ClientResponse) -> int:
    """How many events came, until the stream ends."""
    body = await answer.content.read()
    return body.count(b"event: n")


@needs_chromium
def test_a_page_that_found_no_room_comes_back_by_itself(tmp_path: Path) -> None:
    async def story(found: Site) -> None:
        async with async_playwright() as library:
            browser = await library.chromium.launch(**LAUNCH)
            context = await browser.new_context()
            first, second = await context.new_page(), await context.new_page()
            await first.goto(f"{found.url}/en")
            await first.get_by_text("Live", exact=True).wait_for()
            await second.goto(f"{found.url}/en")
            await second.get_by_text("Reconnecting…").wait_for()
            await first.close()
            await second.get_by_text("Live", exact=True).wait_for()
            await browser.close()

    told(tmp_path, story, live_a_place=1)
