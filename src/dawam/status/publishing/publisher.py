"""Tells open pages and caches what has changed, watches the clock, and counts days when they are over.

A change is noted in the transaction that moves the reader's place; caches and pages learn of it after the
commit, so that nobody reads what is not durable yet.
"""

import asyncio
from collections import deque

import msgspec
import structlog

from dawam.kernel import DawamError, World
from dawam.standin import MODE_CHANGED, ModeChange
from dawam.status.notices import PUBLISHED, WITHDRAWN
from dawam.status.publishing import store
from dawam.status.publishing.cache import Cache
from dawam.status.publishing.history import History
from dawam.status.publishing.ports import Sources
from dawam.storage import News, Reader, Storage, Tx
from dawam.web.pages import Live, PageSettings

_WATCH_EVERY_S = 60.0
_AFTER_TROUBLE_S = 1.0
_log = structlog.get_logger("dawam.status")


def topic_of(institution: str) -> str:
    """What open pages of an institution listen to."""
    return f"status:{institution}"


class Publisher:
    """Promise: what has changed is on open pages and in the feeds within two seconds."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        sources: Sources,
        *,
        live: Live,
        settings: PageSettings,
        look_every_s: float = 0.2,
    ) -> None:
        self.sources = sources
        self.live = live
        self.cache = Cache(world.clock)
        self.history = History(storage, world, sources, settings)
        self._world = world
        self._look_every_s = look_every_s
        self._reader = Reader("publishing", storage, self._act)
        self._acted: deque[tuple[str, str]] = deque()
        self._watched_at: float | None = None

    async def run(self) -> None:
        """Forever: act on news, watch, count."""
        while True:
            try:
                await self.catch_up()
                await self._watch()
            except Exception as error:
                code = error.code if isinstance(error, DawamError) else type(error).__name__
                _log.error("publishing_held_up", code=code)
                await asyncio.sleep(_AFTER_TROUBLE_S)
            await asyncio.sleep(self._look_every_s)

    async def catch_up(self) -> None:
        """Act on everything that is new, and tell of it."""
        while await self._reader.catch_up():
            self._tell()
        self._tell()

    def changed(self, institution: str) -> None:
        """Something that pages show has changed, and is committed: make them anew."""
        self.cache.forget(institution)
        self.live.publish(topic_of(institution), "changed", "")

    def _act(self, tx: Tx, news: News) -> None:
        """In the transaction; it may be run again, which then only tells twice."""
        if news.topic == MODE_CHANGED:
            change = msgspec.json.decode(news.body, type=ModeChange)
            store.note_change(tx, change)
            self._acted.append(("institution", change.institution))
        elif news.topic in (PUBLISHED, WITHDRAWN):
            self._acted.append(("notice", news.body.decode()))

    def _tell(self) -> None:
        institutions: dict[str, None] = {}
        while self._acted:
            what, name = self._acted.popleft()
            if what == "institution":
                institutions[name] = None
            elif (notice := self.sources.notices.notice(name)) is not None:
                institutions[notice.institution] = None
        for institution in institutions:
            self.changed(institution)

    async def _watch(self) -> None:
        now = self._world.clock.monotonic()
        if self._watched_at is not None and now - self._watched_at < _WATCH_EVERY_S:
            return
        self._watched_at = now
        await self.history.watch()
        await self.history.count_past_days()
