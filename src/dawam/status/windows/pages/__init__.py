"""The pages of maintenance: for the public, for the staff, and for calendars."""

from collections.abc import Callable

from litestar.handlers import HTTPRouteHandler

from dawam.status.notices import NameOf, plain_name
from dawam.status.windows.pages.acts import act_routes
from dawam.status.windows.pages.console import console_routes
from dawam.status.windows.pages.feed import feed_route
from dawam.status.windows.pages.planning import plan_routes
from dawam.status.windows.pages.public import public_routes
from dawam.status.windows.pages.view import View
from dawam.status.windows.service import Windows
from dawam.web.pages import Face

__all__ = ["page_routes"]


def _plain(member_id: str) -> str:
    return member_id


def page_routes(
    face: Face,
    windows: Windows,
    *,
    name_of: NameOf = plain_name,
    member_name: Callable[[str], str] = _plain,
) -> list[HTTPRouteHandler]:
    """`/{locale}/windows/…`, `/{locale}/calendar/…`, `/{locale}/console/windows…` and the iCalendar feed.

    `name_of` is what an institution is called, `member_name` what a member of the staff is called.
    """
    view = View(face, windows, name_of, member_name)
    return [
        *public_routes(view),
        *console_routes(view),
        *plan_routes(view),
        *act_routes(view),
        feed_route(view),
    ]
