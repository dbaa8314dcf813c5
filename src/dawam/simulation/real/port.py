"""The channel contract over HTTP, as a customer's app uses it."""

from datetime import datetime
from urllib.parse import quote

import aiohttp
import msgspec

from dawam.kernel import Clock
from dawam.simulation.answers import BalanceStatus, ChannelBalance
from dawam.simulation.customers import ChannelGone
from dawam.simulation.receipts import STAND_IN, ChannelReceipt, PaymentWish
from dawam.standin import Mode

_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_OK, _CREATED, _NOT_FOUND, _FAILS = 200, 201, 404, 500


class Shown(msgspec.Struct, frozen=True, gc=False):
    """The body of a balance that is shown."""

    balance_minor: int
    available_minor: int
    as_of: datetime
    age_s: float
    source: str
    mode: str
    currency: str


class Problem(msgspec.Struct, frozen=True, gc=False):
    """The part of an `application/problem+json` that an app looks at."""

    code: str
    reason: str = ""
    mode: str = ""


class HttpPort:
    """A `ChannelPort` to a Dawam at a URL; whatever is no answer is `ChannelGone`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: Clock) -> None:
        self._session = session
        self._url = url
        self._clock = clock
        self.deciding = 0
        self.refused_by_guard: list[datetime] = []
        """When the stand-in answered although the primary was still being asked."""

    async def balance(self, account: str) -> ChannelBalance:
        """What Dawam shows, or that it shows nothing."""
        status, body = await self._ask("GET", f"/v1/accounts/{quote(account, safe='')}/balance")
        if status == _OK:
            shown = msgspec.json.decode(body, type=Shown)
            if shown.source == STAND_IN and shown.mode == Mode.NORMAL:
                self.refused_by_guard.append(self._clock.now())
            return ChannelBalance(
                status=BalanceStatus.SHOWN,
                balance_minor=shown.balance_minor,
                available_minor=shown.available_minor,
                as_of=shown.as_of,
                age_s=shown.age_s,
                source=shown.source,
                mode=shown.mode,
            )
        problem = _problem(body)
        if problem.code == "balance_withheld":
            return ChannelBalance(status=BalanceStatus.WITHHELD, mode=problem.mode, reason=problem.reason)
        if status == _NOT_FOUND and problem.code == "account_not_found":
            return ChannelBalance(status=BalanceStatus.NOT_FOUND)
        raise ChannelGone

    async def pay(self, wish: PaymentWish, key: str) -> ChannelReceipt:
        """Ask for a payment under an Idempotency-Key."""
        self.deciding += 1
        try:
            status, body = await self._ask("POST", "/v1/payments", wish, {"idempotency-key": key})
        finally:
            self.deciding -= 1
        if status in (_OK, _CREATED):
            return msgspec.json.decode(body, type=ChannelReceipt)
        if status >= _FAILS:
            raise ChannelGone
        return ChannelReceipt(status="refused", code=_problem(body).code)

    async def payment(self, payment_id: str) -> ChannelReceipt | None:
        """What became of a payment; None when Dawam does not know it."""
        status, body = await self._ask("GET", f"/v1/payments/{payment_id}")
        if status == _OK:
            return msgspec.json.decode(body, type=ChannelReceipt)
        if status == _NOT_FOUND:
            return None
        raise ChannelGone

    async def _ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        content = None if body is None else msgspec.json.encode(body)
        try:
            async with self._session.request(
                method, self._url + path, data=content, headers=headers, timeout=_TIMEOUT
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise ChannelGone from None


def _problem(body: bytes) -> Problem:
    try:
        return msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return Problem("")
