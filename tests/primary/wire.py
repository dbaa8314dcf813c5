"""A server on loopback that answers with whatever bytes a test wants, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from dawam.primary import (
    Advice,
    HttpPrimary,
    LinkSettings,
    Payment,
    PrimaryFailure,
    SnapshotEnd,
    SnapshotLine,
)

QUICK = LinkSettings(
    connect_s=0.5,
    health_s=0.3,
    balance_s=0.3,
    payment_s=0.3,
    events_s=0.3,
    snapshot_idle_s=0.3,
    page_bytes=200_000,
)


class Wire:
    """One test's server. `reply` gets the writer after each request was read."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.reply: Callable[[asyncio.StreamWriter], Awaitable[None]] = self.says(b"{}")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                self.requests.append(head + await reader.readexactly(length))
                await self.reply(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def raw(
        self, content: bytes, *, close: bool = False
    ) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
        """Exactly these bytes."""

        async def reply(writer: asyncio.StreamWriter) -> None:
            writer.write(content)
            await writer.drain()
            if close:
                writer.close()

        return reply

    def says(self, body: bytes, status: str = "200 OK") -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
        """A proper answer."""
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return self.raw(head.encode() + body)


@asynccontextmanager
async def wired(settings: LinkSettings = QUICK) -> AsyncIterator[tuple[Wire, HttpPrimary]]:
    """A server and a link to it."""
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    link = HttpPrimary(f"http://127.0.0.1:{port}", settings)
    try:
        yield wire, link
    finally:
        await link.close()
        server.close()
        await asyncio.sleep(0.01)


T = datetime(2026, 11, 21, tzinfo=UTC)
BALANCE: dict[str, Any] = {
    "account": "C/1 é?",
    "currency": "EGP",
    "balance_minor": 100,
    "available_minor": 90,
    "last_seq": 7,
    "as_of": "2026-11-21T10:00:00Z",
}
PAYMENT = Payment(
    payment_id="P1",
    kind="transfer",
    debit_account="A",
    credit_account="B",
    amount_minor=5,
    currency="EGP",
    requested_at=T,
)
ADVICE = Advice(
    advice_id="V1",
    payment_id="P1",
    kind="transfer",
    debit_account="A",
    credit_account="B",
    amount_minor=5,
    currency="EGP",
    decided_at=T,
)
Call = Callable[[HttpPrimary], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "health": lambda link: link.health(),
    "balance": lambda link: link.balance("A"),
    "events": lambda link: link.events(after=0, limit=10, wait_s=0),
    "pay": lambda link: link.pay(PAYMENT),
    "payment": lambda link: link.payment("P1"),
    "advise": lambda link: link.advise(ADVICE),
    "snapshot": lambda link: lines_of(link),
}
every_call = pytest.mark.parametrize("name", CALLS)


def encoded(message: object, **changes: object) -> bytes:
    base = message if isinstance(message, dict) else msgspec.to_builtins(message)
    return msgspec.json.encode({**base, **changes})


async def lines_of(link: HttpPrimary) -> list[SnapshotLine | SnapshotEnd]:
    return [line async for line in link.snapshot()]


def asked(body: bytes, call: Call, status: str = "200 OK") -> tuple[Any, list[bytes]]:
    """The answer to one call on a server that says this."""

    async def scene() -> tuple[Any, list[bytes]]:
        async with wired() as (wire, link):
            wire.reply = wire.says(body, status)
            return await call(link), wire.requests

    return asyncio.run(scene())


def failed(call: Call, prepare: Callable[[Wire], Any]) -> tuple[PrimaryFailure, int]:
    """How one call fails, and how many requests reached the server."""

    async def scene() -> tuple[PrimaryFailure, int]:
        async with wired() as (wire, link):
            wire.reply = prepare(wire)
            with pytest.raises(PrimaryFailure) as caught:
                await call(link)
            return caught.value, len(wire.requests)

    return asyncio.run(scene())
