"""Open connections that are kept between messages; as many as there are messages at once."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

C = TypeVar("C")


class Connections(Generic[C]):
    """Taken by one message at a time, each for a bounded number of them."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[C]],
        close: Callable[[C], Awaitable[None]],
        *,
        most_uses: int,
    ) -> None:
        self._connect = connect
        self._close = close
        self._most_uses = most_uses
        self._idle: list[C] = []
        self._uses: dict[int, int] = {}

    async def take(self) -> C:
        """One that is idle, else a new one. Raises: what connecting raises."""
        if self._idle:
            return self._idle.pop()
        connection = await self._connect()
        self._uses[id(connection)] = 0
        return connection

    async def give_back(self, connection: C) -> None:
        """It can be used again."""
        self._uses[id(connection)] += 1
        if self._uses[id(connection)] >= self._most_uses:
            await self.drop(connection)
        else:
            self._idle.append(connection)

    async def drop(self, connection: C) -> None:
        """It is of no more use."""
        self._uses.pop(id(connection), None)
        await self._close(connection)

    async def close(self) -> None:
        """Close those that are idle."""
        while self._idle:
            await self.drop(self._idle.pop())
