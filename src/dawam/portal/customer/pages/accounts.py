"""One account: its balance and its statement."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError, NotFound
from dawam.people import Holding
from dawam.portal.customer.pages.answers import AnyRequest, customer_of, page
from dawam.portal.customer.service import Teller
from dawam.standin import StatementPage
from dawam.web.pages import FOR_CUSTOMERS, Face, ruled


def account_routes(face: Face, teller: Teller) -> list[HTTPRouteHandler]:
    """The page."""

    @get("/{locale:str}/accounts/{n:str}", opt=ruled(FOR_CUSTOMERS))
    async def account(request: AnyRequest, n: FromPath[str]) -> Response[bytes]:
        place, holding = teller.holding(customer_of(request, teller), n)
        before = request.query_params.get("before")
        return page(
            face,
            request,
            "account",
            section="home",
            standing=await teller.wallets.standing(place, holding),
            statement=_statement(teller, holding, before),
            before=before,
        )

    return [account]


def _statement(teller: Teller, holding: Holding, before: str | None) -> StatementPage | None:
    """None where the bookings have not reached us. Raises: InvalidInput `page_unknown`."""
    try:
        desk = teller.wallets.desk(holding)
    except DawamError:
        return None
    try:
        return desk.statement(holding.account, before=before, limit=teller.settings.statement_entries)
    except NotFound:
        return None
