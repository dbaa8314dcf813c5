"""The customer's first page: what they hold, what works, what was said."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.portal.customer.pages.answers import AnyRequest, customer_of, page
from dawam.portal.customer.service import Teller
from dawam.status import grouped, harmless
from dawam.web.pages import FOR_CUSTOMERS, Face, locale_of, ruled


def home_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The page."""

    @get("/{locale:str}/home", opt=ruled(FOR_CUSTOMERS))
    async def home(request: AnyRequest) -> Response[bytes]:
        customer = customer_of(request, teller)
        standings = await teller.wallets.all(customer)
        return page(
            face,
            request,
            "home",
            section="home",
            standings=standings,
            places=teller.places(customer, locale_of(request)),
            harmless=harmless,
            grouped=grouped,
        )

    return [home]
