"""The control port: faults on and off, the wallet's own bookings, and the truth for the oracle."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Litestar, Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RawBody

from dawam.kernel import InvalidInput
from dawam.simulation.faults import FaultKind, fault_kind
from dawam.simulation.switch import FaultSwitch
from dawam.wallet import Booking, OpenAccount, Wallet
from dawam.web import decode, json_api, json_response

_BODY_MAX_BYTES = 64 * 1024 * 1024
_SEQ_MAX = 2**63 - 1

Seq = Annotated[int, QueryParameter(ge=0, le=_SEQ_MAX)]
Limit = Annotated[int, QueryParameter(ge=1, le=_SEQ_MAX)]
Seconds = Annotated[float, QueryParameter(ge=0, le=3600)]


class FaultOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to go wrong."""

    kind: str


class FaultOn(msgspec.Struct, frozen=True):
    """What goes wrong now, since when, and when a caller first met it."""

    kind: str
    since: datetime
    first_bad_at: datetime | None


def control_app(wallet: Wallet, faults: FaultSwitch, *, prepare: Callable[[FaultKind], None]) -> Litestar:
    """The application on the control port; `prepare` is called before a fault starts."""
    return json_api([*_fault_routes(faults, prepare), *_book_routes(wallet)])


def _fault_routes(faults: FaultSwitch, prepare: Callable[[FaultKind], None]) -> list[HTTPRouteHandler]:
    def on_now() -> Response[bytes]:
        return json_response(
            {
                "faults": [
                    FaultOn(one.kind.value, one.at, faults.first_bad_at(one.kind)) for one in faults.on()
                ]
            }
        )

    @get("/fault", sync_to_thread=False)
    def show() -> Response[bytes]:
        return on_now()

    @post("/fault")
    async def start(body: RawBody) -> Response[bytes]:
        kind = fault_kind(decode(body, FaultOrder).kind)
        if kind is FaultKind.CRASH:
            raise InvalidInput("fault_not_here", fault=kind.value)
        prepare(kind)
        faults.start(kind)
        return on_now()

    @delete("/fault", status_code=200)
    async def clear(kind: str | None = None) -> Response[bytes]:
        faults.clear(fault_kind(kind) if kind else None)
        return on_now()

    return [show, start, clear]


def _book_routes(wallet: Wallet) -> list[HTTPRouteHandler]:
    @get("/truth/events")
    async def truth(after: Seq = 0, limit: Limit = 5_000, wait_s: Seconds = 0.0) -> Response[bytes]:
        return json_response(await wallet.events(after=after, limit=limit, wait_s=wait_s))

    @post("/accounts", request_max_body_size=_BODY_MAX_BYTES)
    async def open_accounts(body: RawBody) -> Response[bytes]:
        return json_response({"accounts": await wallet.open_many(decode(body, list[OpenAccount]))}, 201)

    @post("/bookings", request_max_body_size=_BODY_MAX_BYTES)
    async def book(body: RawBody) -> Response[bytes]:
        return json_response({"last_seq": await wallet.book_many(decode(body, list[Booking]))}, 201)

    return [truth, open_accounts, book]
