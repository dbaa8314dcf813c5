"""What the public is told: maintenance, incidents, notices, and how each reaches its readers.

Promises: what happened is said by itself, with nature, scope, since when and until when; nothing is said
twice; every notice can be checked; nothing published is changed in silence. Page: docs/status.md.
"""

from dawam.status import incidents, notices, windows
from dawam.status.incidents import Incident, Incidents, IncidentSettings
from dawam.status.notices import Checked, Notice, Notices, NoticeSettings, NoticeText, Verdict, Wording
from dawam.status.windows import TEMPLATES as WINDOW_TEMPLATES
from dawam.status.windows import MaintenanceSettings, MaintenanceWindow, Windows, WindowState
from dawam.status.windows import Ports as WindowPorts
from dawam.status.windows import page_routes as window_routes

TABLES = [*notices.TABLES, *incidents.TABLES, *windows.TABLES]

__all__ = [
    "TABLES",
    "WINDOW_TEMPLATES",
    "Checked",
    "Incident",
    "IncidentSettings",
    "Incidents",
    "MaintenanceSettings",
    "MaintenanceWindow",
    "Notice",
    "NoticeSettings",
    "NoticeText",
    "Notices",
    "Verdict",
    "WindowPorts",
    "WindowState",
    "Windows",
    "Wording",
    "window_routes",
]
