"""The pages of the staff: all incidents, and one with everything that can be done about it."""

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypedDict, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from dawam.kernel import Conflict, DawamError, InvalidInput, NotFound, to_rfc3339
from dawam.status.incidents.forms import (
    EtaForm,
    FindingsForm,
    ImpactForm,
    Once,
    ReasonForm,
    ReportForm,
    TextsForm,
    prefilled,
)
from dawam.status.incidents.model import Incident
from dawam.status.incidents.pages import TONES, found
from dawam.status.incidents.ports import Touched
from dawam.status.incidents.reports import figures_of
from dawam.status.incidents.service import Incidents
from dawam.status.incidents.telling import eta_lines, lines
from dawam.status.incidents.wording import CRITERIA, NATURE_NAMES, REPORT_NAMES, STATE_NAMES
from dawam.status.notices import harmless
from dawam.web import explain
from dawam.web.pages import Face, Role, for_staff, form_of, locale_of, ruled, shown_again, visiting

SPEAKERS = (Role.COMMUNICATOR, Role.OPERATOR)
_BASE = "/{locale:str}/console/incidents"
_SPREADSHEET_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LIST_MAX = 200

T = TypeVar("T", bound=Once)
Asked = Request[Any, Any, Any]


class Said(TypedDict):
    """Who says it, and the id that makes it count once."""

    by: str
    once: str | None


def console_routes(face: Face, incidents: Incidents) -> list[HTTPRouteHandler]:
    """The pages and forms below `/{locale}/console/incidents`."""
    return [*_views(face, incidents), *_forms(face, incidents)]


def _views(face: Face, incidents: Incidents) -> list[HTTPRouteHandler]:
    @get(_BASE, opt=ruled(for_staff()))
    async def listing(request: Asked) -> Response[bytes]:
        locale = locale_of(request)
        theirs = visiting(request).institutions or None
        shown = incidents.history(theirs, None, _LIST_MAX)
        return face.page(
            request,
            "incidents/list.html",
            section="incidents",
            incidents=shown,
            tones=TONES,
            states=STATE_NAMES,
            natures=NATURE_NAMES,
            name_of=lambda one: incidents.phrases.name_of(one.institution, locale),
            services_of=lambda one: incidents.phrases.services(one.capabilities, locale),
        )

    @get(f"{_BASE}/{{incident_id:str}}", opt=ruled(for_staff()))
    async def one(request: Asked, incident_id: FromPath[str]) -> Response[bytes]:
        return _page(face, incidents, request, theirs(request, incidents, incident_id))

    @get(f"{_BASE}/{{incident_id:str}}/affected.csv", opt=ruled(for_staff(Role.ADMINISTRATOR)))
    async def affected(request: Asked, incident_id: FromPath[str]) -> Response[bytes]:
        theirs(request, incidents, incident_id)
        everybody = await incidents.export(incident_id, by=visiting(request).id)
        headers = {
            "Content-Disposition": f'attachment; filename="affected-{incident_id}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(as_csv(everybody), media_type="text/csv", headers=headers)

    return [listing, one, affected]


def _forms(face: Face, incidents: Incidents) -> list[HTTPRouteHandler]:
    """What people say and decide about an incident; each form is of the name of its path's last part."""

    def form(
        name: str, shape: type[T], act: Callable[[str, T, Said], Awaitable[Incident]]
    ) -> HTTPRouteHandler:
        @post(f"{_BASE}/{{incident_id:str}}/{name}", opt=ruled(for_staff(*SPEAKERS)))
        async def sent(request: Asked, incident_id: FromPath[str]) -> Response[Any]:
            return await _acted(face, incidents, request, incident_id, shape, act)

        return sent

    return [
        form("confirm", TextsForm, lambda one, said, by: incidents.confirm(one, said.texts, **by)),
        form("update", TextsForm, lambda one, said, by: incidents.update(one, said.texts, **by)),
        form(
            "eta", EtaForm, lambda one, said, by: incidents.expect(one, said.moment(face.settings.zone), **by)
        ),
        form("close", FindingsForm, lambda one, said, by: incidents.close(one, said.findings, **by)),
        form("major", ReasonForm, lambda one, said, by: incidents.mark_major(one, reason=said.reason, **by)),
        form("impact", ImpactForm, lambda one, said, by: incidents.set_impact(one, said.impact_eur, **by)),
        form("reported", ReportForm, lambda one, said, by: incidents.report_sent(one, said.report, **by)),
    ]


async def _acted(
    face: Face,
    incidents: Incidents,
    request: Asked,
    incident_id: str,
    shape: type[T],
    act: Callable[[str, T, Said], Awaitable[Incident]],
) -> Response[Any]:
    """One form: done and back to the page, or the page again with what is wrong and what was entered."""
    incident = theirs(request, incidents, incident_id)
    form: T | None = None
    try:
        form = await form_of(request, shape)
        await act(incident_id, form, Said(by=visiting(request).id, once=form.once))
    except (InvalidInput, Conflict) as error:
        values = msgspec.to_builtins(form) if form is not None else {}
        return _page(face, incidents, request, incident, error=error, values=values)
    return Redirect(f"/{locale_of(request)}/console/incidents/{incident_id}", status_code=303)


def _page(
    face: Face,
    incidents: Incidents,
    request: Asked,
    incident: Incident,
    *,
    error: DawamError | None = None,
    values: dict[str, Any] | None = None,
) -> Response[bytes]:
    locale = locale_of(request)
    phrases = incidents.phrases
    now = face.world.clock.now()
    notices = {one.id: one for one in incidents.notices.of_subject(incident.id)}
    worded = msgspec.structs.replace(incident, confirmed_at=incident.confirmed_at or now)
    return face.page(
        request,
        "incidents/console.html",
        status=shown_again(error),
        section="incidents",
        incident=incident,
        problem=explain(error, locale) if error else None,
        values={**prefilled(phrases.automatic(worded)), **(values or {})},
        may_speak=visiting(request).may(*SPEAKERS),
        may_export=visiting(request).may(Role.ADMINISTRATOR),
        tone=TONES[incident.state],
        states=STATE_NAMES,
        natures=NATURE_NAMES,
        criteria=CRITERIA,
        report_names=REPORT_NAMES,
        name=phrases.name_of(incident.institution, locale),
        names=phrases.services(incident.capabilities, locale),
        figures=figures_of(incidents, incident, locale),
        assessment=incidents.assessment(incident),
        clocks=incidents.clocks(incident),
        etas=eta_lines(incident, phrases, locale),
        timeline=lines(incidents.timeline(incident.id), notices, phrases, locale, internal=True)[::-1],
        findings=incidents.findings(incident.id),
        harmless=harmless,
    )


def theirs(request: Asked, incidents: Incidents, incident_id: str) -> Incident:
    """The incident, if it is of an institution that the visitor may see.

    Raises: NotFound `incident_not_found`.
    """
    incident = found(incidents, incident_id)
    allowed = visiting(request).institutions
    if allowed and incident.institution not in allowed:
        raise NotFound("incident_not_found")
    return incident


def as_csv(everybody: Sequence[Touched]) -> bytes:
    """A line an account; a spreadsheet takes none of it for a formula."""
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(("account", "why", "first_at"))
    for one in everybody:
        account = f"'{one.account}" if one.account.startswith(_SPREADSHEET_SIGNS) else one.account
        writer.writerow((account, one.why, to_rfc3339(one.at)))
    return kept.getvalue().encode()
