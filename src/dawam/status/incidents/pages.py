"""The public pages of an incident: what is the matter, what was said, and the report at the end."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import NotFound
from dawam.standin import CAPABILITY_TITLES
from dawam.status.incidents.model import Incident, State
from dawam.status.incidents.reports import figures_of, pdf, report_of
from dawam.status.incidents.service import Incidents
from dawam.status.incidents.telling import eta_lines
from dawam.status.incidents.wording import NATURES, STATE_NAMES
from dawam.status.notices import grouped, harmless
from dawam.web.pages import FOR_ANYONE, Face, locale_of, ruled

TEMPLATES = Path(__file__).with_name("templates")
TONES = {
    State.DETECTED: "warning",
    State.CONFIRMED: "warning",
    State.MONITORING: "notice",
    State.CLOSED: "good",
}


def page_routes(face: Face, incidents: Incidents) -> list[HTTPRouteHandler]:
    """`/{locale}/incidents/{id}`, its report, and the report as PDF."""
    phrases = incidents.phrases

    @get("/{locale:str}/incidents/{incident_id:str}", opt=ruled(FOR_ANYONE))
    async def incident_page(request: Request[Any, Any, Any], incident_id: FromPath[str]) -> Response[bytes]:
        incident = found(incidents, incident_id)
        locale = locale_of(request)
        return face.page(
            request,
            "incidents/incident.html",
            section="status",
            incident=incident,
            tone=TONES[incident.state],
            states=STATE_NAMES,
            natures=NATURES,
            services=CAPABILITY_TITLES,
            names=phrases.services(incident.capabilities, locale),
            name=phrases.name_of(incident.institution, locale),
            notices=incidents.notices.of_subject(incident_id)[::-1],
            figures=figures_of(incidents, incident, locale),
            etas=eta_lines(incident, phrases, locale),
            share_of=lambda one: phrases.share(one.share_percent, locale),
            grouped=grouped,
            harmless=harmless,
        )

    @get("/{locale:str}/incidents/{incident_id:str}/report", opt=ruled(FOR_ANYONE))
    async def report_page(request: Request[Any, Any, Any], incident_id: FromPath[str]) -> Response[bytes]:
        report = report_of(incidents, incident_id, locale_of(request))
        return face.page(
            request,
            "incidents/report.html",
            section="status",
            report=report,
            harmless=harmless,
        )

    @get(
        "/{locale:str}/incidents/{incident_id:str}/report.pdf",
        opt=ruled(FOR_ANYONE),
        sync_to_thread=True,
    )
    def report_file(request: Request[Any, Any, Any], incident_id: FromPath[str]) -> Response[bytes]:
        locale = locale_of(request)
        report = report_of(incidents, incident_id, locale)
        made = pdf(report, origin=face.settings.origin, moment=phrases.moment)
        name = f"incident-{incident_id}-{locale}.pdf"
        headers = {
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Language": locale,
            "X-Content-Type-Options": "nosniff",
        }
        return Response(made, media_type="application/pdf", headers=headers)

    return [incident_page, report_page, report_file]


def found(incidents: Incidents, incident_id: str) -> Incident:
    """The incident of a path. Raises: NotFound `incident_not_found`."""
    incident = incidents.incident(incident_id)
    if incident is None:
        raise NotFound("incident_not_found")
    return incident
