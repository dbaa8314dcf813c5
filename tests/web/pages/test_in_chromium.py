"""The shell in a real Chromium: readable for everyone, usable on a phone, useful without connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from litestar import Request, Response, get
from playwright.async_api import Browser, Page, async_playwright
from tests.chromium import LAUNCH, needs_chromium

from dawam.web import serving
from dawam.web.pages import FOR_ANYONE, Face, PageSettings, page_app, ruled

from .rooms import FixedSessions, world

pytestmark = needs_chromium
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
LAYOUTS = {
    "public.html": '{% extends "web/public.html" %}',
    "console.html": '{% extends "web/console.html" %}',
}
BODY = (
    '{% import "web/components.html" as ui with context %}{% set section = "overview" %}'
    '{% block title %}{{ t("Overview") }}{% endblock %}'
    '{% block main %}<h1>{{ t("Overview") }}</h1><p>{{ t("Everything works again") }}</p>'
    '{% call ui.form("/en/theme") %}{{ ui.field("back", t("Note")) }}{{ ui.button(t("Send")) }}{% endcall %}'
    "{% endblock %}"
)

Story = Callable[[Browser, str], Awaitable[None]]


def pages(folder: Any) -> Any:
    for name, head in LAYOUTS.items():
        (folder / name).write_text(head + BODY)
    face = Face(world(), PageSettings(), templates=[folder])

    @get(["/{locale:str}", "/{locale:str}/home"], opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def public(request: Request) -> Response[bytes]:
        return face.page(request, "public.html")

    @get("/{locale:str}/console", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def console(request: Request) -> Response[bytes]:
        return face.page(request, "console.html")

    return page_app([public, console], face=face, sessions=FixedSessions())


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**LAUNCH)
        yield browser
        await browser.close()


async def visit(browser: Browser, url: str, **options: Any) -> Page:
    """A page in a context of its own; whatever its console complains about fails the test."""
    theme, who = options.pop("theme", "auto"), options.pop("who", "")
    context = await browser.new_context(**options)
    origin = "/".join(url.split("/")[:3])
    cookies = {"theme": theme, **({"dawam": who} if who else {})}
    await context.add_cookies(
        [{"name": name, "value": value, "url": origin} for name, value in cookies.items()]
    )
    page = await context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    await page.goto(url, wait_until="load")
    return page


def run(folder: Any, story: Story) -> None:
    async def whole() -> None:
        async with serving(pages(folder), "127.0.0.1", 0) as address, browsing() as browser:
            await story(browser, f"http://localhost:{address.port}")

    asyncio.run(asyncio.wait_for(whole(), 110))


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_nobody_is_kept_out_by_how_a_page_is_made(tmp_path: Any, locale: str) -> None:
    visits = [
        (f"/{locale}/design", "", DESK, "light"),
        (f"/{locale}", "", PHONE, "dark"),
        (f"/{locale}/home", "customer", PHONE, "light"),
        (f"/{locale}/console", "operator", PHONE, "light"),
        (f"/{locale}/console", "administrator", DESK, "dark"),
        (f"/{locale}/offline", "", PHONE, "light"),
    ]

    async def story(browser: Browser, site: str) -> None:
        for path, who, size, theme in visits:
            page = await visit(browser, site + path, who=who, theme=theme, viewport=size, bypass_csp=True)
            found = await Axe().run(page)
            broken = [(item["id"], item["nodes"][0]["target"]) for item in found.response["violations"]]
            assert broken == [], (path, theme)
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, path
            await page.context.close()

    run(tmp_path, story)


def test_a_page_says_nothing_against_its_own_policy_and_draws_its_charts(tmp_path: Any) -> None:
    async def story(browser: Browser, site: str) -> None:
        page = await visit(browser, f"{site}/ar/design", viewport=DESK)
        await page.wait_for_selector(".chart canvas", timeout=20_000)
        assert await page.locator(".chart canvas").count() == 6
        await page.goto(f"{site}/en")
        assert await page.evaluate("typeof uPlot") == "undefined"  # only where there is a chart
        assert page.complaints == []  # type: ignore[attr-defined]

    run(tmp_path, story)


def test_the_theme_changes_without_scripts(tmp_path: Any) -> None:
    async def story(browser: Browser, site: str) -> None:
        page = await visit(browser, f"{site}/fr", viewport=PHONE, java_script_enabled=False)
        await page.click('button[value="dark"]')
        assert page.url == f"{site}/fr"
        assert await page.locator('html[data-theme="dark"]').count() == 1
        await page.click('a[hreflang="ar"]')
        assert await page.locator('html[dir="rtl"][data-theme="dark"]').count() == 1

    run(tmp_path, story)


def test_a_button_pressed_twice_sends_once(tmp_path: Any) -> None:
    async def story(browser: Browser, site: str) -> None:
        page = await visit(browser, f"{site}/en/home", viewport=PHONE)
        await page.fill("#f-back", "x")
        sent: list[str] = []
        page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
        async with page.expect_navigation():
            await page.evaluate(
                "() => { const form = document.querySelector('main form');"
                " form.requestSubmit(); form.requestSubmit(); }"
            )
        assert len(sent) == 1

    run(tmp_path, story)


def test_without_connection_the_last_public_status_stands_with_its_time(tmp_path: Any) -> None:
    async def whole() -> None:
        async with browsing() as browser:
            async with serving(pages(tmp_path), "127.0.0.1", 0) as address:
                site = f"http://localhost:{address.port}"
                page = await visit(browser, f"{site}/ar", viewport=PHONE, who="customer")
                await page.evaluate("navigator.serviceWorker.ready")
                await page.wait_for_function("navigator.serviceWorker.controller")
                await page.reload()
                await page.goto(f"{site}/ar/home")
                await page.wait_for_function("caches.match('/ar').then(kept => !!kept)")
                assert not await page.evaluate("caches.match('/ar/home').then(kept => !!kept)")
                kept = await page.evaluate("caches.match('/ar').then(kept => kept.text())")
                assert "signed-in" not in kept
            await page.goto(f"{site}/ar/home")
            await page.wait_for_selector("[data-last]:not([hidden])")
            told = await page.inner_text("main")
            assert "لا يوجد اتصال" in told
            assert "عاد كل شيء إلى العمل" in told
            assert "٢٠" in await page.inner_text("[data-last] time")

    asyncio.run(asyncio.wait_for(whole(), 110))
