"""What the public is told: maintenance, incidents, notices, and how each reaches its readers.

Promises: what happened is said by itself, with nature, scope, since when and until when; nothing is said
twice; every notice can be checked; nothing published is changed in silence. Page: docs/status.md.
"""

from dawam.status import incidents, notices, publishing, subscriptions, windows
from dawam.status.incidents import Incident, Incidents, IncidentSettings
from dawam.status.notices import (
    Checked,
    Notice,
    Notices,
    NoticeSettings,
    NoticeText,
    Verdict,
    Wording,
    grouped,
    harmless,
)
from dawam.status.publishing import Publisher, Sources
from dawam.status.subscriptions import Subscriptions, SubscriptionSettings
from dawam.status.windows import MaintenanceSettings, MaintenanceWindow, Windows, WindowState

TABLES = [*notices.TABLES, *incidents.TABLES, *windows.TABLES, *publishing.TABLES, *subscriptions.TABLES]

__all__ = [
    "TABLES",
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
    "Publisher",
    "Sources",
    "SubscriptionSettings",
    "Subscriptions",
    "Verdict",
    "WindowState",
    "Windows",
    "Wording",
    "grouped",
    "harmless",
]
