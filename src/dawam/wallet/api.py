"""The primary contract over HTTP, version 1, and the admin calls behind a token."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from litestar import Litestar, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, RawBody
from litestar.response import Stream

from dawam import __version__
from dawam.kernel import NotFound
from dawam.wallet.messages import (
    AccountStanding,
    AdviceRequest,
    Booking,
    Health,
    OpenAccount,
    PaymentRequest,
)
from dawam.wallet.service import Wallet
from dawam.web import bearer, decode, json_api, json_response, token_digest

NDJSON = "application/x-ndjson"
ADMIN_BODY_MAX_BYTES = 16 * 1024 * 1024
_EVENTS_DEFAULT = 500
_SEQ_MAX = 2**63 - 1

Seq = Annotated[int, QueryParameter(ge=0, le=_SEQ_MAX)]
Limit = Annotated[int, QueryParameter(ge=1, le=_SEQ_MAX)]
Seconds = Annotated[float, QueryParameter(ge=0, le=3600)]


def create_app(
    wallet: Wallet, *, admin_token: str | None, token: str | None = None, release: str = __version__
) -> Litestar:
    """The application of one wallet core.

    With a `token` every call needs it, or the admin's; without an `admin_token` the admin calls do not exist.
    """
    routes = [*_queries(wallet, release), *_verbs(wallet)]
    if admin_token is not None:
        routes += _admin(wallet, admin_token)
    if token is None:
        return json_api(routes)
    return json_api(routes, guards=bearer([token_digest(each) for each in (token, admin_token) if each]))


def _queries(wallet: Wallet, release: str) -> list[HTTPRouteHandler]:
    @get("/v1/health", sync_to_thread=False)
    def health() -> Response[bytes]:
        return json_response(Health(status="up", time=wallet.now(), release=release))

    @get("/v1/accounts/{account:str}/balance", sync_to_thread=False)
    def balance(account: FromPath[str]) -> Response[bytes]:
        return json_response(wallet.balance(account))

    @get("/v1/events")
    async def events(
        after: Seq = 0, limit: Limit = _EVENTS_DEFAULT, wait_s: Seconds = 0.0
    ) -> Response[bytes]:
        return json_response(await wallet.events(after=after, limit=limit, wait_s=wait_s))

    @get("/v1/payments/{payment_id:str}", sync_to_thread=False)
    def payment(payment_id: FromPath[str]) -> Response[bytes]:
        return json_response(wallet.payment(payment_id))

    @get("/v1/snapshot", sync_to_thread=False)
    def snapshot() -> Stream:
        return Stream(_lines(wallet), media_type=NDJSON)

    return [health, balance, events, payment, snapshot]


def _verbs(wallet: Wallet) -> list[HTTPRouteHandler]:
    @post("/v1/payments")
    async def pay(body: RawBody) -> Response[bytes]:
        return json_response(await wallet.pay(decode(body, PaymentRequest)))

    @post("/v1/advices")
    async def advise(body: RawBody) -> Response[bytes]:
        return json_response(await wallet.advise(decode(body, AdviceRequest)))

    return [pay, advise]


def _admin(wallet: Wallet, token: str) -> list[HTTPRouteHandler]:
    guards = bearer([token_digest(token)])

    @post("/v1/admin/accounts", guards=guards, request_max_body_size=ADMIN_BODY_MAX_BYTES)
    async def open_accounts(body: RawBody) -> Response[bytes]:
        names = await wallet.open_many(decode(body, list[OpenAccount]))
        return json_response({"accounts": names}, 201)

    @post("/v1/admin/bookings", guards=guards, request_max_body_size=ADMIN_BODY_MAX_BYTES)
    async def book(body: RawBody) -> Response[bytes]:
        return json_response({"last_seq": await wallet.book_many(decode(body, list[Booking]))}, 201)

    @post("/v1/admin/accounts/{account:str}/{verb:str}", guards=guards)
    async def change(account: FromPath[str], verb: FromPath[str]) -> Response[bytes]:
        return json_response(await _standing(wallet, account, verb))

    return [open_accounts, book, change]


async def _standing(wallet: Wallet, account: str, verb: str) -> AccountStanding:
    verbs = {"freeze": wallet.freeze, "unfreeze": wallet.unfreeze, "close": wallet.close}
    if verb not in verbs:
        raise NotFound("route_not_found")
    return await verbs[verb](account)


async def _lines(wallet: Wallet) -> AsyncIterator[bytes]:
    encode = msgspec.json.Encoder().encode_lines
    for page in wallet.snapshot():
        yield encode(page)
