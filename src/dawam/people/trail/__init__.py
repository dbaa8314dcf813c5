"""Who did what, when and why: entries chained by SHA-256, which the database itself refuses to change."""

from dawam.people.trail.model import Entry, Finding, Found, sealed
from dawam.people.trail.service import SYSTEM, Trail
from dawam.people.trail.tables import TABLES

__all__ = ["SYSTEM", "TABLES", "Entry", "Finding", "Found", "Trail", "sealed"]
