"""A listening port that can be shut in the face of everybody, and opened again.

uvicorn's own server closes gently; a primary that is down does not. So the listener is ours, and the
protocol that speaks HTTP on each connection is uvicorn's.
"""

import asyncio
import errno
import os
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from dawam.kernel import Conflict, InvalidInput
from dawam.web import Address


class Door:
    """An application on a port. While it is shut, connections are refused by the machine itself."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
        )
        self._config.load()
        self._lifespan = self._config.lifespan_class(self._config)
        self._state = ServerState()
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._moving = asyncio.Lock()
        self._wanted = False

    async def start(self) -> Address:
        """Start the application and open; port 0 becomes a free one, and stays it.

        Raises: Conflict `port_in_use`; InvalidInput `address_unusable`.
        """
        await self._lifespan.startup()
        self._wanted = True
        await self._settle()
        return Address(self._host, self._port)

    async def stop(self) -> None:
        """Shut, and end the application."""
        self.shut()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        await self._lifespan.shutdown()

    def shut(self) -> None:
        """Close the port and reset every connection, now."""
        self._wanted = False
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._state.connections):
            connection.transport.abort()

    async def open(self) -> None:
        """Listen again on the same port."""
        self._wanted = True
        await self._settle()

    def reset(self, client: tuple[str, int]) -> None:
        """Cut the connection of one client."""
        connections: list[Any] = list(self._state.connections)
        for connection in connections:
            if connection.client == client:
                connection.transport.abort()

    async def _settle(self) -> None:
        """Listen if that is wanted, whatever else was wanted in between."""
        async with self._moving:
            if not self._wanted or self._server is not None:
                return
            try:
                server = await asyncio.get_running_loop().create_server(
                    self._protocol, self._host, self._port, reuse_address=True, backlog=2048
                )
            except (OSError, OverflowError) as error:
                raise _address_failure(error, self._host, self._port) from None
            self._port = server.sockets[0].getsockname()[1]
            if self._wanted:
                self._server = server
            else:
                server.close()

    def _protocol(self) -> asyncio.Protocol:
        speak: Any = self._config.http_protocol_class
        protocol: asyncio.Protocol = speak(
            config=self._config, server_state=self._state, app_state=self._lifespan.state
        )
        return protocol


def _address_failure(error: Exception, host: str, port: int) -> Conflict | InvalidInput:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return Conflict("port_in_use", host=host, port=port)
    reason = os.strerror(number) if number and number > 0 else str(error)
    return InvalidInput("address_unusable", host=host, port=port, reason=reason)
