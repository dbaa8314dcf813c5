"""Cheques: what was decided and what is booked, what happens with cheques now, what cannot be known here."""

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import DawamError, PaymentKind
from dawam.people import Holding
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, page
from dawam.portal.customer.service import Teller
from dawam.standin import Capability, PaymentState, StatementEntry, TakenPayment
from dawam.web.pages import FOR_CUSTOMERS, Face, locale_of, ruled

_LOOKED_AT = 200
_PRESENTED = 50


class Cheques(msgspec.Struct, frozen=True, kw_only=True):
    """The cheques of an account, each once: presented to be paid out of it and not booked, or booked.

    `known` when its bookings have reached us; `whole` when no older booking was left out.
    """

    n: int
    holding: Holding
    presented: list[TakenPayment]
    known: bool
    booked: list[StatementEntry]
    whole: bool = True


def cheque_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The page."""

    @get("/{locale:str}/cheques", opt=ruled(FOR_CUSTOMERS))
    async def cheques(request: AnyRequest) -> Response[bytes]:
        customer = customer_of(request, teller)
        return page(
            face,
            request,
            "cheques",
            section="cheques",
            accounts=[_of(teller, n, holding) for n, holding in enumerate(customer.holdings, 1)],
            looked_at=_LOOKED_AT,
            works=[
                (place.institution, work)
                for place in teller.places(customer, locale_of(request))
                for work in place.works
                if work.state.capability is Capability.CHEQUE
            ],
        )

    return [cheques]


def _of(teller: Teller, n: int, holding: Holding) -> Cheques:
    """Decisions are read before bookings: what is booked meanwhile is known by its payment's id."""
    taken: list[TakenPayment] = []
    try:
        desk = teller.wallets.desk(holding)
        taken = desk.payments(holding.account, kind=PaymentKind.CHEQUE, limit=_PRESENTED)
        found = desk.statement(holding.account, before=None, limit=_LOOKED_AT)
    except DawamError:
        return Cheques(n=n, holding=holding, presented=_unbooked(taken, []), known=False, booked=[])
    ids = {one.receipt.payment_id for one in taken}
    booked = [one for one in found.entries if one.kind == PaymentKind.CHEQUE or one.payment_id in ids]
    return Cheques(
        n=n,
        holding=holding,
        presented=_unbooked(taken, booked),
        known=True,
        booked=booked,
        whole=found.next is None,
    )


def _unbooked(taken: list[TakenPayment], booked: list[StatementEntry]) -> list[TakenPayment]:
    """What stands in no statement: undecided, declined, waiting for its booking, or never to be booked."""
    in_statement = {entry.payment_id for entry in booked}
    return [
        one
        for one in taken
        if one.receipt.payment_id not in in_statement
        and (one.receipt.status is not PaymentState.APPROVED or one.held or one.written_off)
    ]
