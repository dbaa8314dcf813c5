"""A real Chromium, and what it complains about."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from tests.chromium import LAUNCH

from .demonstration import INSTITUTION, Demonstration

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
_LINK = re.compile(r'/(incidents|windows)/([0-9A-Z]{26})"')
_EXPECTED = re.compile(r"status of 404|^htmx:(sendAbort|afterRequest)\b")
"""A page that is not there on purpose; what htmx logs of a request that leaving its page cut off."""
_LETTER = re.compile(r'/subscriptions/(confirm|refuse|)/?([\w-]{43})"')
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")


class Visitor:
    """One browser of one person: `complaints` are errors of scripts and of the policy on any of its pages."""

    def __init__(self, context: BrowserContext, page: Page, site: str, locale: str) -> None:
        self.context = context
        self.page = page
        self.site = site
        self.locale = locale
        self.complaints: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def go(self, path: str) -> int:
        """Visit a page in the visitor's language; the status."""
        answer = await self.page.goto(f"{self.site}/{self.locale}{path}", wait_until="load")
        return answer.status if answer else 0

    async def main(self) -> str:
        """What the page says."""
        return await self.page.inner_text("main")

    async def until(self, holds: Callable[[str], bool], *, within_s: float, reload: bool = False) -> str:
        """Wait until the page says what it should; what it says then."""
        clock = asyncio.get_running_loop().time
        end, said = clock() + within_s, ""
        while clock() < end:
            said = await self.main()
            if holds(said):
                return said
            await asyncio.sleep(0.05)
            if reload:
                await self.page.reload()
        raise AssertionError(f"{self.page.url} never said it: {said[:1500]}")

    def _said(self, message: Any) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as library:
        browser = await library.chromium.launch(**LAUNCH)
        try:
            yield browser
        finally:
            await browser.close()


async def visitor(
    browser: Browser, demo: Demonstration, locale: str, who: str = "", *, theme: str = "auto", **options: Any
) -> Visitor:
    """Somebody with a browser of their own; without `who` anybody."""
    options.setdefault("viewport", DESK if who not in ("", "amina") else PHONE)
    context = await browser.new_context(**options)
    cookies = {"theme": theme}
    if who:
        cookies["dawam"] = demo.enter(who, locale)[1]
    await context.add_cookies(
        [{"name": name, "value": value, "url": demo.site} for name, value in cookies.items()]  # type: ignore[misc]
    )
    page = await context.new_page()
    page.set_default_timeout(20_000)
    return Visitor(context, page, demo.site, locale)


def run(story: Callable[[Browser], Awaitable[None]], *, within_s: float = 110.0) -> None:
    """A story in a browser of its own."""

    async def whole() -> None:
        async with browsing() as browser:
            await story(browser)

    asyncio.run(asyncio.wait_for(whole(), within_s))


def known_places(demo: Demonstration) -> dict[str, str]:
    """An incident, a window and a code of a notice, as the public finds them; the links of letters."""
    found = {"institution": INSTITUTION}
    for path in (f"/en/status/{INSTITUTION}", f"/en/calendar/{INSTITUTION}"):
        page = demo.text(path)
        found |= {kind.rstrip("s"): identifier for kind, identifier in _LINK.findall(page)}
        code = _CODE.search(page)
        if code:
            found["code"] = code[0]
    for kind, token in _LETTER.findall(demo.letters()):
        found.setdefault(kind or "own", token)
    return found
