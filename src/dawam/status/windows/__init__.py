"""Maintenance windows: planned with advice, announced in time, started and finished by themselves.

Promises: nothing starts that the public was not told of; each step is told once, in three languages; a window
that runs over its end is an incident by itself; calendars stay true. Page: docs/maintenance.md.
"""

from pathlib import Path

from dawam.status.windows.advice import (
    Advice,
    Against,
    Candidate,
    HourCount,
    LoadProfile,
    Objection,
    read_load,
)
from dawam.status.windows.history import Act, Change, Times
from dawam.status.windows.model import (
    Draft,
    MaintenanceWindow,
    ShortNotice,
    WindowState,
)
from dawam.status.windows.pages import page_routes
from dawam.status.windows.ports import Note, Ports, Publish
from dawam.status.windows.service import Windows
from dawam.status.windows.settings import HoursOfDay, MaintenanceSettings, NoticeRule
from dawam.status.windows.tables import TABLES

TEMPLATES = Path(__file__).with_name("templates")

__all__ = [
    "TABLES",
    "TEMPLATES",
    "Act",
    "Advice",
    "Against",
    "Candidate",
    "Change",
    "Draft",
    "HourCount",
    "HoursOfDay",
    "LoadProfile",
    "MaintenanceSettings",
    "MaintenanceWindow",
    "Note",
    "NoticeRule",
    "Objection",
    "Ports",
    "Publish",
    "ShortNotice",
    "Times",
    "WindowState",
    "Windows",
    "page_routes",
    "read_load",
]
