"""The story of the demo as a customer, an operator and the public see it, in three languages at once."""

import asyncio
import json
import re
import time
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser

from dawam.web import text
from dawam.web.pages import amount

from .browsing import Visitor, known_places, run, visitor
from .demonstration import INSTITUTION, Demonstration
from .pages import LANGUAGES

AMINA_MINOR, SAVINGS_MINOR = 125_000, 2_340_075
STATUS = f"/status/{INSTITUTION}"
AWAY = ".services .badge:not(.good)"
FROM_STANDBY = "As of {time}, from our standby system: every booking that reached it by then is in it."
FROM_PRIMARY = "As of {time}, from the institution’s own system."
_NEWEST = "JSON.parse(document.querySelector('[data-chart]').dataset.chart).times.at(-1)"
_MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")


def plain(said: str) -> str:
    """A text without the marks that order it."""
    return _MARKS.sub("", said).replace("\xa0", " ")


def pieces(msgid: str, locale: str) -> list[str]:
    """What a text says around its time."""
    said = text(msgid, locale, time="|")  # type: ignore[arg-type]
    return [piece.strip() for piece in plain(said).split("|") if piece.strip()]


async def sees_her_money(amina: Visitor, source: str) -> bool:
    """Every amount is true, and the page says whence; whether it is from this source by now."""
    await amina.go("/home")
    said = plain(await amina.main())
    for minor in (AMINA_MINOR, SAVINGS_MINOR):
        assert plain(str(amount(minor, "EGP", amina.locale))) in said, said  # type: ignore[arg-type]
    zero = plain(str(amount(0, "EGP", amina.locale)))  # type: ignore[arg-type]
    assert not re.search(rf"(?<![\d٠-٩.,٬]){re.escape(zero)}", said), said
    return all(piece in said for piece in pieces(source, amina.locale))


async def until(check: object, within_s: float = 40.0) -> None:
    """Try again and again, at most so long."""
    end = time.monotonic() + within_s
    while not await check():  # type: ignore[operator]
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


def since(demo: Demonstration) -> datetime:
    """Since when balances are in their mode."""
    told = json.loads(demo.text("/v1/status"))["institutions"][0]["capabilities"]
    return datetime.fromisoformat(next(one["since"] for one in told if one["capability"] == "balance"))


async def all_normal(demo: Demonstration) -> None:
    """Wait until customers are back."""

    async def normal() -> bool:
        told = json.loads(demo.text("/v1/status"))["institutions"][0]["capabilities"]
        return all(one["mode"] == "normal" for one in told)

    await until(normal, 60.0)


def test_a_bad_update_shows_nobody_a_zero_and_tells_everybody(
    demo: Demonstration, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(browser: Browser) -> None:
        aminas = [await visitor(browser, demo, locale, "amina") for locale in LANGUAGES]
        publics = [await visitor(browser, demo, locale) for locale in LANGUAGES]
        await all_normal(demo)
        for amina in aminas:
            await until(lambda amina=amina: sees_her_money(amina, FROM_PRIMARY))
        for public in publics:
            await public.go(STATUS)
            await public.page.wait_for_function(f"() => !document.querySelector('{AWAY}')")
            assert await public.page.evaluate("document.documentElement.dir") == (
                "rtl" if public.locale == "ar" else "ltr"
            )
        await asyncio.to_thread(demo.press, "bad-update")
        delays = []
        for public in publics:  # nobody reloads: the page changes by itself
            await public.page.locator(AWAY).first.wait_for(timeout=20_000)
            delays.append((datetime.now(UTC) - since(demo)).total_seconds())
        for amina in aminas:
            await until(lambda amina=amina: sees_her_money(amina, FROM_STANDBY))
        await an_incident_is_told(demo, publics)
        await asyncio.to_thread(demo.press, "roll-back")
        for amina in aminas:
            await until(lambda amina=amina: sees_her_money(amina, FROM_PRIMARY))
        await all_normal(demo)
        await publics[0].page.wait_for_function(f"() => !document.querySelector('{AWAY}')", timeout=20_000)
        assert [one.complaints for one in (*aminas, *publics)] == [[]] * 6
        with capsys.disabled():
            print(f"\n  mode change to open public page: {delays[0]:.2f} s, looked at by one browser")

    run(story)


async def an_incident_is_told(demo: Demonstration, publics: list[Visitor]) -> None:
    """It opened by itself, has a page in every language, and its notice can be checked."""
    end = time.monotonic() + 30
    while not {"incident", "code"} <= known_places(demo).keys():
        assert time.monotonic() < end, "no incident opened by itself"
        await asyncio.sleep(0.2)
    found = known_places(demo)
    for public in publics:
        assert await public.go(f"/incidents/{found['incident']}") == 200
        assert await public.page.locator("main h1").count() == 1
        assert await public.go(f"/check?code={found['code']}") == 200
        assert text("This code is ours.", public.locale) in await public.main()  # type: ignore[arg-type]
        await public.page.fill("textarea", "ZZZZ-ZZZZ")
        await public.page.locator("main form .button").click()
        await public.page.wait_for_selector("#result .danger")
        await public.go(STATUS)


def test_an_operator_takes_over_and_needs_a_second_person_to_hand_back(demo: Demonstration) -> None:
    async def story(browser: Browser) -> None:
        console = f"/console/institutions/{INSTITUTION}"
        operator = await visitor(browser, demo, "ar", "operator")
        approver = await visitor(browser, demo, "fr", "approver")
        await operator.go(console)
        await operator.page.wait_for_selector(".chart canvas")
        before = await newest_sample(operator)
        await operator.page.wait_for_function(
            f"before => {_NEWEST} > before",
            arg=before,
        )
        await order(operator, "take_over", "I saw it first")
        await operator.go(console)
        await operator.page.locator("#state .badge:not(.good)").first.wait_for()
        await order(operator, "hand_back", "All is well again")
        assert operator.page.url.endswith("/console/approvals")
        assert await operator.page.locator('button[value="agree"]').count() == 0
        await approver.go("/console/approvals")
        await approver.page.locator('button[value="agree"]').click()
        await approver.page.wait_for_load_state()
        await all_normal(demo)
        assert operator.complaints + approver.complaints == []

    run(story)


async def newest_sample(operator: Visitor) -> int:
    """The time of the last figure in the first chart."""
    found: int = await operator.page.evaluate(_NEWEST)
    return found


async def order(operator: Visitor, act: str, reason: str) -> None:
    """Give an order in the console."""
    await operator.page.check(f'input[name="act"][value="{act}"]')
    await operator.page.fill('main input[name="reason"]', reason)
    async with operator.page.expect_navigation():
        await operator.page.locator('form[action$="/orders"] .button').click()
    assert await operator.page.locator(".problem").count() == 0, await operator.main()


def test_maintenance_is_announced_shown_begins_and_ends(demo: Demonstration) -> None:
    async def story(browser: Browser) -> None:
        publics = [await visitor(browser, demo, locale) for locale in LANGUAGES]
        await asyncio.to_thread(demo.press, "maintenance")
        found = known_places(demo)
        calendar = await asyncio.to_thread(demo.text, f"/feeds/{INSTITUTION}/windows.ics")
        assert found["window"] in calendar
        assert "STATUS:CONFIRMED" in calendar
        for public in publics:
            await public.go(f"/calendar/{INSTITUTION}")
            await public.page.locator(f'main a[href$="/windows/{found["window"]}"]').first.click()
            await public.page.wait_for_load_state()
            assert await public.page.locator("main h1").count() == 1
            await public.go(STATUS)
            await public.page.locator(AWAY).first.wait_for(timeout=40_000)
        await asyncio.to_thread(demo.press, "roll-back")
        await all_normal(demo)
        assert [one.complaints for one in publics] == [[]] * 3

    run(story)
