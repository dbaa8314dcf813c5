"""An asyncio event loop whose time is a number: waiting costs nothing, and one seed is one run.

Rules: time moves only when nothing is ready, and then straight to the next timer; timers of one moment
run in the order in which they were set; tasks are numbered, and hash by their number, so that sets of
tasks keep one order in every process; nothing left to wait for is a deadlock, and an error; so is a
program that never lets time move; sockets, threads and processes are refused.
"""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import Any, NoReturn, TypeVar, TypeVarTuple

from dawam.kernel import Bug, TimeOrderedIds, World, invariant

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_TURNS_WITHOUT_TIME = 2_000_000
_PURGE_FROM = 64
_REAL_WORLD = (
    "add_reader",
    "add_writer",
    "connect_accepted_socket",
    "connect_read_pipe",
    "connect_write_pipe",
    "create_connection",
    "create_datagram_endpoint",
    "create_server",
    "create_unix_connection",
    "create_unix_server",
    "getaddrinfo",
    "getnameinfo",
    "run_in_executor",
    "sendfile",
    "sock_accept",
    "sock_connect",
    "sock_recv",
    "sock_recv_into",
    "sock_recvfrom",
    "sock_sendall",
    "sock_sendfile",
    "sock_sendto",
    "start_tls",
    "subprocess_exec",
    "subprocess_shell",
)


class SimulatedTask(asyncio.Task[T]):
    """A task with a number of its own, which orders it among others whatever its address in memory."""

    __slots__ = ("number",)

    def __init__(self, number: int, coro: Coroutine[Any, Any, T], **options: Any) -> None:
        self.number = number
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self.number


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs coroutines in virtual time, from second 0.

    Raises: Bug, when every task waits for something that no timer will bring, and when the same moment
    never ends. `fired` counts timers; `failures` keeps what broke in tasks that nobody awaited.
    """

    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self.fired = 0
        self.failures: list[BaseException | str] = []
        self._elapsed_s = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._cancelled = 0
        self._order = count()
        self._numbers = count(1)
        self._turns = 0
        self.set_task_factory(self._make_task)  # type: ignore[arg-type]
        self.set_exception_handler(self._keep_failure)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._elapsed_s

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back at a virtual moment; in the past means next."""
        self._check_closed()
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._order), timer))
        return timer

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call back after a virtual delay."""
        return self.call_at(self._elapsed_s + delay, callback, *args, context=context)

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """There is one thread."""
        return self.call_soon(callback, *args, context=context)

    def close(self) -> None:
        """Drop what is scheduled."""
        self._timers.clear()
        super().close()

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, T], **options: Any
    ) -> asyncio.Future[T]:
        return SimulatedTask(next(self._numbers), coro, loop=loop, **options)

    def _keep_failure(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.failures.append(context.get("exception") or str(context["message"]))

    def _run_once(self) -> None:
        """One turn: what is ready now, or else the next moment."""
        ready = self._ready
        if not ready:
            if not self._stopping:
                self._advance()
        elif self._timers and self._timers[0][0] <= self._elapsed_s:
            self._collect()
        self._turns += 1
        if self._turns > _TURNS_WITHOUT_TIME:
            self._turns = 0
            raise Bug("simulation: this moment never ends; at work: " + self._waiting())
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _advance(self) -> None:
        """Move to the moment of the next timer."""
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heappop(timers)
            self._cancelled -= 1
        if not timers:
            raise Bug("simulation: deadlock, nothing will ever happen; waiting: " + self._waiting())
        self._elapsed_s = max(self._elapsed_s, timers[0][0])
        self._turns = 0
        self._collect()

    def _collect(self) -> None:
        """Make ready every timer that is due."""
        timers, ready, now = self._timers, self._ready, self._elapsed_s
        while timers and timers[0][0] <= now:
            timer = heappop(timers)[2]
            if timer._cancelled:
                self._cancelled -= 1
                continue
            self.fired += 1
            ready.append(timer)

    def _timer_handle_cancelled(self, _: asyncio.TimerHandle) -> None:
        """Timeouts that did not strike: sweep them out before they are the most of the heap."""
        self._cancelled += 1
        if self._cancelled > _PURGE_FROM and self._cancelled * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if not entry[2]._cancelled]
            heapify(self._timers)
            self._cancelled = 0

    def _waiting(self) -> str:
        names = [task.get_coro().__qualname__ for task in ordered_tasks(self)]  # type: ignore[union-attr]
        return ", ".join(names[:10]) or "nobody"

    def _check_closed(self) -> None:
        invariant(not self.is_closed(), "simulation: the loop is closed")

    def __del__(self) -> None:
        """No socket was opened, so none is leaked by a loop that was never closed."""

    def _write_to_self(self) -> None:
        """Nobody sleeps in a selector."""


def _refusal(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise Bug(f"simulation: {name} would touch the real world")

    return refuse


for _name in _REAL_WORLD:
    setattr(SimulatedLoop, _name, _refusal(_name))


class SimulatedClock:
    """The loop's time as moments from `start` on."""

    def __init__(self, loop: SimulatedLoop, start: datetime) -> None:
        invariant(start.tzinfo is not None, "a simulation starts at an aware moment")
        self._loop = loop
        self._start = start
        self._known_s = 0.0
        self._known = start

    def now(self) -> datetime:
        """The moment, aware, UTC, to the microsecond."""
        elapsed_s = self._loop.time()
        if elapsed_s != self._known_s:
            self._known_s = elapsed_s
            self._known = self._start + timedelta(seconds=elapsed_s)
        return self._known

    def monotonic(self) -> float:
        """Virtual seconds since the start."""
        return self._loop.time()


def stream(seed: int, name: str) -> Random:
    """A source of chance of its own for each use, so that one more draw here changes nothing there."""
    return Random(f"{seed}/{name}")  # noqa: S311  a simulation must be repeatable


def simulated_world(seed: int, start: datetime) -> tuple[World, SimulatedLoop]:
    """Time, ids and chance of one run, and the loop that moves the time."""
    loop = SimulatedLoop()
    clock = SimulatedClock(loop, start)
    return World(clock, TimeOrderedIds(clock, stream(seed, "ids")), stream(seed, "world")), loop


def ordered_tasks(loop: SimulatedLoop) -> list[asyncio.Task[Any]]:
    """The tasks that are not done, in the order in which they were made."""
    return sorted(asyncio.all_tasks(loop), key=hash)


def run(main: Coroutine[Any, Any, T], loop: SimulatedLoop) -> T:
    """Run to the end of `main`, cancel what is left, in order, and close the loop.

    Raises: what `main` raises; Bug on a deadlock; ExceptionGroup, when tasks failed that nobody awaited.
    """
    try:
        result = loop.run_until_complete(main)
    finally:
        _wind_up(loop)
    gc.collect()  # a task that failed unheard says so when it is let go
    if loop.failures:
        raise ExceptionGroup("tasks failed that nobody awaited", [_as_exception(f) for f in loop.failures])
    return result


def _wind_up(loop: SimulatedLoop) -> None:
    try:
        left = ordered_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        for task in left:
            if not task.cancelled() and (error := task.exception()) is not None:
                loop.failures.append(error)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _as_exception(failure: BaseException | str) -> Exception:
    return failure if isinstance(failure, Exception) else Bug(str(failure))
