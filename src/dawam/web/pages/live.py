"""News to open pages as server-sent events: encoded once, sent to everyone, held up by nobody.

A page that reads too slowly is let go and comes back by itself. Source: WHATWG HTML, 9.2.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from litestar.response import Stream

_WAITING_MAX = 256
_QUIET_S = 15.0
_RETRY_MS = 2_000


class Live:
    """Topics that pages listen to; `publish` never waits."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[_Listener]] = {}
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
        *,
        first: Iterable[tuple[str, str]] = (),
        still: Callable[[], bool] = lambda: True,
    ) -> Stream:
        """An answer that goes on; `first` are events, with their data, that the page gets at once.

        `still` is asked before each event and each sign of life: once it says no, the stream ends.
        """
        listener = _Listener()
        for event, data in first:
            lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
            listener.tell(f"event: {event}\n{lines}\n".encode())
        return Stream(
            self._listen(listener, tuple(topics), still),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

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


class _Listener:
    """One open page."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.ended = False

    def tell(self, message: bytes) -> None:
        if len(self._waiting) >= _WAITING_MAX:
            self.end()
            return
        self._waiting.append(message)
        self._news.set()

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
        self._waiting.clear()
        return said or b"\n"
