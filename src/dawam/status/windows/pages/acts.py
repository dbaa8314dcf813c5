"""One window in the console, with its history and everything that may be done to it now."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from dawam.kernel import DawamError, InvalidInput
from dawam.status.windows.model import OPEN, MaintenanceWindow, WindowState
from dawam.status.windows.pages.forms import Fields, moment_of, once_of, texts_of, typed
from dawam.status.windows.pages.moves import Do, move_acts, moves_shown
from dawam.status.windows.pages.view import PLANNERS, View
from dawam.web import explain, status_of
from dawam.web.pages import Role, Rule, fields_of, for_staff, locale_of, ruled, visiting


def act_routes(view: View) -> list[HTTPRouteHandler]:
    """`/{locale}/console/windows/{id}`, and a form for each act."""
    windows = view.windows

    @get("/{locale:str}/console/windows/{window_id:str}", opt=ruled(for_staff()))
    async def console_window(request: Request[Any, Any, Any], window_id: FromPath[str]) -> Response[bytes]:
        return _page(view, request, view.for_visitor(visiting(request), window_id))

    async def announce(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.announce(window.id, by=by, once=once_of(fields))

    async def approve(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.approve(window.id, _seen(fields), by=by, once=once_of(fields))

    async def extend(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        ends_at = moment_of(fields.get("ends_at", ""), windows.settings[window.institution].zone)
        return await windows.extend(
            window.id, ends_at, by=by, reason=fields.get("reason", ""), once=once_of(fields)
        )

    async def reword(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.reword(window.id, texts_of(fields), by=by, once=once_of(fields))

    async def cancel(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.cancel(window.id, by=by, reason=fields.get("reason", ""), once=once_of(fields))

    async def finish(window: MaintenanceWindow, fields: Fields, by: str) -> MaintenanceWindow:
        return await windows.finish(window.id, by=by, reason=fields.get("reason", ""), once=once_of(fields))

    planners = for_staff(*PLANNERS)
    return [
        console_window,
        _act_route(view, "announce", planners, announce),
        _act_route(view, "approve", for_staff(Role.APPROVER), approve),
        _act_route(view, "extend", planners, extend),
        _act_route(view, "reword", planners, reword),
        _act_route(view, "cancel", planners, cancel),
        _act_route(view, "finish", planners, finish),
        *(_act_route(view, name, rule, do) for name, rule, do in move_acts(view)),
    ]


def _act_route(view: View, name: str, rule: Rule, do: Do) -> HTTPRouteHandler:
    @post(
        f"/{{locale:str}}/console/windows/{{window_id:str}}/{name}",
        opt=ruled(rule),
        status_code=200,
        name=f"windows_{name}",
    )
    async def act(request: Request[Any, Any, Any], window_id: FromPath[str]) -> Response[Any]:
        fields = await fields_of(request)
        visitor = visiting(request)
        window = view.for_visitor(visitor, window_id)
        try:
            await do(window, fields, visitor.id)
        except DawamError as error:
            fresh = view.windows.window(window_id) or window
            return _page(view, request, fresh, error=error, tried=name, values=fields)
        return Redirect(f"/{locale_of(request)}/console/windows/{window_id}", status_code=303)

    return act


def _seen(fields: Fields) -> int:
    """The sequence of the window that the form showed; -1 where it says none."""
    said = fields.get("seen", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1


def _page(
    view: View,
    request: Request[Any, Any, Any],
    window: MaintenanceWindow,
    *,
    error: DawamError | None = None,
    tried: str = "",
    values: Fields | None = None,
) -> Response[bytes]:
    locale = locale_of(request)
    visitor = visiting(request)
    zone = view.windows.settings[window.institution].zone
    status = 200 if error is None else 422 if isinstance(error, InvalidInput) else status_of(error)
    short = window.short_notice
    planned = window.state is WindowState.PLANNED
    may = visitor.may(*PLANNERS)
    latest = view.windows.latest_announcement(window)
    late = planned and view.face.world.clock.now() > latest
    waits = planned and short is not None and short.approved_by is None
    return view.face.page(
        request,
        "windows/console_window.html",
        status=status,
        section="windows",
        window=window,
        entries=view.entries(window, locale),
        problem=explain(error, locale) if error else None,
        tried=tried,
        values=values or {},
        latest=latest,
        late=late,
        waits_for_approval=waits,
        may_announce=may and planned and not waits and not (late and short is None),
        may_approve=waits
        and visitor.may(Role.APPROVER)
        and short is not None
        and visitor.id != short.asked_by,
        may_extend=may and window.running,
        may_finish=may and window.running,
        may_reword=may and window.state in OPEN,
        may_cancel=may and window.state in (WindowState.PLANNED, WindowState.ANNOUNCED),
        member_name=view.member_name,
        end_typed=typed(window.ends_at, zone),
        **moves_shown(view, window, visitor),
        **view.words(window.institution, locale),
    )
