"""What the public sees: one window, and an institution's calendar month by month."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from dawam.kernel import InvalidInput, NotFound
from dawam.status.windows.pages.months import bounds, month_grid, month_words
from dawam.status.windows.pages.view import View, month_of
from dawam.web import explain
from dawam.web.pages import FOR_ANYONE, locale_of, ruled


def public_routes(view: View) -> list[HTTPRouteHandler]:
    """`/{locale}/windows/{id}` and `/{locale}/calendar/{institution}`."""

    @get("/{locale:str}/windows/{window_id:str}", opt=ruled(FOR_ANYONE))
    async def public_window(request: Request[Any, Any, Any], window_id: FromPath[str]) -> Response[bytes]:
        window = view.windows.known(window_id)
        if not window.public:
            raise NotFound("window_unknown")
        locale = locale_of(request)
        words = view.words(window.institution, locale)
        return view.face.page(
            request,
            "windows/window.html",
            section="status",
            window=window,
            said=window.texts[locale],
            announced_before=[words["from_to"](one.moved_from) for one in view.windows.moves.told(window_id)],
            **words,
        )

    @get("/{locale:str}/calendar/{institution:str}", opt=ruled(FOR_ANYONE))
    async def public_calendar(
        request: Request[Any, Any, Any], institution: FromPath[str], month: FromQuery[str] = ""
    ) -> Response[bytes]:
        return calendar_page(view, request, institution, month, "windows/calendar.html", public=True)

    return [public_window, public_calendar]


def calendar_page(
    view: View, request: Request[Any, Any, Any], institution: str, month: str, template: str, *, public: bool
) -> Response[bytes]:
    """A month of an institution, as grid and as list. Raises: NotFound `window_institution_not_found`."""
    if institution not in view.windows.settings:
        raise NotFound("window_institution_not_found")
    locale = locale_of(request)
    zone = view.windows.settings[institution].zone
    today = view.face.world.clock.now().astimezone(zone).date()
    problem = None
    try:
        first = month_of(month, today)
    except InvalidInput as error:
        first, problem = month_of("", today), explain(error, locale)
    found = view.windows.between(institution, *bounds(first, zone), public=public)
    return view.face.page(
        request,
        template,
        status=422 if problem else 200,
        section="status" if public else "windows",
        month=month_grid(first, found, zone=zone, locale=locale, today=today),
        found=found,
        problem=problem,
        **month_words(locale, zone, view.windows.settings[institution].country),
        **view.words(institution, locale),
    )
