"""Serving an application: uvicorn on uvloop and httptools, on a socket that is ours from the start.

The socket is bound before anything else, so that a taken port is an error with a name, and port 0 is
reported as the port it became.
"""

import asyncio
import errno
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, NamedTuple

import uvicorn

from dawam.kernel import Conflict, InvalidInput, invariant

_BACKLOG = 2048
_STUCK_AFTER_S = 30.0


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The base of every URL on this server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def serve(
    app: Any,
    listening: socket.socket,
    *,
    on_ready: Callable[[Address], None] | None = None,
    stop_after_s: int = 2,
) -> None:
    """Serve on a socket of `bind` until SIGINT or SIGTERM; then finish open calls for `stop_after_s` at most.

    The socket comes first, so that nothing was opened or made when its port turns out to be taken.
    `on_ready` is told the address, with the real port, once calls are answered.
    """

    _allow_many_connections()

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with _running(app, listening, stop_after_s):
            if on_ready is not None:
                on_ready(_address(listening))
            await stop.wait()

    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(run())


@asynccontextmanager
async def serving(
    app: Any, host: str, port: int, *, stop_after_s: int = 1, stuck_after_s: float = _STUCK_AFTER_S
) -> AsyncIterator[Address]:
    """Serve inside a running loop for as long as the context is open.

    Raises: Conflict `port_in_use`; InvalidInput `address_unusable`.
    """
    listening = bind(host, port, stuck_after_s=stuck_after_s)
    async with _running(app, listening, stop_after_s):
        yield _address(listening)


def bind(host: str, port: int, *, stuck_after_s: float = _STUCK_AFTER_S) -> socket.socket:
    """A listening socket; who takes nothing of an answer for `stuck_after_s` is let go (Linux).

    Source: RFC 5482, user timeout; tcp(7): connections inherit it, and a window that stays shut counts.
    Raises: Conflict `port_in_use`; InvalidInput `address_unusable`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(stuck_after_s * 1_000))
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        number = getattr(error, "errno", None)
        if number == errno.EADDRINUSE:
            raise Conflict("port_in_use", host=host, port=port) from None
        reason = os.strerror(number) if number and number > 0 else str(error)
        raise InvalidInput("address_unusable", host=host, port=port, reason=reason) from None
    listening.setblocking(False)
    return listening


@asynccontextmanager
async def _running(app: Any, listening: socket.socket, stop_after_s: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        proxy_headers=False,  # which proxies count is a setting of ours: `pages.trusted_proxies`
        timeout_graceful_shutdown=stop_after_s,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await server.settled.wait()
        invariant(server.started, "the application failed to start")
        yield
    finally:
        server.should_exit = True
        await task
        listening.close()


class _Server(uvicorn.Server):
    """Says when it has started or failed to; signals belong to whoever started the loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def _allow_many_connections() -> None:
    """Each is an open file: as many as this process may have, not as many as a shell begins with."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # "unlimited" is more than some systems can give
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _address(listening: socket.socket) -> Address:
    host, port = listening.getsockname()[:2]
    return Address(host, port)


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
