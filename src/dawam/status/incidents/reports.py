"""The report of a closed incident: timeline, figures, cause and measures, for a page and as PDF.

The PDF is set by Typst. All words go to it as data, never as markup, and it reads nothing but its room.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import typst

from dawam.kernel import NotFound
from dawam.status.incidents.figures import Figures
from dawam.status.incidents.model import Finding, Incident, State
from dawam.status.incidents.service import Incidents
from dawam.status.incidents.telling import EtaLine, Line, eta_lines, lines
from dawam.status.notices import harmless
from dawam.web import Locale, text
from dawam.web.pages import DIRECTIONS, number

Moment = Callable[[datetime, Locale], str]
"""How a moment is written in a language."""

_ROOM = Path(__file__).parent
_TEMPLATE = _ROOM / "report.typ"
_UNPRINTED = str.maketrans({"\u2068": None, "\u2069": None, "\u202f": "\u00a0"})
"""What keeps its place by itself in a line of its own, and a space that the typeface does not have."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that the report says in one language."""

    incident: Incident
    locale: Locale
    title: str
    institution: str
    summary: str
    figures: list[tuple[str, str]]
    etas: list[EtaLine]
    timeline: list[Line]
    finding: Finding | None


def report_of(incidents: Incidents, incident_id: str, locale: Locale) -> Report:
    """The report of a closed incident.

    Raises: NotFound `incident_not_found`, `incident_report_missing` (it is not closed).
    """
    incident = incidents.incident(incident_id)
    if incident is None:
        raise NotFound("incident_not_found")
    if incident.state is not State.CLOSED:
        raise NotFound("incident_report_missing")
    phrases = incidents.phrases
    name = phrases.name_of(incident.institution, locale)
    notices = {one.id: one for one in incidents.notices.of_subject(incident_id)}
    return Report(
        incident=incident,
        locale=locale,
        title=text("Report on the incident of {date}", locale, date=phrases.day(incident.opened_at, locale)),
        institution=name,
        summary=text("What was the matter: {what}.", locale, what=phrases.nature(incident.nature, locale)),
        figures=figures_of(incidents, incident, locale),
        etas=eta_lines(incident, phrases, locale),
        timeline=lines(incidents.timeline(incident_id), notices, phrases, locale),
        finding=incidents.findings(incident_id).get(locale),
    )


def figures_of(incidents: Incidents, incident: Incident, locale: Locale) -> list[tuple[str, str]]:
    """The figures of an incident with their labels."""
    phrases = incidents.phrases
    counted = incidents.figures(incident)
    end = incident.restored_at
    return [
        (text("Services", locale), phrases.services(incident.capabilities, locale)),
        (text("Began", locale), phrases.moment(incident.opened_at, locale)),
        (text("Normal again", locale), phrases.moment(end, locale) if end else text("not yet", locale)),
        (text("Lasted", locale), phrases.lasting(counted.duration, locale)),
        (text("Not normal for", locale), phrases.lasting(counted.downtime, locale)),
        (text("Customers whose services were affected", locale), number(counted.customers, locale)),
        (text("Share of all customers", locale), phrases.share(round(counted.share * 100), locale)),
        (text("Customers who met it", locale), number(counted.noticed, locale)),
        (text("Wrong balances shown", locale), _wrong(counted, locale)),
    ]


def _wrong(counted: Figures, locale: Locale) -> str:
    if counted.balances_wrong is None or counted.balances_checked is None:
        return text("not measured", locale)
    return text(
        "{wrong}, of {checked} checked again",
        locale,
        wrong=number(counted.balances_wrong, locale),
        checked=number(counted.balances_checked, locale),
    )


def pdf(report: Report, *, origin: str, moment: Moment) -> bytes:
    """The report as a PDF; the same report gives the same bytes."""
    locale, incident = report.locale, report.incident
    parts = [_part(text("What was expected", locale), _expected(report, moment))] if report.etas else []
    if report.finding is None:
        parts.append(_part(text("Cause", locale), text("It is still being looked into.", locale)))
    else:
        parts.append(_part(text("Cause", locale), report.finding.cause))
        parts.append(_part(text("What follows from it", locale), report.finding.measures))
    said = {
        "locale": locale,
        "direction": DIRECTIONS[locale],
        "title": report.title,
        "institution": report.institution,
        "summary": report.summary,
        "figures_title": text("Figures", locale),
        "figures": report.figures,
        "parts": parts,
        "timeline_title": text("Timeline", locale),
        "timeline": [(moment(line.at, locale), line.words) for line in report.timeline],
        "footer": f"{origin}/{locale}/incidents/{incident.id}/report",
    }
    printed = msgspec.json.encode(_printed(said)).decode()
    compiled = typst.compile(
        _TEMPLATE,
        root=_ROOM,
        font_paths=[_ROOM / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": printed},
        format="pdf",
        timestamp=incident.closed_at or incident.opened_at,
    )
    return compiled if isinstance(compiled, bytes) else b"".join(compiled or [])


def _printed(value: object) -> object:
    """The same with every text as it may stand on paper."""
    if isinstance(value, str):
        return harmless(value).translate(_UNPRINTED)
    if isinstance(value, dict):
        return {name: _printed(held) for name, held in value.items()}
    return [_printed(held) for held in value] if isinstance(value, (list, tuple)) else value


def _part(title: str, said: str) -> dict[str, object]:
    return {"title": title, "lines": [line for line in said.splitlines() if line.strip()]}


def _expected(report: Report, moment: Moment) -> str:
    locale = report.locale
    told = []
    for one in report.etas:
        eta = moment(one.eta, locale) if one.eta else text("not known", locale)
        told.append(f"{moment(one.said_at, locale)} → {eta}" + (f" ({one.error})" if one.error else ""))
    return "\n".join(told)
