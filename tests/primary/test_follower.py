"""Follows the feed through whatever the network and the primary do."""

import asyncio
import math
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import msgspec

from dawam.kernel import World
from dawam.primary import Fault, FeedFollower, FeedSettings, Freshness, PrimaryFailure

from .books import START, Bank, House
from .virtual import BankLink, play


class Scene:
    """A follower at work on a bank's feed."""

    def __init__(self, world: World, house: House, bank: Bank, settings: FeedSettings | None = None) -> None:
        self.house, self.bank = house, bank
        self.link = BankLink(bank)
        self.alarms: list[str | None] = []
        self.follower = FeedFollower(self.link, house.mirror, world, settings, self.note)

    def note(self, freshness: Freshness) -> None:
        self.alarms.append(freshness.alarm)

    async def follow(self, seconds: float) -> Freshness:
        """Let it run for a while, then say how fresh it is."""
        try:
            async with asyncio.timeout(seconds):
                await self.follower.run()
        except TimeoutError:
            pass
        return self.follower.freshness()

    @property
    def reached(self) -> int:
        return self.house.mirror.position().last_seq


def opened(bank: Bank, count: int = 5) -> None:
    bank.open("A", 1000)
    bank.open("B", 0)
    for step in range(count):
        bank.book("AB"[step % 2], step + 1)


def scene_of(house: House, bank: Bank, acts: Any, **settings: Any) -> None:
    """Play a test's acts."""

    def start(world: World) -> Coroutine[Any, Any, None]:
        return acts(Scene(world, house, bank, FeedSettings(**settings)))

    play(start)


def test_an_empty_mirror_is_filled_and_then_follows(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        assert scene.follower.freshness().age_s == math.inf
        fresh = await scene.follow(0.5)
        assert scene.reached == 5
        position = house.mirror.position()
        assert position.last_booked_at == START + timedelta(seconds=5)
        assert position.confirmed_at is not None
        assert fresh.alarm is None
        bank.book("B", 77)
        bank.book("NEW", 7)
        fresh = await scene.follow(2)
        assert scene.reached == 7
        assert fresh.age_s <= 1
        assert {name: house.mirror.balance(name).balance_minor for name in bank.balances} == bank.balances

    scene_of(house, bank, acts)


def test_a_primary_without_accounts_is_followed_from_its_first_event(house: House, bank: Bank) -> None:
    async def acts(scene: Scene) -> None:
        await scene.follow(1.5)
        bank.book("A", 5)
        await scene.follow(2)
        assert house.mirror.balance_at("A", 0) == 0
        assert scene.reached == 1

    scene_of(house, bank, acts)


def test_a_cut_snapshot_is_not_taken(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        scene.link.cut_snapshot = True
        fresh = await scene.follow(3)
        assert fresh.last_error == "primary_malformed"
        assert house.mirror.position().accounts == 0
        scene.link.cut_snapshot = False
        fresh = await scene.follow(5)
        assert (fresh.last_error, scene.reached) == (None, 5)

    scene_of(house, bank, acts)


def test_without_a_snapshot_the_feed_is_followed_from_the_start(house: House, bank: Bank) -> None:
    bank.book("A", 5)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        assert house.mirror.balance_at("A", 0) == 0

    scene_of(house, bank, acts, fill_from_snapshot=False)


def test_a_failing_primary_is_asked_later_and_later_and_the_age_grows(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        scene.link.failure = PrimaryFailure(Fault.UNREACHABLE, sent=False)
        scene.link.asked.clear()
        fresh = await scene.follow(60)
        assert fresh.last_error == "primary_unreachable"
        assert 59 < fresh.age_s < 62
        assert 30 < len(scene.link.asked) < 40
        scene.link.failure = None
        fresh = await scene.follow(5)
        assert fresh.last_error is None
        assert fresh.age_s <= 1

    scene_of(house, bank, acts)


def test_a_primary_that_hangs_is_given_up_and_asked_again(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        scene.link.hangs = True
        assert (await scene.follow(20)).last_error == "primary_timeout"
        scene.link.hangs = False
        bank.book("A", 1)
        await scene.follow(10)
        assert scene.reached == 6

    scene_of(house, bank, acts)


def test_a_gap_that_is_gone_at_the_second_look_is_no_alarm(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        bank.book("A", 1)
        bank.book("A", 1)
        scene.link.events_shown = [event for event in bank.events if event.seq != 6]
        await scene.follower.step()
        scene.link.events_shown = None
        await scene.follow(2)
        assert scene.reached == 7
        assert scene.alarms == []

    scene_of(house, bank, acts)


def test_a_lasting_gap_is_an_alarm_until_it_is_filled(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        for _ in range(3):
            bank.book("A", 1)
        scene.link.events_shown = [event for event in bank.events if event.seq != 7]
        fresh = await scene.follow(30)
        assert (fresh.alarm, scene.reached) == ("feed_gap", 6)
        assert fresh.age_s > 28
        assert len(scene.link.asked) < 45
        scene.link.events_shown = None
        fresh = await scene.follow(5)
        assert (fresh.alarm, scene.reached) == (None, 8)
        assert scene.alarms == ["feed_gap", None]

    scene_of(house, bank, acts)


def test_a_feed_that_says_there_is_more_and_does_not_give_it_is_a_gap(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        scene.link.last_seq_shown = 9
        assert (await scene.follow(5)).alarm == "feed_gap"

    scene_of(house, bank, acts)


def test_an_old_copy_of_the_primary_is_an_alarm_and_nothing_goes_back(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        scene.link.last_seq_shown = 3
        fresh = await scene.follow(10)
        assert (fresh.alarm, scene.reached) == ("feed_went_back", 5)
        assert fresh.age_s > 8
        scene.link.last_seq_shown = None
        assert (await scene.follow(3)).alarm is None

    scene_of(house, bank, acts)


def test_a_contradiction_stops_the_mirror_until_the_primary_repairs_its_feed(
    house: House, bank: Bank
) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        event = bank.book("A", 50)
        scene.link.events_shown = [msgspec.structs.replace(event, balance_after_minor=0)]
        fresh = await scene.follow(10)
        assert (fresh.alarm, scene.reached) == ("feed_contradicts", 5)
        assert house.mirror.position().stopped == "feed_contradicts"
        scene.link.events_shown = None
        fresh = await scene.follow(3)
        assert (fresh.alarm, scene.reached) == (None, 6)
        assert house.mirror.position().stopped is None

    scene_of(house, bank, acts)


def test_a_withdrawn_event_that_was_wrong_lets_the_mirror_go_on(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        await scene.follow(2)
        event = bank.book("A", 50)
        scene.link.events_shown = [msgspec.structs.replace(event, balance_after_minor=0)]
        await scene.follow(3)
        scene.link.events_shown = []
        scene.link.last_seq_shown = 5
        fresh = await scene.follow(3)
        assert fresh.alarm is None
        assert house.mirror.position().stopped is None

    scene_of(house, bank, acts)


def test_a_primary_that_never_holds_a_call_open_is_not_asked_without_pause(house: House, bank: Bank) -> None:
    opened(bank)

    async def acts(scene: Scene) -> None:
        scene.link.holds_open = False
        await scene.follow(10)
        assert len(scene.link.asked) < 110

    scene_of(house, bank, acts)


def test_a_long_feed_comes_in_pages(house: House, bank: Bank) -> None:
    for step in range(95):
        bank.book("ABC"[step % 3], step)

    async def acts(scene: Scene) -> None:
        await scene.follow(1)
        assert scene.reached == 95
        assert scene.link.asked[:10] == list(range(0, 100, 10))

    scene_of(house, bank, acts, page_limit=10, fill_from_snapshot=False)
