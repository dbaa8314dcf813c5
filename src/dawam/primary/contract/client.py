"""The primary contract over HTTP: one call, one request, one usable answer or one `PrimaryFailure`.

Rules: no redirects, no cookies, no proxies from the environment; nothing but a GET is ever sent twice (and
that only by the client when a kept connection turns out dead before a byte of the answer);
bodies are limited while they arrive; `sent=False` only when no connection came about.
"""

from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from dawam.kernel import Conflict, InvalidInput
from dawam.primary.contract import decoding
from dawam.primary.contract.decoding import decode, malformed
from dawam.primary.contract.settings import LinkSettings
from dawam.primary.link import Fault, PrimaryFailure
from dawam.primary.messages import (
    Advice,
    AdviceAnswer,
    BalanceAnswer,
    EventPage,
    Health,
    Payment,
    PaymentAnswer,
    SnapshotEnd,
    SnapshotLine,
)

_OK, _NOT_FOUND, _CONFLICT = 200, 404, 409
_SUCCESS = (200, 201)
_CHUNK = 65_536
_LINE_MAX = 65_536


class HttpPrimary:
    """A `PrimaryLink` to the contract served at `base_url` (http or https, a path prefix is kept).

    Raises: InvalidInput `primary_url_malformed`.
    """

    def __init__(self, base_url: str, settings: LinkSettings | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise InvalidInput("primary_url_malformed", scheme=parts.scheme[:20], host=parts.hostname or "")
        self._base = base_url.rstrip("/")
        self._settings = settings or LinkSettings()
        self._session: aiohttp.ClientSession | None = None

    async def health(self) -> Health:
        """One probe."""
        status, body = await self._call("GET", "/v1/health", self._settings.health_s)
        _expect(status, (_OK,))
        return decode(decoding.HEALTH, body)

    async def balance(self, account: str) -> BalanceAnswer | None:
        """The primary's answer about this account; None when it has no such account."""
        path = f"/v1/accounts/{quote(account, safe='')}/balance"
        status, body = await self._call("GET", path, self._settings.balance_s)
        if status == _NOT_FOUND and decoding.problem_code(body) == "account_not_found":
            return None
        _expect(status, (_OK,))
        answer = decode(decoding.BALANCE, body)
        if answer.account != account:
            raise malformed("answer about another account")
        return answer

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        """The feed after `after`; the time limit counts from the end of `wait_s`."""
        path = f"/v1/events?after={after}&limit={limit}&wait_s={wait_s:g}"
        limit_s = self._settings.events_s + wait_s
        status, body = await self._call("GET", path, limit_s, limit=self._settings.page_bytes)
        _expect(status, (_OK,))
        return decode(decoding.PAGE, body)

    async def pay(self, payment: Payment) -> PaymentAnswer:
        """Ask for a decision, once. Raises: Conflict `payment_mismatch`."""
        body = await self._post("/v1/payments", payment, payment.payment_id)
        answer = decode(decoding.PAYMENT, body)
        if answer.payment_id != payment.payment_id:
            raise malformed("answer about another payment")
        return answer

    async def payment(self, payment_id: str) -> PaymentAnswer | None:
        """What became of a payment; None when the primary never saw it."""
        path = f"/v1/payments/{quote(payment_id, safe='')}"
        status, body = await self._call("GET", path, self._settings.payment_s)
        if status == _NOT_FOUND and decoding.problem_code(body) == "payment_not_found":
            return None
        _expect(status, (_OK,))
        answer = decode(decoding.PAYMENT, body)
        if answer.payment_id != payment_id:
            raise malformed("answer about another payment")
        return answer

    async def advise(self, advice: Advice) -> AdviceAnswer:
        """Deliver a decision. Raises: Conflict `payment_mismatch`."""
        body = await self._post("/v1/advices", advice, advice.payment_id)
        answer = decode(decoding.ADVICE, body)
        if answer.advice_id != advice.advice_id:
            raise malformed("answer about another advice")
        return answer

    async def snapshot(self) -> AsyncIterator[SnapshotLine | SnapshotEnd]:
        """Every account, then the end line, whose count must be right."""
        lines = 0
        ended = False
        async for line in self._lines("/v1/snapshot"):
            if ended:
                raise malformed("more after the end line")
            message = decoding.snapshot_line(line)
            if isinstance(message, SnapshotEnd):
                ended = True
                if message.accounts != lines:
                    raise malformed("end line counts other accounts")
            lines += 1
            yield message
        if not ended:
            raise malformed("no end line")

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, path: str, message: msgspec.Struct, payment_id: str) -> bytes:
        content = msgspec.json.encode(message)
        status, body = await self._call("POST", path, self._settings.payment_s, content=content)
        if status == _CONFLICT and decoding.problem_code(body) == "payment_mismatch":
            raise Conflict("payment_mismatch", payment_id=payment_id)
        _expect(status, _SUCCESS)
        return body

    async def _call(
        self, method: str, path: str, total_s: float, *, content: bytes | None = None, limit: int = 0
    ) -> tuple[int, bytes]:
        """Status and whole body. Raises: PrimaryFailure."""
        timeout = aiohttp.ClientTimeout(total=total_s, connect=min(self._settings.connect_s, total_s))
        headers = {"Content-Type": "application/json"} if content is not None else None
        try:
            async with self._opened().request(
                method, self._base + path, data=content, headers=headers, timeout=timeout,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                return answer.status, await _body_of(answer, limit or self._settings.answer_bytes)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _failure_of(error) from None

    async def _lines(self, path: str) -> AsyncIterator[bytes]:
        """A streamed body by lines; any size, but no line over the limit and no long silence."""
        settings = self._settings
        timeout = aiohttp.ClientTimeout(
            total=None, connect=settings.connect_s, sock_read=settings.snapshot_idle_s
        )
        rest = b""
        try:
            async with self._opened().get(
                self._base + path, timeout=timeout, allow_redirects=False
            ) as answer:
                _expect(answer.status, (_OK,))
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        yield line
                    if len(rest) > _LINE_MAX:
                        raise malformed("line too long")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _failure_of(error) from None
        if rest.strip():
            yield rest

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            settings = self._settings
            headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "dawam"}
            if settings.token is not None:
                headers["Authorization"] = f"Bearer {settings.token}"
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=settings.connections, keepalive_timeout=settings.idle_s, ttl_dns_cache=10
                ),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session


async def _body_of(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """The whole body, refused as soon as it is known to be too long."""
    if answer.content_length is not None:
        if answer.content_length > limit:
            raise malformed(f"body over {limit} bytes")
        return await answer.read()
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise malformed(f"body over {limit} bytes")
    return bytes(body)


def _expect(status: int, wanted: tuple[int, ...]) -> None:
    if status not in wanted:
        raise PrimaryFailure(Fault.ERROR, sent=True, detail=f"status {status}")


def _failure_of(error: Exception) -> PrimaryFailure:
    """What a client's exception means for the caller: how it failed, and whether it may have been sent."""
    name = type(error).__name__
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return PrimaryFailure(Fault.TIMEOUT, sent=False, detail="connecting")
    if isinstance(error, TimeoutError):
        return PrimaryFailure(Fault.TIMEOUT, sent=True, detail="no answer in time")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return PrimaryFailure(Fault.UNREACHABLE, sent=False, detail=name)
    if isinstance(error, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError | OSError):
        return PrimaryFailure(Fault.UNREACHABLE, sent=True, detail=name)
    return malformed(name)
