"""The routes of publishing: status pages, feeds, warnings, the banner."""

from litestar.handlers import HTTPRouteHandler

from dawam.status.publishing.pages.banner import banner_routes
from dawam.status.publishing.pages.feeds import feed_routes
from dawam.status.publishing.pages.status import status_routes
from dawam.status.publishing.pages.view import View
from dawam.status.publishing.publisher import Publisher
from dawam.web.pages import Face

__all__ = ["page_routes"]


def page_routes(face: Face, publisher: Publisher) -> list[HTTPRouteHandler]:
    """`/`, `/{locale}`, `/{locale}/status/…`, `/feeds/{institution}/…` and `/banner/…`."""
    view = View(face, publisher)
    return [*status_routes(view), *feed_routes(view), *banner_routes(view)]
