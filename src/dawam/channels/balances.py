"""`GET /v1/accounts/{account}/balance`: the path that is walked most, so it carries nothing it needs not."""

from datetime import datetime

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from dawam.channels.channel import Channel
from dawam.channels.messages import BalanceBody
from dawam.channels.requests import account_of
from dawam.kernel import Unavailable
from dawam.standin import Capability, Shown, Withheld
from dawam.web import Locale
from dawam.web.pages import FOR_APPS, ruled

_encode = msgspec.json.Encoder().encode


class _Ready:
    """An answer whose bytes are made, sent as they are: the framework's response object costs as much
    as everything else on this path."""

    __slots__ = ("_body", "_locale")

    def __init__(self, body: bytes, locale: Locale) -> None:
        self._body = body
        self._locale = locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", b"%d" % len(self._body)),
                    (b"cache-control", b"no-store"),
                    (b"content-language", self._locale.encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def balance_route(channel: Channel) -> HTTPRouteHandler:
    """The route; it raises what the account, the desk and the access checks raise."""
    clock = channel.clock
    desks = channel.desks

    @get("/v1/accounts/{account:str}/balance", opt=ruled(FOR_APPS))
    async def balance(scope: Scope) -> ASGIApp:
        headers = scope["headers"]
        channel.admit(headers)
        account = account_of(scope["path_params"]["account"])
        shown = await desks.of(account).balance(account)
        if isinstance(shown, Withheld):
            raise _withheld(shown)
        locale = channel.locale_of(headers)
        notice = channel.notice(Capability.BALANCE, shown.mode, shown.reason, locale)
        return _Ready(_encode(_body(shown, clock.now(), notice)), locale)

    return balance


def _body(shown: Shown, now: datetime, notice: str | None) -> BalanceBody:
    age_s = (now - shown.as_of).total_seconds()
    return BalanceBody(
        shown.account,
        shown.currency,
        shown.balance_minor,
        shown.available_minor,
        shown.as_of,
        round(age_s, 3) if age_s > 0 else 0.0,
        shown.source,
        shown.mode,
        notice,
    )


def _withheld(answer: Withheld) -> Unavailable:
    return Unavailable(
        "balance_withheld",
        reason=answer.reason.value,
        mode=answer.mode.value,
        mode_reason=answer.mode_reason.value,
    )
