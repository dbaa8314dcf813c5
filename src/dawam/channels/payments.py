"""`POST /v1/payments` and `GET /v1/payments/{payment_id}`."""

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.channels.answers import Asked, answer
from dawam.channels.channel import Channel
from dawam.channels.messages import ReceiptBody
from dawam.channels.requests import key_of, payment_of
from dawam.kernel import FIELD_39, NotFound, id_from_text
from dawam.standin import Receipt
from dawam.web.pages import FOR_APPS, ruled


def payment_routes(channel: Channel) -> list[HTTPRouteHandler]:
    """Asking for a payment, and asking what became of it."""

    @post("/v1/payments", opt=ruled(FOR_APPS))
    async def pay(request: Asked) -> Response[bytes]:
        channel.admit(request.scope["headers"])
        key = key_of(request.headers.get("idempotency-key"))
        asked = payment_of(await request.body())
        receipt, created = await channel.desks.of(asked.debit_account).pay(asked, key=key)
        return answer(_body(receipt), status=201 if created else 200)

    @get("/v1/payments/{payment_id:str}", opt=ruled(FOR_APPS))
    async def payment(request: Asked, payment_id: FromPath[str]) -> Response[bytes]:
        channel.admit(request.scope["headers"])
        id_from_text(payment_id)
        for _institution, desk in channel.desks:
            receipt = desk.payment(payment_id)
            if receipt is not None:
                return answer(_body(receipt))
        raise NotFound("payment_not_found")

    return [pay, payment]


def _body(receipt: Receipt) -> ReceiptBody:
    return ReceiptBody(
        receipt.payment_id,
        receipt.status,
        receipt.code,
        FIELD_39.get(receipt.code),
        receipt.decided_by,
        receipt.decided_at,
    )
