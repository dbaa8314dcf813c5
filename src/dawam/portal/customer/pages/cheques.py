"""Cheques: what has been booked, what happens with cheques now, and what cannot be known here."""

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import DawamError, PaymentKind
from dawam.people import Customer, Holding
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, page
from dawam.portal.customer.service import Teller
from dawam.standin import Capability, StatementEntry
from dawam.web.pages import FOR_CUSTOMERS, Face, locale_of, ruled

_LOOKED_AT = 200


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """The booked cheques of an account; `whole` when no older booking was left out."""

    n: int
    holding: Holding
    known: bool
    cheques: list[StatementEntry]
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
            accounts=_booked(teller, customer),
            looked_at=_LOOKED_AT,
            works=[
                (place.institution, work)
                for place in teller.places(customer, locale_of(request))
                for work in place.works
                if work.state.capability is Capability.CHEQUE
            ],
        )

    return [cheques]


def _booked(teller: Teller, customer: Customer) -> list[Booked]:
    return [_of(teller, n, holding) for n, holding in enumerate(customer.holdings, 1)]


def _of(teller: Teller, n: int, holding: Holding) -> Booked:
    try:
        found = teller.wallets.desk(holding).statement(holding.account, before=None, limit=_LOOKED_AT)
    except DawamError:
        return Booked(n=n, holding=holding, known=False, cheques=[])
    cheques = [entry for entry in found.entries if entry.kind == PaymentKind.CHEQUE]
    return Booked(n=n, holding=holding, known=True, cheques=cheques, whole=found.next is None)
