"""The wallet's application with a fault on the way out: what is refused, delayed, lost or untrue.

`down` and `flap` are the door's; everything else happens here, after the request has been read. The
wallet behind does its work as ever: a fault changes what is said about the books, never the books.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from random import Random
from typing import Any
from urllib.parse import parse_qs

import msgspec

from dawam.primary import BalanceAnswer, EventPage, SnapshotLine
from dawam.simulation.distortion import distort_balance, distort_line, lose_events, repeat_events
from dawam.simulation.faults import LIES, FaultKind
from dawam.simulation.faulty_wallet.copies import Copies
from dawam.simulation.switch import FaultSwitch
from dawam.wallet import SnapshotEnd, Wallet
from dawam.wallet import SnapshotLine as WalletLine

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BALANCE = re.compile(r"/v1/accounts/[^/]+/balance")
_EARLIER = 3
_LATE_S = (0.25, 3.0)
_LOOK_AGAIN_S = 0.02
_ERROR = b'{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal_error"}'
_ERROR_TYPE = b"application/problem+json"


class FaultyApplication:
    """The wallet as an ASGI application, with whatever faults are on."""

    def __init__(
        self,
        app: Any,
        wallet: Wallet,
        faults: FaultSwitch,
        copies: Copies,
        chance: Random,
        *,
        reset: Callable[[tuple[str, int]], None],
    ) -> None:
        self._app = app
        self._wallet = wallet
        self._faults = faults
        self._copies = copies
        self._chance = chance
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        writes = scope["method"] == "POST"
        lost = self._faults.get(FaultKind.LOST_REPLY)
        if self._faults.get(FaultKind.HANG):
            self._faults.feel(FaultKind.HANG)
            await self._work_perhaps(scope, receive, works=writes)
            await _until_gone(receive)
        elif self._faults.get(FaultKind.ERRORS):
            self._faults.feel(FaultKind.ERRORS)
            await self._work_perhaps(scope, receive, works=writes)
            await _answer(send, 500, _ERROR, _ERROR_TYPE)
        elif lost and writes and self._chance.random() < lost.manner.lost_share:
            self._faults.feel(FaultKind.LOST_REPLY)
            await self._app(scope, receive, _unheard)
            if self._chance.random() < 0.5:
                self._reset(tuple(scope["client"]))
            await _until_gone(receive)
        elif self._faults.get(FaultKind.SLOW):
            await self._late(scope, receive, send)
        else:
            await self._say(scope, receive, send)

    async def _work_perhaps(self, scope: Scope, receive: Receive, *, works: bool) -> None:
        """Half of what will not be answered is done all the same."""
        if works and self._chance.random() < 0.5:
            await self._app(scope, receive, _unheard)

    async def _late(self, scope: Scope, receive: Receive, send: Send) -> None:
        late_s = self._chance.uniform(*_LATE_S)
        self._faults.feel(FaultKind.SLOW)
        if self._chance.random() < 0.5:
            await asyncio.sleep(late_s)
            await self._say(scope, receive, send)
            return

        async def send_late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(late_s)
            await send(message)

        await self._say(scope, receive, send_late)

    async def _say(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The truth, or what the faults make of it."""
        path = scope["path"]
        feed_fails = self._faults.get(FaultKind.GAP) or self._faults.get(FaultKind.REPEAT)
        if path == "/v1/events" and feed_fails:
            page = await self._page(parse_qs(scope["query_string"].decode("ascii", "replace")))
            await _answer(send, 200, msgspec.json.encode(page))
        elif self._faults.lies() and _BALANCE.fullmatch(path):
            await self._lie(scope, receive, send)
        elif self._faults.lies() and path == "/v1/snapshot":
            await self._lie_about_all(send)
        else:
            await self._app(scope, receive, send)

    async def _lie(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the wallet says about a balance, distorted; its refusals as they are."""
        status, parts = 500, list[bytes]()

        async def keep(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app(scope, receive, keep)
        body = b"".join(parts)
        if status != 200:
            await _answer(send, status, body, _ERROR_TYPE)
            return
        truth = told = msgspec.json.decode(body, type=BalanceAnswer)
        for lie in self._faults.lies():
            told = distort_balance(
                lie.kind,
                told,
                seed=lie.manner.seed,
                other=self._copies.neighbour(told.account),
                old=self._copies.old(told.account),
            )
        if told != truth:
            self._faults.feel(*LIES)
        await _answer(send, 200, msgspec.json.encode(told))

    async def _lie_about_all(self, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        encode = msgspec.json.Encoder().encode_lines
        for page in self._wallet.snapshot():
            body = encode(
                [line if isinstance(line, SnapshotEnd) else self._false_line(line) for line in page]
            )
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _false_line(self, line: WalletLine) -> SnapshotLine:
        told = msgspec.convert(line, SnapshotLine, from_attributes=True)
        for lie in self._faults.lies():
            told = distort_line(
                lie.kind,
                told,
                seed=lie.manner.seed,
                other=self._copies.neighbour(told.account),
                old=self._copies.old(told.account),
            )
        return told

    async def _page(self, query: dict[str, list[str]]) -> EventPage:
        """The feed as the faults leave it, held open while there is nothing in it."""
        after, limit = int(_first(query, "after", "0")), int(_first(query, "limit", "500"))
        until = asyncio.get_running_loop().time() + min(float(_first(query, "wait_s", "0")), 30.0)
        while True:
            page = self._failing_page(after, limit)
            if page.events or asyncio.get_running_loop().time() >= until:
                return page
            await asyncio.sleep(_LOOK_AGAIN_S)

    def _failing_page(self, after: int, limit: int) -> EventPage:
        page = healthy = self._healthy_page(after, limit)
        gap, repeat = self._faults.get(FaultKind.GAP), self._faults.get(FaultKind.REPEAT)
        if gap is not None:
            page = lose_events(
                page, seed=gap.manner.seed, share=gap.manner.gap_share, hide_end=gap.manner.gap_hides_end
            )
        if repeat is not None and page.events and limit > 2 * _EARLIER:
            before = min(_EARLIER, after)
            earlier = self._healthy_page(after - before, before).events if before else []
            page = repeat_events(page, earlier, limit=limit, seed=repeat.manner.seed)
        if page != healthy:
            self._faults.feel(FaultKind.GAP, FaultKind.REPEAT)
        return page

    def _healthy_page(self, after: int, limit: int) -> EventPage:
        return msgspec.convert(self._wallet.events_after(after, limit), EventPage, from_attributes=True)


def _first(query: dict[str, list[str]], name: str, otherwise: str) -> str:
    return query.get(name, [otherwise])[0]


async def _unheard(_: Message) -> None:
    """Where an answer goes that nobody is to hear."""


async def _until_gone(receive: Receive) -> None:
    """Hold the connection until the client gives up, or the door is shut."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, body: bytes, content_type: bytes = b"application/json") -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
