"""The mirror in memory, which follows the fate of the transactions.

Readers see committed rows and the committed position only, and always a pair that belongs together: a row
is never newer or older than the position it is shown with. Those who wait for a position are woken here.
"""

import asyncio
from threading import Lock

from dawam.primary.mirror.model import Feed, Hold, Row
from dawam.storage import RowCache, Staged


class MirrorState(Staged):
    """Rows, position and open holds of one institution."""

    def __init__(self, feed: Feed, holds: dict[str, Hold], *, cache_accounts: int) -> None:
        self.rows: RowCache[str, Row] = RowCache(cache_accounts)
        self.committed = feed
        self.holds = holds  # the writer's own view, with a way back
        self._verb_feed: Feed | None = None
        self._batch_feed: Feed | None = None
        self._verb_holds: list[tuple[str, Hold | None]] = []
        self._batch_holds: list[tuple[str, Hold | None]] = []
        self._lock = Lock()
        self._version = 0  # odd while rows and position change
        self._waiting: list[tuple[int, asyncio.Future[None], asyncio.AbstractEventLoop]] = []

    # the writer's side

    @property
    def feed(self) -> Feed:
        """The position as the open transaction sees it."""
        return self._verb_feed or self._batch_feed or self.committed

    def move(self, feed: Feed) -> None:
        """The position as this verb leaves it."""
        self._verb_feed = feed

    def set_hold(self, payment_id: str, hold: Hold | None) -> None:
        """A hold is opened, or (None) gone."""
        self._verb_holds.append((payment_id, self.holds.get(payment_id)))
        if hold is None:
            self.holds.pop(payment_id, None)
        else:
            self.holds[payment_id] = hold

    # the fate of the transaction

    def keep(self) -> None:
        """The verb succeeded."""
        self.rows.keep()
        if self._verb_feed is not None:
            self._batch_feed, self._verb_feed = self._verb_feed, None
        if self._verb_holds:
            self._batch_holds += self._verb_holds
            self._verb_holds = []

    def drop(self) -> None:
        """The verb was rolled back."""
        self.rows.drop()
        self._verb_feed = None
        self._undo(self._verb_holds)

    def publish(self) -> None:
        """The commit is durable."""
        with self._lock:
            self._version += 1
            self.rows.publish()
            if self._batch_feed is not None:
                self.committed, self._batch_feed = self._batch_feed, None
            self._version += 1
            due = self._take_due() if self._waiting else []
        self._batch_holds.clear()
        for future, loop in due:
            _wake(future, loop)

    def forget(self) -> None:
        """The commit failed."""
        self.drop()
        self.rows.forget()
        self._batch_feed = None
        self._undo(self._batch_holds)

    def _undo(self, changes: list[tuple[str, Hold | None]]) -> None:
        for payment_id, before in reversed(changes):
            if before is None:
                self.holds.pop(payment_id, None)
            else:
                self.holds[payment_id] = before
        changes.clear()

    # the readers' side

    def pair(self, account: str) -> tuple[Row | None, Feed, int]:
        """A committed row if it is in memory, the position it is true for, and the rows' generation."""
        version = self._version
        row, feed, generation = self.rows.committed.get(account), self.committed, self.rows.generation
        if version == self._version and not version & 1:
            return row, feed, generation
        with self._lock:
            return self.rows.committed.get(account), self.committed, self.rows.generation

    async def wait_until(self, seq: int) -> None:
        """Return when every event up to `seq` is committed."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self.committed.last_seq >= seq:
                return
            future: asyncio.Future[None] = loop.create_future()
            waiter = (seq, future, loop)
            self._waiting.append(waiter)
        try:
            await future
        finally:
            with self._lock:
                if waiter in self._waiting:
                    self._waiting.remove(waiter)

    def _take_due(self) -> list[tuple[asyncio.Future[None], asyncio.AbstractEventLoop]]:
        reached = self.committed.last_seq
        due = [(future, loop) for seq, future, loop in self._waiting if seq <= reached]
        if due:
            self._waiting = [waiter for waiter in self._waiting if waiter[0] > reached]
        return due


def _wake(future: "asyncio.Future[None]", loop: asyncio.AbstractEventLoop) -> None:
    try:
        here = asyncio.get_running_loop() is loop
    except RuntimeError:  # the writer's own thread
        here = False
    if here:
        _resolve(future)
    elif not loop.is_closed():
        loop.call_soon_threadsafe(_resolve, future)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
