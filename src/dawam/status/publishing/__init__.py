"""What everybody can read: status pages, ninety days of history, feeds, warnings, a banner for other pages.

Promises: what has changed is published within two seconds; uptime is counted honestly (planned apart, what
the standby system answered apart, what nobody measured is said to be not measured); a crowd of readers costs
what one costs. Page: docs/publishing.md.
"""

from pathlib import Path

from dawam.status.publishing.pages import page_routes
from dawam.status.publishing.ports import Desk, IncidentBook, Sources, WindowBook
from dawam.status.publishing.publisher import Publisher, topic_of
from dawam.status.publishing.tables import TABLES
from dawam.status.publishing.uptime import Stretch

TEMPLATES = Path(__file__).with_name("templates")

__all__ = [
    "TABLES",
    "TEMPLATES",
    "Desk",
    "IncidentBook",
    "Publisher",
    "Sources",
    "Stretch",
    "WindowBook",
    "page_routes",
    "topic_of",
]
