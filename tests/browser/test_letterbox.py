"""What a newcomer finds in the guide's letterbox: news in three languages, the way in and out, a code."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from dawam.web import text

from .browsing import Visitor, run, visitor
from .demonstration import INSTITUTION, Demonstration
from .test_everybody import axe_says
from .test_story import all_normal, until

SUBSCRIBERS = {"ar": "amina@example.org", "fr": "moreau@example.org", "en": "layla@example.org"}
NEWCOMER = "newcomer-in-arabic@example.org"
READS = {NEWCOMER: "ar", **{address: locale for locale, address in SUBSCRIBERS.items()}}
_CODE = re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", re.MULTILINE)
_ALL = """() => [...document.querySelectorAll(".letter")].map(one => {
    const inside = one.tagName === "DETAILS" ? one.querySelector("[lang][dir]:not(bdi)") : one;
    const lines = [...inside.querySelectorAll("p")].map(part => part.innerHTML.replaceAll("<br>", "\\n"));
    const to = one.querySelector("bdi[dir=ltr]").textContent;
    return {to, lang: inside.lang, dir: inside.dir, text: lines.join("\\n")};
})"""


async def guide_of(one: Visitor, demo: Demonstration) -> Page:
    """The guide in a tab of its own; it changes by itself."""
    tab = await one.context.new_page()
    tab.set_default_timeout(40_000)
    await tab.goto(f"{demo.guide}/{one.locale}", wait_until="load")
    return tab


async def notices(guide: Page) -> list[tuple[str, str]]:
    """(address, code) of every notice in the letterbox; each stands in its reader's language."""
    found = []
    for letter in await guide.evaluate(_ALL):
        code = _CODE.search(letter["text"])
        if code:
            found.append((letter["to"], code[0]))
            assert letter["dir"] == ("rtl" if letter["lang"] == "ar" else "ltr")
            assert letter["lang"] == READS[letter["to"]]
    return found


async def comes_to(guide: Page, addresses: set[str], before: list[tuple[str, str]]) -> str:
    """Wait until these have a notice that was not there before; its code, which is the same for all."""

    async def reached() -> bool:
        fresh = [one for one in await notices(guide) if one not in before]
        return addresses <= {to for to, _ in fresh}

    await until(reached)
    found = await notices(guide)
    assert len(found) == len(set(found)), "somebody was told the same twice"
    fresh = [one for one in found if one not in before]
    shared = set.intersection(*({code for to, code in fresh if to == each} for each in addresses))
    assert shared, fresh
    return shared.pop()


async def is_genuine(one: Visitor, code: str) -> bool:
    """Whether the public check knows it."""
    await one.go(f"/check?code={code}")
    return text("This code is ours.", one.locale) in await one.main()  # type: ignore[arg-type]


async def follow(one: Visitor, guide: Page, to: str, link: str) -> Page:
    """Press a link in somebody's newest letter that has one; the page that it opens."""
    found = guide.locator(".letter", has_text=to).locator(f'a[href*="{link}"]').first
    async with one.context.expect_page() as opened:
        await found.dispatch_event("click")
    page = await opened.value
    await page.wait_for_load_state()
    return page


def test_subscribers_are_told_once_each_in_their_language_with_a_code_that_is_genuine(
    demo: Demonstration,
) -> None:
    async def story(browser: Browser) -> None:
        await all_normal(demo)
        publics = [await visitor(browser, demo, locale) for locale in SUBSCRIBERS]
        guide = await guide_of(publics[0], demo)
        before = await notices(guide)
        await asyncio.to_thread(demo.press, "bad-update")
        code = await comes_to(guide, set(SUBSCRIBERS.values()), before)
        for public in publics:
            assert await is_genuine(public, code)
        await asyncio.to_thread(demo.press, "roll-back")
        await all_normal(demo)
        assert [one.complaints for one in publics] == [[]] * 3

    run(story)


def test_a_newcomer_subscribes_in_arabic_is_told_and_stops(demo: Demonstration) -> None:
    async def story(browser: Browser) -> None:
        await all_normal(demo)
        one = await visitor(browser, demo, "ar")
        guide = await guide_of(one, demo)
        await one.go(f"/subscribe/{INSTITUTION}")
        await one.page.fill('input[name="address"]', NEWCOMER)
        await one.page.locator("main form .button").click()
        await one.page.wait_for_url("**/code/**")
        await guide.locator(".letter", has_text=NEWCOMER).first.wait_for()
        asked = await follow(one, guide, NEWCOMER, "/subscriptions/confirm/")
        await asked.locator("main form .button").click()
        await asked.wait_for_url("**?new=1")
        assert text("You will hear from us.", "ar") in await asked.inner_text("main")

        before = await notices(guide)
        await asyncio.to_thread(demo.press, "bad-update")
        assert await is_genuine(one, await comes_to(guide, {NEWCOMER}, before))
        own = await follow(one, guide, NEWCOMER, "/ar/subscriptions/")
        await own.locator("main form .button.danger").click()
        await own.wait_for_load_state()
        assert text("No more messages", "ar") in await own.inner_text("main")
        await asyncio.to_thread(demo.press, "roll-back")
        await all_normal(demo)
        assert one.complaints == []

    run(story)


def test_amina_signs_in_with_the_code_that_comes_into_the_letterbox(demo: Demonstration) -> None:
    async def story(browser: Browser) -> None:
        one = await visitor(browser, demo, "ar")
        guide = await guide_of(one, demo)
        await one.go("/sign-in")
        await one.page.fill('input[name="contact"]', SUBSCRIBERS["ar"])
        await one.page.press('input[name="contact"]', "Enter")
        letter = guide.locator(".letter", has_text=text("Your code to sign in", "ar")).first
        code = re.search(r"\b\d{6}\b", await letter.text_content() or "")
        assert code
        await one.page.fill('input[name="code"]', code[0])
        await one.page.press('input[name="code"]', "Enter")
        await one.page.wait_for_url("**/home")
        assert one.complaints == []

    run(story)


def test_an_earlier_letter_stays_open_when_others_come(demo: Demonstration, places: dict[str, Any]) -> None:
    async def story(browser: Browser) -> None:
        one = await visitor(browser, demo, "en")
        guide = await guide_of(one, demo)
        earlier = guide.locator("details.letter").first
        await earlier.locator("summary").click()
        name = await earlier.get_attribute("id")
        await asyncio.to_thread(demo.ask, "later@example.org")
        await guide.locator("article.letter", has_text="later@example.org").first.wait_for()
        assert await guide.locator(f"#{name}").evaluate("one => one.open")
        assert await guide.locator("details.letter[open]").count() == 1

    run(story)


@pytest.mark.parametrize("locale", SUBSCRIBERS)
def test_the_guide_with_its_letters_keeps_nobody_out(
    demo: Demonstration, places: dict[str, Any], locale: str
) -> None:
    async def story(browser: Browser) -> None:
        one = await visitor(browser, demo, locale, bypass_csp=True)
        await one.page.goto(f"{demo.guide}/{locale}", wait_until="load")
        assert await one.page.locator("article.letter").count() == 3
        assert await axe_says(one, "guide") == []
        assert one.complaints == []

    run(story)
