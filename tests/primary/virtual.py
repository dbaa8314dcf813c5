"""A loop on which waiting takes no time, and a primary made of a list of events."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import Any

from dawam.kernel import TimeOrderedIds, World
from dawam.primary import Event, EventPage, Fault, PrimaryFailure, SnapshotEnd, SnapshotLine

from .books import NOW, Bank


class Loop(asyncio.SelectorEventLoop):
    """Sleeps by moving its clock."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0].when())
        super()._run_once()


class Clock:
    """The loop's time."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self._loop.now)

    def monotonic(self) -> float:
        return self._loop.now


def play(scene: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    """Run a scene on a loop of its own."""
    loop = Loop()
    clock = Clock(loop)
    world = World(clock, TimeOrderedIds(clock, Random(1)), Random(2))
    try:
        loop.run_until_complete(scene(world))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


class BankLink:
    """The feed of a bank; a test changes what it does by setting its fields."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.events_shown: list[Event] | None = None
        self.last_seq_shown: int | None = None
        self.failure: PrimaryFailure | None = None
        self.hangs = False
        self.holds_open = True
        self.cut_snapshot = False
        self.asked: list[int] = []

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        self.asked.append(after)
        if self.hangs:
            await asyncio.sleep(1_000_000)
        if self.failure is not None:
            raise self.failure
        shown = self.bank.events if self.events_shown is None else self.events_shown
        events = [event for event in shown if event.seq > after][:limit]
        if not events and self.holds_open:
            await asyncio.sleep(wait_s)
        last = len(self.bank.events) if self.last_seq_shown is None else self.last_seq_shown
        return EventPage(events=events, last_seq=last)

    async def snapshot(self) -> AsyncIterator[SnapshotLine | SnapshotEnd]:
        if self.failure is not None:
            raise self.failure
        lines = self.bank.lines()
        for line in lines:
            yield line
        if self.cut_snapshot:
            raise PrimaryFailure(Fault.MALFORMED, sent=True, detail="no end line")
        yield SnapshotEnd(end=True, accounts=len(lines), last_seq=len(self.bank.events))
