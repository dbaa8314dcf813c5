"""Who signs in: customers and staff, their passkeys, codes and sessions, and the trail of who did what.

Promises: no secret is kept but as a hash that is slow to guess; nobody learns from an answer who exists;
a session ends when it should; an entry of the trail cannot be changed. Page: docs/people.md.
"""

from pathlib import Path

from sqlalchemy import Table

from dawam.people import codes, customers, passkeys, sessions, staff, trail
from dawam.people.codes import Argon2, Codes, SlowHash, ThreadedArgon2
from dawam.people.customers import Customer, Customers, Holding
from dawam.people.entrance import Entered, Entrance, Own
from dawam.people.names import Match, match_names
from dawam.people.pages import page_routes
from dawam.people.passkeys import Passkey, Passkeys
from dawam.people.service import People, Send
from dawam.people.sessions import Ended, How, Opening, OpenSessions, Session
from dawam.people.settings import PeopleSettings
from dawam.people.staff import Actor, Member, Staff
from dawam.people.trail import SYSTEM, Entry, Finding, Found, Trail

TEMPLATES = Path(__file__).with_name("templates")
TABLES: list[Table] = [
    *customers.TABLES,
    *staff.TABLES,
    *passkeys.TABLES,
    *codes.TABLES,
    *sessions.TABLES,
    *trail.TABLES,
]

__all__ = [
    "SYSTEM",
    "TABLES",
    "TEMPLATES",
    "Actor",
    "Argon2",
    "Codes",
    "Customer",
    "Customers",
    "Ended",
    "Entered",
    "Entrance",
    "Entry",
    "Finding",
    "Found",
    "Holding",
    "How",
    "Match",
    "Member",
    "OpenSessions",
    "Opening",
    "Own",
    "Passkey",
    "Passkeys",
    "People",
    "PeopleSettings",
    "Send",
    "Session",
    "SlowHash",
    "Staff",
    "ThreadedArgon2",
    "Trail",
    "match_names",
    "page_routes",
]
