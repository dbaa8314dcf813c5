"""News to open pages as server-sent events: encoded once, sent to everyone, held up by nobody.

A page that reads too slowly is let go and comes back by itself. So many pages may be open of one place, and
so many of all places; of the staff so many of one session, and no crowd of others takes their room.
Source: WHATWG HTML, 9.2.
"""

import asyncio
import weakref
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.response import Stream

from dawam.kernel import Unavailable
from dawam.web.pages.places import place_of
from dawam.web.pages.settings import PageSettings
from dawam.web.pages.visitors import Kind, visiting

_WAITING_MAX_BYTES = 64 * 1024
_QUIET_S = 15.0
_RETRY_MS = 2_000
_AGAIN_AFTER_S = 10


class Reader(NamedTuple):
    """Whose open pages count together."""

    key: str
    is_staff: bool = False


def reader_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Reader:
    """Of the staff the session, for a whole house of them has one address; of anybody else the place."""
    visitor = visiting(connection)
    if visitor.kind is Kind.STAFF:
        return Reader(visitor.key, is_staff=True)
    return Reader(place_of(connection))


class Live:
    """Topics that pages listen to; `publish` never waits."""

    def __init__(self, settings: PageSettings) -> None:
        self._settings = settings
        self._listeners: dict[str, set[_Listener]] = {}
        self._open: Counter[Reader] = Counter()
        self._open_of_anybody = 0
        self._closed = False

    def publish(self, topic: str, event: str, data: str) -> None:
        """Tell everyone who listens to the topic."""
        listeners = self._listeners.get(topic)
        if not listeners:
            return
        lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
        message = f"event: {event}\n{lines}\n".encode()
        for listener in tuple(listeners):
            listener.tell(message)

    def listeners(self, topic: str) -> int:
        """How many pages listen."""
        return len(self._listeners.get(topic, ()))

    def stream(
        self,
        topics: Iterable[str],
        reader: Reader,
        *,
        first: Iterable[tuple[str, str]] = (),
        still: Callable[[], bool] = lambda: True,
    ) -> Stream:
        """An answer that goes on; `first` are events, with their data, that the page gets at once.

        `still` is asked before each event and each sign of life: once it says no, the stream ends.
        Raises: Unavailable `live_place_full`, `live_full`, with `wait_s`.
        """
        listener = self._listener_for(reader)
        for event, data in first:
            lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
            listener.tell(f"event: {event}\n{lines}\n".encode())
        return Stream(
            self._listen(listener, tuple(topics), still),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def _listener_for(self, reader: Reader) -> "_Listener":
        """Counted from here on until its answer has ended, or was given up before it began."""
        settings = self._settings
        most = settings.live_a_session if reader.is_staff else settings.live_a_place
        if self._open.get(reader, 0) >= most:
            raise Unavailable("live_place_full", wait_s=_AGAIN_AFTER_S)
        if not reader.is_staff and self._open_of_anybody >= settings.live_in_all:
            raise Unavailable("live_full", wait_s=_AGAIN_AFTER_S)
        self._open[reader] += 1
        self._open_of_anybody += not reader.is_staff
        listener = _Listener()
        listener.leave = weakref.finalize(listener, self._left, reader)
        return listener

    def _left(self, reader: Reader) -> None:
        self._open[reader] -= 1
        self._open_of_anybody -= not reader.is_staff
        if not self._open[reader]:
            del self._open[reader]

    def close(self) -> None:
        """End every stream: the node stops."""
        self._closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.end()

    async def _listen(
        self, listener: "_Listener", topics: tuple[str, ...], still: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(listener)
        try:
            yield b"retry: %d\n\n" % _RETRY_MS
            while not self._closed and not listener.ended:
                said = await listener.next()
                if not still():
                    return
                yield said
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
            listener.leave()


class _Listener:
    """One open page."""

    leave: Callable[[], Any]

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._news = asyncio.Event()
        self.ended = False

    def tell(self, message: bytes) -> None:
        if self.ended:
            return
        self._waiting.append(message)
        self._waiting_bytes += len(message)
        self._news.set()
        if self._waiting_bytes > _WAITING_MAX_BYTES:
            self._forget()
            self.end()

    def _forget(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0

    def end(self) -> None:
        self.ended = True
        self._news.set()

    async def next(self) -> Any:
        """Everything that waits, or a sign of life after a while."""
        if not self._waiting:
            self._news.clear()
            try:
                async with asyncio.timeout(_QUIET_S):
                    await self._news.wait()
            except TimeoutError:
                return b": still here\n\n"
        said = b"".join(self._waiting)
        self._forget()
        return said or b"\n"
