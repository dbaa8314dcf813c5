"""The pages of the console."""

from litestar.handlers import HTTPRouteHandler

from dawam.portal.console.pages.approvals import approval_routes
from dawam.portal.console.pages.delivery import delivery_routes
from dawam.portal.console.pages.institutions import institution_routes
from dawam.portal.console.pages.parked import parked_routes
from dawam.portal.console.pages.policy import policy_routes
from dawam.portal.console.pages.trail import trail_routes
from dawam.portal.console.service import Console
from dawam.web.pages import Face

__all__ = ["console_routes"]


def console_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """All of them."""
    return [
        *institution_routes(face, console),
        *policy_routes(face, console),
        *approval_routes(face, console),
        *parked_routes(face, console),
        *delivery_routes(face, console),
        *trail_routes(face, console),
    ]
