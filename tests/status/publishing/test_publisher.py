"""From a fact to everybody's pages, with the real reader over a real database."""

import asyncio
from time import monotonic

import pytest

from dawam.app import system_world
from dawam.standin import Mode, Reason
from dawam.web.pages import Reader

from .stage import Stage, said


@pytest.fixture
def quick(database_url):
    made = Stage(database_url, world=system_world(), inline=False)
    yield made
    made.storage.close()


class Page:
    """An open page, which listens."""

    def __init__(self, stage, institution="misr"):
        self.heard = asyncio.Event()
        self._body = stage.live.stream([f"status:{institution}"], Reader("here")).iterator
        self._task = asyncio.create_task(self._listen())

    async def _listen(self):
        async for said_now in self._body:
            if b"event: changed" in said_now:
                self.heard.set()

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def told_within(stage, act, limit_s=2.0):
    page, other = Page(stage), Page(stage, "atlas")
    running = asyncio.create_task(stage.publisher.run())
    await asyncio.sleep(0.5)
    page.heard.clear()
    other.heard.clear()
    began = monotonic()
    await asyncio.to_thread(act)
    async with asyncio.timeout(limit_s):
        await page.heard.wait()
    lasted = monotonic() - began
    assert not other.heard.is_set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await page.close()
    await other.close()
    return lasted


def test_open_pages_learn_of_a_change_of_mode_within_two_seconds(quick):
    lasted = asyncio.run(told_within(quick, lambda: quick.change(Mode.STANDING_IN)))
    print(f"mode change to open page: {lasted:.3f} s")


def test_open_pages_learn_of_a_notice_within_two_seconds(quick):
    asyncio.run(told_within(quick, quick.publish))


def test_open_pages_learn_that_a_notice_was_taken_back_within_two_seconds(quick):
    notice = quick.publish()
    asyncio.run(told_within(quick, lambda: quick.withdraw(notice)))


def test_after_the_news_feed_and_page_are_new(lone, client):
    for path in ("/feeds/misr/en.atom", "/en/status/misr", "/en"):
        assert "Quite new" not in client.get(path).text
    lone.publish(said("Quite new"))
    asyncio.run(lone.publisher.catch_up())
    for path in ("/feeds/misr/en.atom", "/feeds/misr/en.json", "/en/status/misr", "/en"):
        assert "Quite new" in client.get(path).text


def test_news_of_others_are_passed_over_and_a_restart_repeats_nothing(stage):
    stage.change(Mode.STANDING_IN, Reason.SLOW)
    asyncio.run(stage.publisher.catch_up())
    again = stage.new_publisher()
    told = []
    again.changed = told.append
    asyncio.run(again.catch_up())
    assert told == []


def test_a_page_made_before_the_last_change_is_told_at_once(lone, client):
    seen = client.get("/en/status/misr").text.partition("live?seen=")[2].partition('"')[0]
    lone.live.close()
    assert "event: changed" not in client.get(f"/en/status/misr/live?seen={seen}").text
    lone.change(Mode.STANDING_IN)
    lone.publisher.changed("misr")
    assert lone.publisher.cache.made
    answer = client.get(f"/en/status/misr/live?seen={seen}")
    assert answer.headers["content-type"].startswith("text/event-stream")
