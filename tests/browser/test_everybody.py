"""Every page, in three languages and both colours, for everybody: axe finds nothing, scripts are a bonus."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from dawam.web.pages import amount

from .browsing import PHONE, Visitor, run, visitor
from .demonstration import INSTITUTION, Demonstration
from .pages import LANGUAGES, PAGES, THEMES, PageOf

_MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")


async def faults(one: Visitor, page: PageOf, places: dict[str, str]) -> list[str]:
    """What keeps somebody out of a page, or does not fit on the screen."""
    status = await one.go(page.path.format_map(places))
    if status != (404 if page.name == "not-found" else 200):
        return [f"{page.name}: {status}"]
    return await axe_says(one, page.name)


async def axe_says(one: Visitor, name: str) -> list[str]:
    """The same of the page that somebody is on."""
    found = await Axe().run(one.page)
    wide = await one.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    said = [f"{name}: {item['id']} at {item['nodes'][0]['target']}" for item in found.response["violations"]]
    return said + ([f"{name}: {wide} px too wide"] if wide > 0 else [])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_page_keeps_anybody_out(
    demo: Demonstration, places: dict[str, str], locale: str, theme: str
) -> None:
    async def story(browser: Browser) -> None:
        found: list[str] = []
        for who in dict.fromkeys(page.who for page in PAGES):
            options = {"bypass_csp": True, **({} if who == "administrator" else {"viewport": PHONE})}
            one = await visitor(browser, demo, locale, who, theme=theme, **options)
            for page in PAGES:
                if page.who == who:
                    found += await faults(one, page, places)
            found += one.complaints
            await one.context.close()
        assert not found, "\n".join(found)

    run(story, within_s=300)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_matters_works_without_scripts(demo: Demonstration, locale: str) -> None:
    async def story(browser: Browser) -> None:
        public = await visitor(browser, demo, locale, java_script_enabled=False)
        assert await public.go(f"/status/{INSTITUTION}") == 200
        assert await public.page.locator(".services .service").count() == 5
        amina = await visitor(browser, demo, locale, "amina", java_script_enabled=False)
        assert await amina.go("/home") == 200
        await amina.go("/send")
        await amina.page.fill('input[name="payee_account"]', "vfc-omar")
        await amina.page.fill('input[name="payee_name"]', "Omar Abdullah")
        await amina.page.locator("main form .button").click()
        await amina.page.fill('input[name="amount"]', "25")
        if await amina.page.locator('input[name="sure_yes"]').count():
            await amina.page.check('input[name="sure_yes"]')
        await amina.page.locator("main form .button").click()
        said = amount(2_500, "EGP", locale)  # type: ignore[arg-type]
        assert _MARKS.sub("", str(said)) in _MARKS.sub("", await amina.main())

    run(story)
