"""What went wrong, told by itself: opened by changes of mode, merged, worded by people, closed with a report.

Promises: at most one open incident an outage, however modes flap; every change of mode is in its timeline;
every notice is published in the transaction of what it tells. Page: docs/incidents.md.
"""

from dawam.status.incidents.console import console_routes
from dawam.status.incidents.figures import (
    Assessment,
    Criterion,
    EtaError,
    Figures,
    ReportClock,
    Span,
    accuracy,
    downtime,
    spans,
)
from dawam.status.incidents.model import Condition, Entry, EntryKind, Eta, Finding, Incident, Nature, State
from dawam.status.incidents.pages import TEMPLATES, page_routes
from dawam.status.incidents.ports import Ports, Touched
from dawam.status.incidents.service import Incidents
from dawam.status.incidents.settings import IncidentSettings, MajorThresholds
from dawam.status.incidents.tables import TABLES
from dawam.status.incidents.wording import NATURE_NAMES, STATE_NAMES, Phrases

__all__ = [
    "NATURE_NAMES",
    "STATE_NAMES",
    "TABLES",
    "TEMPLATES",
    "Assessment",
    "Condition",
    "Criterion",
    "Entry",
    "EntryKind",
    "Eta",
    "EtaError",
    "Figures",
    "Finding",
    "Incident",
    "IncidentSettings",
    "Incidents",
    "MajorThresholds",
    "Nature",
    "Phrases",
    "Ports",
    "ReportClock",
    "Span",
    "State",
    "Touched",
    "accuracy",
    "console_routes",
    "downtime",
    "page_routes",
    "spans",
]
