"""Fan-outs at work: a page of recipients at a time, each page one transaction with its place.

Promises: after a crash it goes on at the page where it was, and no recipient of a page that stands is told
again; it takes a share of the writer's time, never all of it; a newer one about the same ends an older.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog
from msgspec.structs import replace

from dawam.delivery.fanouts import store
from dawam.delivery.fanouts.model import FanOut, Page
from dawam.delivery.model import Message
from dawam.kernel import DawamError, World, invariant, to_ns
from dawam.storage import Storage, Tx

_REST = 2.0
_REST_MAX_S = 0.25
"""After a page it rests this many times as long as the page took, and at most so long."""
_log = structlog.get_logger("dawam.delivery")


class Source(Protocol):
    """Who knows the recipients, page by page, in an order that does not change."""

    def page(self, tx: Tx, subject: str, place: str, limit: int, now: datetime) -> Page:
        """The messages about `subject` to at most `limit` recipients after `place`, which begins as ''."""
        ...


class FanOuts:
    """All fan-outs of a node."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        enqueue: Callable[[Tx, Sequence[Message]], int],
        *,
        page: int,
        look_every_s: float,
    ) -> None:
        self._storage = storage
        self._world = world
        self._enqueue = enqueue
        self._page = page
        self._look_every_s = look_every_s
        self.sources: dict[str, Source] = {}

    def start(self, tx: Tx, fan_out_id: str, *, source: str, subject: str, about: str = "") -> bool:
        """Begin to tell the recipients of `source`; the same id again is nothing, and False."""
        invariant(source in self.sources, "a fan-out needs a source that is known")
        begun = FanOut(id=fan_out_id, source=source, subject=subject, place="", reached=0, state="running")
        return store.start(tx, begun, about, now=self._now())

    def stop(self, tx: Tx, about: str) -> None:
        """Tell nobody more about this; what is queued stays."""
        store.stop(tx, about, now=self._now())

    def forget(self, tx: Tx, before: int) -> None:
        """Delete those that ended before."""
        store.forget(tx, before=before)

    def fan_out(self, fan_out_id: str) -> FanOut | None:
        """How far it has come; None, when it never began."""
        return self._storage.read(lambda rows: store.fan_out(rows, fan_out_id))

    async def run(self) -> None:
        """Forever."""
        while True:
            try:
                while await self.turn():
                    pass
            except DawamError as error:
                _log.error("fan_out_failed", code=error.code)
                await asyncio.sleep(1.0)
            except Exception as error:  # a source's own; tried again
                _log.error("fan_out_failed", error=type(error).__name__)
                await asyncio.sleep(1.0)
            await asyncio.sleep(self._look_every_s)

    async def turn(self) -> int:
        """One page of each that is under way; how many are."""
        running = [each for each in self._storage.read(store.running) if each.source in self.sources]
        for fan_out in running:
            began = self._world.clock.monotonic()
            await self._storage.write(lambda tx, id=fan_out.id: self._one_page(tx, id))  # type: ignore[misc]
            took_s = self._world.clock.monotonic() - began
            await asyncio.sleep(min(_REST_MAX_S, _REST * took_s))
        return len(running)

    def _one_page(self, tx: Tx, fan_out_id: str) -> None:
        fan_out = store.fan_out(tx, fan_out_id)
        if fan_out is None or fan_out.state != "running":
            return
        source = self.sources[fan_out.source]
        page = source.page(tx, fan_out.subject, fan_out.place, self._page, self._world.clock.now())
        moved = replace(
            fan_out,
            reached=fan_out.reached + self._enqueue(tx, page.messages),
            place=fan_out.place if page.place is None else page.place,
            state="done" if page.place is None else "running",
        )
        store.move(tx, moved, now=self._now())

    def _now(self) -> int:
        return to_ns(self._world.clock.now())
