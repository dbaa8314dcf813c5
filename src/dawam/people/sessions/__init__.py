"""Who is signed in, where, since when; and why no longer."""

from dawam.people.sessions.model import Ended, How, Session
from dawam.people.sessions.service import Opening, OpenSessions
from dawam.people.sessions.tables import TABLES

__all__ = ["TABLES", "Ended", "How", "OpenSessions", "Opening", "Session"]
