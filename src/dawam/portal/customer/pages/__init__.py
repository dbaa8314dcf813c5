"""The customer's pages, and the one route that agents' apps use."""

from litestar.handlers import HTTPRouteHandler

from dawam.portal.customer.pages.accounts import account_routes
from dawam.portal.customer.pages.cash_out import cash_out_routes
from dawam.portal.customer.pages.cheques import cheque_routes
from dawam.portal.customer.pages.complaints import complaint_routes
from dawam.portal.customer.pages.home import home_routes
from dawam.portal.customer.pages.redeem import redeem_routes
from dawam.portal.customer.pages.send import send_routes
from dawam.portal.customer.service import Admit, Teller
from dawam.web.pages import Face

__all__ = ["customer_routes"]


def customer_routes(face: Face, teller: Teller, *, admit: Admit) -> list[HTTPRouteHandler]:
    """All of them; `admit` lets an agent's app in by its headers, or raises Forbidden."""
    return [
        *home_routes(face, teller),
        *account_routes(face, teller),
        *send_routes(face, teller),
        *cash_out_routes(face, teller),
        *redeem_routes(teller, admit),
        *cheque_routes(face, teller),
        *complaint_routes(face, teller),
    ]
