"""Which HTTP client asks a primary most quickly? Requests a second against one small server, in one run.

    python bench/http_clients.py [--seconds 3] [--concurrency 16]

Clients that are not installed are left out. The server is a bare Litestar handler under uvicorn, in its own
process; every client asks for the same balance and decodes it into the same struct. Read the ratios: the
client's CPU is what counts where server and client share the cores.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import msgspec
import uvloop
from httptools import HttpResponseParser

from dawam.primary.messages import BalanceAnswer

PATH = "/v1/accounts/C2459274988/balance"
Ask = Callable[[], Awaitable[bytes]]
DECODER = msgspec.json.Decoder(BalanceAnswer)

SERVER = """
import sys, uvicorn
from datetime import UTC, datetime
from litestar import Litestar, get
from dawam.primary.messages import BalanceAnswer
T = datetime(2026, 11, 21, tzinfo=UTC)
@get("/v1/accounts/{account:str}/balance")
async def balance(account: str) -> BalanceAnswer:
    return BalanceAnswer(account=account, currency="EGP", balance_minor=94548_13, available_minor=94548_13,
                         last_seq=17, as_of=T)
uvicorn.run(Litestar([balance], openapi_config=None), host="127.0.0.1", port=int(sys.argv[1]),
            loop="uvloop", http="httptools", log_level="critical", access_log=False)
"""


async def rate(ask: Ask, *, seconds: float, concurrency: int) -> tuple[float, float]:
    """Answers a second, decoded; and the client's own CPU microseconds an answer."""
    done = 0
    deadline = time.perf_counter() + seconds

    async def customer() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            DECODER.decode(await ask())
            done += 1

    await asyncio.gather(*(ask() for _ in range(concurrency)))
    deadline = time.perf_counter() + seconds
    spent = time.process_time()
    await asyncio.gather(*(customer() for _ in range(concurrency)))
    return done / seconds, (time.process_time() - spent) / done * 1e6


class Connection(asyncio.Protocol):
    """The least that could be called a client: one request at a time, no limits, no care for failures."""

    def __init__(self) -> None:
        self.parser = HttpResponseParser(self)
        self.body = b""
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport is ready."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self.body += body

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.answer.set_result(self.body)

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer."""
        self.body = b""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)  # type: ignore[attr-defined]
        return await self.answer


async def with_ours(port: int, **load: float) -> tuple[float, float]:
    """A bare client over asyncio and httptools: the lower bound of what a client of our own would cost."""
    idle: list[Connection] = []
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()

    async def ask() -> bytes:
        if idle:
            connection = idle.pop()
        else:
            _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
        async with asyncio.timeout(1):
            body = await connection.ask(request)
        idle.append(connection)
        return body

    return await rate(ask, **load)  # type: ignore[arg-type]


async def with_aiohttp(port: int, **load: float) -> tuple[float, float]:
    """aiohttp."""
    import aiohttp

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:

        async def ask() -> bytes:
            async with session.get(f"http://127.0.0.1:{port}{PATH}", allow_redirects=False) as answer:
                return await answer.read()

        return await rate(ask, **load)  # type: ignore[arg-type]


async def with_httpx(port: int, **load: float) -> tuple[float, float]:
    """httpx."""
    import httpx

    async with httpx.AsyncClient(timeout=1) as client:

        async def ask() -> bytes:
            return (await client.get(f"http://127.0.0.1:{port}{PATH}")).content

        return await rate(ask, **load)  # type: ignore[arg-type]


async def with_niquests(port: int, **load: float) -> tuple[float, float]:
    """niquests."""
    import niquests

    async with niquests.AsyncSession() as session:

        async def ask() -> bytes:
            answer = await session.get(f"http://127.0.0.1:{port}{PATH}", timeout=1)
            return answer.content or b""

        return await rate(ask, **load)  # type: ignore[arg-type]


CLIENTS = {"bare": with_ours, "aiohttp": with_aiohttp, "httpx": with_httpx, "niquests": with_niquests}


def main() -> None:
    """Measure each client twice, in turns; print the better figure and the ratio to aiohttp."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        best: dict[str, tuple[float, float]] = {}
        for _ in range(2):
            for name, client in CLIENTS.items():
                try:
                    measured = uvloop.run(
                        client(port, seconds=options.seconds, concurrency=options.concurrency)
                    )
                except ImportError:
                    continue
                best[name] = max(best.get(name, (0.0, 0.0)), measured)
    finally:
        server.terminate()
        server.wait()
    for name, (figure, cpu_us) in best.items():
        print(
            f"{name:10} {figure:9,.0f} answers/s  {figure / best['aiohttp'][0]:5.2f} x aiohttp;  "
            f"{cpu_us:6.0f} us CPU an answer  {cpu_us / best['aiohttp'][1]:5.2f} x aiohttp"
        )


if __name__ == "__main__":
    main()
