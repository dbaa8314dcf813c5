"""Follows one primary's feed into its mirror, for as long as it runs.

Rules: never goes back, never skips; what fails is asked again, later and later; a gap is asked for again at
once, and when it persists the alarm stands while the asking goes on; after any other breach nothing more
is applied, but the feed is asked again, so that a primary that repairs it is followed on.
"""

import asyncio
import math
from collections.abc import Callable

from dawam.kernel import Conflict, IntegrityBroken, Unavailable, World
from dawam.primary.feed.model import FeedSettings, Freshness, backoff_s, check_filling
from dawam.primary.link import Fault, PrimaryFailure, PrimaryLink
from dawam.primary.messages import Event, EventPage, SnapshotEnd, SnapshotLine
from dawam.primary.mirror import Mirror

Observer = Callable[[Freshness], None]


class FeedFollower:
    """One institution's feed. `observer` is told when the alarm begins, changes or ends."""

    def __init__(
        self,
        link: PrimaryLink,
        mirror: Mirror,
        world: World,
        settings: FeedSettings | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._link = link
        self._mirror = mirror
        self._clock = world.clock
        self._settings = settings or FeedSettings()
        self._observer = observer
        self._complete_at: float | None = None
        self._alarm: str | None = None
        self._last_error: str | None = None
        self._failures = 0
        self._gap_at: int | None = None
        self._pause_s = 0.0

    async def run(self) -> None:
        """Follow until cancelled."""
        pause_s = 0.0
        while pause_s >= 0:
            pause_s = await self.step()
            await asyncio.sleep(pause_s)

    def freshness(self) -> Freshness:
        """How old the mirror may be, and what is wrong with its feed."""
        age = math.inf if self._complete_at is None else self._clock.monotonic() - self._complete_at
        return Freshness(age, self._alarm, self._last_error)

    async def step(self) -> float:
        """Ask once, apply what came; how many seconds to wait before the next step."""
        try:
            async with asyncio.timeout(None) as limit:
                if self._is_to_fill():
                    await self._fill()
                loop = asyncio.get_running_loop()
                limit.reschedule(loop.time() + self._settings.wait_s + self._settings.answer_s)
                page = await self._ask()
            await self._apply(page)
        except TimeoutError:
            return self._failed(f"primary_{Fault.TIMEOUT}")
        except IntegrityBroken as broken:
            return self._broke(broken.code)
        except Unavailable as failure:
            return self._failed(failure.code)
        self._failures = 0
        self._last_error = None
        return self._pause_s

    def _is_to_fill(self) -> bool:
        position = self._mirror.position()
        is_empty = position.last_seq == 0 and position.accounts == 0
        return is_empty and self._settings.fill_from_snapshot and self._complete_at is None

    async def _fill(self) -> None:
        """The first filling: every account's balance, true as of the snapshot's last event.

        A primary may lie at the very moment when Dawam first meets it: what its own feed contradicts is not
        taken. Raises: IntegrityBroken `snapshot_contradicts`, `snapshot_malformed`.
        """
        now = self._clock.now()
        lines: list[SnapshotLine] = []
        end: SnapshotEnd | None = None
        async for line in self._link.snapshot():
            if isinstance(line, SnapshotEnd):
                end = line
            else:
                lines.append(line)
        if end is None or end.accounts != len(lines):
            raise PrimaryFailure(Fault.MALFORMED, sent=True, detail="incomplete snapshot")
        if not lines and not end.last_seq:
            return
        tail = await self._tail(end.last_seq)
        check_filling(lines, tail)
        as_of = tail[-1].booked_at if tail else now
        try:
            await self._mirror.load_snapshot(lines, last_seq=end.last_seq, as_of=as_of, now=self._clock.now())
        except Conflict:  # somebody else has filled it meanwhile
            return

    async def _tail(self, last_seq: int) -> list[Event]:
        """The feed's last events up to the snapshot: what time it is true for, and what must stand in it.

        Raises: PrimaryFailure, when the feed does not reach the snapshot.
        """
        reached = max(0, last_seq - self._settings.page_limit)
        tail: dict[int, Event] = {}
        while reached < last_seq:
            page = await self._link.events(after=reached, limit=last_seq - reached, wait_s=0)
            fresh = [event for event in page.events if reached < event.seq <= last_seq]
            if not fresh:
                raise PrimaryFailure(Fault.MALFORMED, sent=True, detail="the feed ends before the snapshot")
            tail.update((event.seq, event) for event in fresh)
            reached = max(tail)
        return [tail[seq] for seq in sorted(tail)]

    async def _ask(self) -> EventPage:
        """One page; held open by the primary only while nothing is known to be missing."""
        settings = self._settings
        is_calm = self._alarm is None and self._gap_at is None and self._complete_at is not None
        began = self._clock.monotonic()
        page = await self._link.events(
            after=self._mirror.position().last_seq,
            limit=settings.page_limit,
            wait_s=settings.wait_s if is_calm else 0,
        )
        came_early = self._clock.monotonic() - began < settings.wait_s / 2
        self._pause_s = settings.poll_s if is_calm and came_early and not page.events else 0.0
        return page

    async def _apply(self, page: EventPage) -> None:
        """Post a page. Raises: IntegrityBroken, Unavailable."""
        before = self._mirror.position()
        last_seq = max([page.last_seq, *(event.seq for event in page.events[-1:])])
        if last_seq < before.last_seq:
            raise IntegrityBroken("feed_went_back", have=before.last_seq, found=last_seq)
        is_withdrawn = before.stopped is not None and last_seq == before.last_seq
        if page.events or is_withdrawn:
            await self._mirror.take(page.events, self._clock.now())
        reached = self._mirror.position().last_seq
        if reached < last_seq and reached == before.last_seq:
            raise IntegrityBroken("feed_gap", expected=reached + 1, found=last_seq)
        if reached >= last_seq:
            self._complete_at = self._clock.monotonic()
            self._mirror.confirm(self._clock.now())
        self._gap_at = None
        self._set_alarm(None)

    def _failed(self, code: str) -> float:
        self._failures += 1
        self._last_error = code
        return backoff_s(self._failures, self._settings)

    def _broke(self, code: str) -> float:
        """A gap may be the network's: a new one is asked for again at once. Everything else is an alarm."""
        self._failures = 0
        self._last_error = None
        reached = self._mirror.position().last_seq
        if code == "feed_gap" and self._gap_at != reached:
            self._gap_at = reached
            return 0.0
        self._set_alarm(code)
        return self._settings.retry_s

    def _set_alarm(self, code: str | None) -> None:
        if code == self._alarm:
            return
        self._alarm = code
        if self._observer is not None:
            self._observer(self.freshness())
