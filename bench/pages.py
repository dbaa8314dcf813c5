"""What a page costs a phone, and what two hundred open consoles cost a node.

Starts `dawam demo` with its pages. First Chromium, headless, as a throttled phone (a processor four times
slower, 1.6 Mbit/s, a round trip of 150 ms, empty cache): the first contentful paint and the bytes of each
page, the median of the rounds. Then so many consoles listen to one node at once: how long after a sample was
taken each of them has it, and how busy the node is meanwhile, beside how busy it is without them.
Run: `python bench/pages.py [--rounds 5] [--consoles 200] [--seconds 20]`.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from playwright.async_api import Browser

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.browser.browsing import browsing
from tests.browser.demonstration import INSTITUTION, Demonstration, demonstration
from tests.chromium import CHROMIUM

PAGES = [
    ("customer home", "/home", "amina"),
    ("console", "/console", "operator"),
    ("institution in the console", f"/console/institutions/{INSTITUTION}", "operator"),
    ("public status", f"/status/{INSTITUTION}", ""),
]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
TICK_S = os.sysconf("SC_CLK_TCK")


async def painted(
    browser: Browser, demo: Demonstration, path: str, who: str, locale: str
) -> tuple[float, float]:
    """Seconds to the first contentful paint, and kilobytes until the page has loaded."""
    context = await browser.new_context(**PHONE, service_workers="block")  # type: ignore[arg-type]
    if who:
        await context.add_cookies([{"name": "dawam", "value": demo.enter(who)[1], "url": demo.site}])
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    received = 0

    def finished(event: dict[str, Any]) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    session.on("Network.loadingFinished", finished)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.emulateNetworkConditions", SLOW)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    answer = await page.goto(f"{demo.site}/{locale}{path}", wait_until="load")
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"
    await page.wait_for_function(f"() => {PAINT}")
    paint_ms = await page.evaluate(PAINT)
    await context.close()
    return paint_ms / 1_000, received / 1_000


async def pages(demo: Demonstration, rounds: int) -> None:
    """A line for each page."""
    async with browsing() as browser:
        await painted(browser, demo, "", "", "ar")  # warms the browser and the server, not the cache
        for name, path, who in PAGES:
            for locale in ("ar", "en"):
                shots = [await painted(browser, demo, path, who, locale) for _ in range(rounds)]
                paints, sizes = zip(*shots, strict=True)
                print(
                    f"{name:28} {locale}  first contentful paint {median(paints):.2f} s "
                    f"({min(paints):.2f} to {max(paints):.2f}), {median(sizes):.0f} kB"
                )


class Console:
    """One open console: how late each sample was, in milliseconds."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def listen(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        """Until it is cancelled."""
        async with session.get(url, headers={"cookie": f"dawam={key}"}) as answer:
            assert answer.status == 200
            event = b""
            async for line in answer.content:
                if line.startswith(b"event: "):
                    event = line[7:].strip()
                elif line.startswith(b"data: ") and event == b"sample":
                    taken = json.loads(line[6:])["at"]
                    self.late_ms.append((time.time_ns() - taken) / 1e6)


async def consoles(demo: Demonstration, count: int, seconds: float, node: int) -> None:
    """Open them all, and listen for a while."""
    url = f"{demo.site}/en/console/institutions/{INSTITUTION}/live"
    alone = await busy(node, seconds / 2)
    opened = [Console() for _ in range(count)]
    keys = [demo.enter("operator")[1] for _ in range(-(-count // 20))]  # a session may have 20
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        began = time.monotonic()
        tasks = [
            asyncio.create_task(one.listen(session, url, keys[number % len(keys)]))
            for number, one in enumerate(opened)
        ]
        while not all(one.late_ms for one in opened):
            await asyncio.sleep(0.05)
        all_s = time.monotonic() - began
        for one in opened:
            one.late_ms.clear()
        together = await busy(node, seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    late = sorted(value for one in opened for value in one.late_ms)
    print(
        f"{count} consoles, all with their first sample after {all_s:.1f} s; {len(late):,} samples: "
        f"p50 {late[len(late) // 2]:.1f} ms, p99 {late[int(len(late) * 0.99)]:.1f} ms, most {late[-1]:.1f} ms"
    )
    print(f"the node's processor: {alone:.0%} of a core without them, {together:.0%} with them")


async def busy(process: int, seconds: float) -> float:
    """How much of a core a process uses over a while."""

    def used() -> float:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK_S

    before, began = used(), time.monotonic()
    await asyncio.sleep(seconds)
    return (used() - before) / (time.monotonic() - began)


def node_in(folder: str) -> int:
    """The process of Dawam."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        words = entry.read_bytes().split(b"\0")
        if b"serve" in words and any(folder.encode() in word for word in words):
            return int(entry.parent.name)
    raise SystemExit("Dawam does not run")


def main() -> None:
    """Both measurements."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--consoles", type=int, default=200)
    options.add_argument("--seconds", type=float, default=20.0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, demonstration(Path(folder), wallets=500) as demo:
        if CHROMIUM is None:
            print("no chromium, chromium-browser or google-chrome on PATH: the pages are left out")
        else:
            asyncio.run(pages(demo, given.rounds))
        asyncio.run(consoles(demo, given.consoles, given.seconds, node_in(folder)))


if __name__ == "__main__":
    main()
