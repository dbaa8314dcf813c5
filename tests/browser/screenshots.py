"""`make screenshots`: every page in three languages and both colours, on a phone and on a desk."""

import asyncio
import html
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, Page
from tests.browser.browsing import DESK, PHONE, browsing, visitor
from tests.browser.conftest import told
from tests.browser.demonstration import Demonstration, demonstration
from tests.browser.pages import LANGUAGES, PAGES, THEMES, PageOf
from tests.chromium import CHROMIUM, NO_CHROMIUM

SIZES = {"phone": PHONE, "desk": DESK}
_INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Dawam: every page</title><style>
body {{ font-family: sans-serif }} img {{ block-size: 420px; border: 1px solid #999 }}
div {{ display: flex; gap: 8px; overflow-x: auto; align-items: start }}
</style><h1>Every page</h1>{rows}</html>
"""
_QUIET = "*, *::before, *::after { animation: none !important; transition: none !important; }"


async def shoot(demo: Demonstration, places: dict[str, str], out: Path) -> int:
    """All of them; how many."""
    count = 0
    async with browsing() as browser:
        for locale, theme, size in product(LANGUAGES, THEMES, SIZES):
            folder = out / locale / theme / size
            folder.mkdir(parents=True, exist_ok=True)
            for who in dict.fromkeys(page.who for page in PAGES):
                pages = [page for page in PAGES if page.who == who]
                await _of_one(browser, demo, pages, places, folder)
                count += len(pages)
            await _guide(browser, demo, folder)
            sys.stdout.write(f"{folder}\n")
    return count


async def _of_one(
    browser: Browser, demo: Demonstration, pages: list[PageOf], places: dict[str, str], folder: Path
) -> None:
    locale, theme, size = folder.parts[-3:]
    one = await visitor(
        browser, demo, locale, pages[0].who, theme=theme, viewport=SIZES[size], bypass_csp=True
    )
    for page in pages:
        await one.go(page.path.format_map(places))
        await one.page.add_style_tag(content=_QUIET)
        if await one.page.locator("[data-chart]").count():
            await one.page.wait_for_selector(".chart canvas")
        await _whole(one.page, folder / f"{page.name}.png", SIZES[size])
    await one.context.close()


async def _guide(browser: Browser, demo: Demonstration, folder: Path) -> None:
    locale, theme, size = folder.parts[-3:]
    context = await browser.new_context(viewport=SIZES[size], color_scheme=theme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{demo.guide}/{locale}", wait_until="load")
    await _whole(page, folder / "guide.png", SIZES[size])
    await context.close()


async def _whole(page: Page, file: Path, size: dict[str, int]) -> None:
    """A window as high as the page, so that what is fixed to its edge stands at its end."""
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    await page.screenshot(path=file)
    await page.set_viewport_size(size)  # type: ignore[arg-type]


def index(out: Path) -> None:
    """One page that shows them all."""
    names = [page.name for page in PAGES] + ["guide"]
    rows = []
    for name in names:
        shots = "".join(
            f'<a href="{path}"><img loading="lazy" src="{path}" alt="{name}, {locale}, {theme}, {size}"></a>'
            for locale, theme, size in product(LANGUAGES, THEMES, SIZES)
            for path in [f"{locale}/{theme}/{size}/{name}.png"]
        )
        rows.append(f"<h2>{html.escape(name)}</h2><div>{shots}</div>")
    page = _INDEX.format(rows="".join(rows))
    (out / "index.html").write_text(page, encoding="utf-8")


def main() -> None:
    """Into `out/screenshots`, or where the first argument says."""
    if CHROMIUM is None:
        sys.exit(f"screenshots need a browser: {NO_CHROMIUM}")
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/screenshots")
    with tempfile.TemporaryDirectory() as folder, demonstration(Path(folder)) as demo:
        places = told(demo)
        count = asyncio.run(shoot(demo, places, out))
    index(out)
    sys.stdout.write(f"{count} screenshots: {out / 'index.html'}\n")


if __name__ == "__main__":
    main()
