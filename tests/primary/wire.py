"""A server on loopback that answers with whatever bytes a test wants, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from dawam.primary import HttpPrimary, LinkSettings

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
