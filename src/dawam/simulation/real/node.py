"""Dawam over HTTP as an operator and as the public see it."""

from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec

from dawam.simulation.customers import ChannelGone
from dawam.standin import Books, Capability, Mode, ModeChange, Reason, Reconciliation

T = TypeVar("T")

_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
_SHORT = aiohttp.ClientTimeout(total=10, connect=5)


class State(msgspec.Struct, frozen=True):
    """One capability as `GET /v1/status` tells it."""

    capability: Capability
    mode: Mode
    reason: Reason
    since: datetime
    share_percent: int
    notice: str | None


class _Institution(msgspec.Struct):
    capabilities: list[State]


class _Status(msgspec.Struct):
    institutions: list[_Institution]


class _History(msgspec.Struct):
    changes: list[ModeChange]


class _Books(msgspec.Struct):
    books: Books


class Node:
    """One institution on one running Dawam.

    Every call raises: ChannelGone, when there is no usable answer.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, institution: str, *, token: str) -> None:
        self.url = url
        self._session = session
        self._root = f"{url}/v1/operator/{institution}"
        self._headers = {"authorization": f"Bearer {token}"}

    async def status(self, locale: str = "en") -> list[State]:
        """The mode of every capability, with what the public is told in a language."""
        headers = {"accept-language": locale}
        told = await self._ask("GET", f"{self.url}/v1/status", _Status, headers=headers)
        return told.institutions[0].capabilities

    async def history(self) -> list[ModeChange]:
        """The last recorded changes of mode, oldest first."""
        told = await self._ask("GET", f"{self._root}/history?limit=200", _History)
        return told.changes[::-1]

    async def books(self) -> Books:
        """How far the mirror is, and what the primary does not know yet."""
        return (await self._ask("GET", f"{self._root}/books", _Books)).books

    async def reconcile(self) -> Reconciliation:
        """Have primary, mirror and decisions compared."""
        return await self._ask("POST", f"{self._root}/reconciliation", Reconciliation, timeout=_TIMEOUT)

    async def _ask(
        self,
        method: str,
        url: str,
        shape: type[T],
        *,
        headers: dict[str, str] | None = None,
        timeout: aiohttp.ClientTimeout = _SHORT,
    ) -> T:
        try:
            async with self._session.request(
                method, url, headers=headers or self._headers, timeout=timeout
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise ChannelGone from None
        if answer.status != 200:
            raise ChannelGone
        return msgspec.json.decode(body, type=shape)
