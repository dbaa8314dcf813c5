"""What the staff sees: all windows ahead and past, and the month."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from dawam.kernel import NotFound
from dawam.status.windows.pages.public import calendar_page
from dawam.status.windows.pages.view import PLANNERS, View
from dawam.web.pages import for_staff, locale_of, ruled, visiting


def console_routes(view: View) -> list[HTTPRouteHandler]:
    """`/{locale}/console/windows`, and its calendar."""

    @get("/{locale:str}/console/windows", opt=ruled(for_staff()))
    async def console_windows(request: Request[Any, Any, Any]) -> Response[bytes]:
        locale = locale_of(request)
        seen = view.shown_institutions(visiting(request))
        ahead = [one for one in view.windows.upcoming(limit=200, public=False) if one.institution in seen]
        past = view.windows.past(seen)
        return view.face.page(
            request,
            "windows/console_list.html",
            section="windows",
            ahead=[(one, view.words(one.institution, locale)) for one in ahead],
            past=[(one, view.words(one.institution, locale)) for one in past],
            institutions=[(name, view.name_of(name, locale)) for name in seen],
            may_plan=visiting(request).may(*PLANNERS),
        )

    @get("/{locale:str}/console/windows/calendar", opt=ruled(for_staff()))
    async def console_calendar(
        request: Request[Any, Any, Any], institution: FromQuery[str] = "", month: FromQuery[str] = ""
    ) -> Response[bytes]:
        seen = view.shown_institutions(visiting(request))
        if not institution and seen:
            institution = seen[0]
        if institution not in seen:
            raise NotFound("window_institution_not_found")
        return calendar_page(view, request, institution, month, "windows/console_calendar.html", public=False)

    return [console_windows, console_calendar]
