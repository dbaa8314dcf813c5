"""`POST /v1/cash-outs/redeem`: an agent's app pays out a code."""

from datetime import datetime

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler

from dawam.portal.customer.cash_outs.model import Asked
from dawam.portal.customer.pages.answers import AnyRequest
from dawam.portal.customer.service import Admit, Teller
from dawam.standin import PaymentState, Source
from dawam.web import decode
from dawam.web.pages import FOR_APPS, ruled


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """The payment that a code became; the cash may be handed out when it is approved, and not before."""

    payment_id: str
    status: PaymentState
    code: str
    decided_by: Source
    decided_at: datetime


def redeem_routes(teller: Teller, admit: Admit) -> list[HTTPRouteHandler]:
    """The route."""

    @post("/v1/cash-outs/redeem", opt=ruled(FOR_APPS))
    async def redeem(request: AnyRequest) -> Response[bytes]:
        admit(request.scope["headers"])
        asked = decode(await request.body(), Asked)
        by = request.headers.get("authorization", "")
        receipt, created = await teller.redeeming.redeem(asked, by=by)
        body = Redeemed(
            payment_id=receipt.payment_id,
            status=receipt.status,
            code=receipt.code,
            decided_by=receipt.decided_by,
            decided_at=receipt.decided_at,
        )
        return Response(
            msgspec.json.encode(body),
            status_code=201 if created else 200,
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return [redeem]
