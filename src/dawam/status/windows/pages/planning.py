"""The form in which a window is planned, with advice on quiet hours and proposed texts beside it.

Without JavaScript the advice comes with a button of the form; with it, as the form changes.
"""

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect

from dawam.kernel import DawamError, InvalidInput, NotFound
from dawam.standin import Capability
from dawam.status.windows.advice import Candidate, apart
from dawam.status.windows.pages.forms import (
    Fields,
    blank,
    chosen,
    draft_of,
    filled,
    times_of,
    typed,
    with_choice,
)
from dawam.status.windows.pages.view import PLANNERS, View
from dawam.status.windows.settings import MaintenanceSettings
from dawam.web import explain, status_of, text
from dawam.web.pages import fields_of, for_staff, locale_of, number, ruled, visiting

_USUAL = timedelta(hours=2)
_SHOWN = 6
_AHEAD_DAYS = 21


def plan_routes(view: View) -> list[HTTPRouteHandler]:
    """`/{locale}/console/windows/plan` and the advice as a part of a page."""

    @get("/{locale:str}/console/windows/plan", opt=ruled(for_staff(*PLANNERS)))
    async def plan_form(request: Request[Any, Any, Any], institution: FromQuery[str] = "") -> Response[bytes]:
        seen = view.shown_institutions(visiting(request))
        if institution not in seen:
            institution = seen[0] if seen else ""
        if not institution:
            raise NotFound("window_institution_not_found")
        return _form(view, request, blank(institution, view.windows.settings[institution], {}))

    @post("/{locale:str}/console/windows/plan", opt=ruled(for_staff(*PLANNERS)), status_code=200)
    async def plan(request: Request[Any, Any, Any]) -> Response[Any]:
        fields = await fields_of(request)
        try:
            rules = view.windows.settings[_institution(view, request, fields)]
            if fields.get("choose") or fields.get("act") in ("look", "texts"):
                return _form(view, request, _proposed(fields, rules))
            window = await view.windows.plan(draft_of(fields, rules), by=visiting(request).id)
        except DawamError as error:
            return _form(view, request, fields, error)
        return Redirect(f"/{locale_of(request)}/console/windows/{window.id}", status_code=303)

    @post("/{locale:str}/console/windows/advice", opt=ruled(for_staff(*PLANNERS)), status_code=200)
    async def advice(request: Request[Any, Any, Any]) -> Response[bytes]:
        fields = await fields_of(request)
        institution = _institution(view, request, fields)
        return view.face.page(
            request,
            "windows/advice.html",
            **_advice(view, fields),
            **view.words(institution, locale_of(request)),
        )

    return [plan_form, plan, advice]


def _institution(view: View, request: Request[Any, Any, Any], fields: Fields) -> str:
    """The institution of the form. Raises: InvalidInput `window_institution_unknown`."""
    institution = fields.get("institution", "")
    if institution not in view.shown_institutions(visiting(request)):
        raise InvalidInput("window_institution_unknown", institution=institution[:40])
    return institution


def _proposed(fields: Fields, rules: MaintenanceSettings) -> Fields:
    """The form with an advised time, and with texts."""
    choice = fields.get("choose", "")
    if choice:
        fields = with_choice(fields, choice)
    return filled(fields, rules, anew=bool(choice) or fields.get("act") == "texts")


def _form(
    view: View, request: Request[Any, Any, Any], fields: Fields, error: DawamError | None = None
) -> Response[bytes]:
    locale = locale_of(request)
    seen = view.shown_institutions(visiting(request))
    institution = fields.get("institution", "")
    if institution not in seen:
        institution = seen[0] if seen else ""
    if not institution:
        raise NotFound("window_institution_not_found")
    status = 200 if error is None else 422 if isinstance(error, InvalidInput) else status_of(error)
    return view.face.page(
        request,
        "windows/plan.html",
        status=status,
        section="windows",
        values=fields,
        affected=chosen(fields, "affected"),
        goes_on=chosen(fields, "goes_on"),
        capabilities=[(one.value, _named(view, institution, one, request)) for one in Capability],
        institutions=[(name, view.name_of(name, locale)) for name in seen],
        problem=explain(error, locale) if error else None,
        at_fault=_FAULTS.get(error.code, "") if error else "",
        notice_rules=_rules(view, institution, request),
        **_advice(view, {**fields, "institution": institution}),
        **view.words(institution, locale),
    )


_FAULTS = {
    "window_scope_missing": "scope",
    "window_capability_missing": "affected",
    "window_goes_on_unaffected": "goes_on",
    "window_time_missing": "starts_at",
    "window_time_invalid": "starts_at",
    "window_time_skipped": "starts_at",
    "window_in_past": "starts_at",
    "window_overlaps": "starts_at",
    "window_ends_before_start": "ends_at",
    "window_too_long": "ends_at",
    "window_notice_too_short": "short_notice_reason",
}
"""Near which field a refusal stands."""


def _named(view: View, institution: str, capability: Capability, request: Request[Any, Any, Any]) -> str:
    said: str = view.words(institution, locale_of(request))["capability"](capability)
    return said


def _rules(view: View, institution: str, request: Request[Any, Any, Any]) -> list[str]:
    locale, rules = locale_of(request), view.windows.settings[institution]
    return [
        text(
            "up to {hours} h: {days} working days",
            locale,
            hours=number(rule.up_to_hours, locale, rules.country),
            days=number(rule.working_days, locale, rules.country),
        )
        for rule in rules.notice
    ]


def _advice(view: View, fields: Fields) -> dict[str, Any]:
    """What the form's times would meet, and quieter ones."""
    institution = fields["institution"]
    rules = view.windows.settings[institution]
    mine: Candidate | None = None
    latest: datetime | None = None
    length, affected = _USUAL, chosen(fields, "affected")
    adviser, now = view.windows.adviser, view.face.world.clock.now()
    load = adviser.load_of(institution)
    try:
        starts_at, ends_at = times_of(fields, rules.zone)
        if timedelta() < ends_at - starts_at <= timedelta(hours=rules.longest_hours) and starts_at > now:
            length = ends_at - starts_at
            mine = adviser.look_at(institution, load, starts_at, ends_at, affected)
            latest = view.windows.latest_for(institution, starts_at, length)
    except InvalidInput:
        pass  # the form says so when it is sent; the advice goes by the usual length
    advised = adviser.advise(institution, load, length, days_ahead=_AHEAD_DAYS, capabilities=affected)
    return {
        "advised": None if advised is None else apart(advised.candidates, _SHOWN),
        "busiest": 0 if advised is None else advised.busiest,
        "mine": mine,
        "latest": latest,
        "late": latest is not None and now > latest,
        "load": load,
        "length": length,
        "choice": lambda one: f"{typed(one.starts_at, rules.zone)}/{typed(one.ends_at, rules.zone)}",
    }
