"""Open sessions, each under the SHA-256 of its cookie's value."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, String, Table

from dawam.people.sessions.model import Ended, How
from dawam.storage import metadata

_HOWS = ", ".join(f"'{word.value}'" for word in How)
_ENDS = ", ".join(f"'{word.value}'" for word in Ended)

people_sessions = Table(
    "people_sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(26), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("person", String(40), nullable=False),
    Column("how", String(10), nullable=False),
    Column("began_at", BigInteger, nullable=False),
    Column("proved_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("device", String(60), nullable=False),
    Column("ended", String(20)),
    CheckConstraint("length(digest) = 32", name="session_digest"),
    CheckConstraint("kind IN ('customer', 'staff')", name="session_kind"),
    CheckConstraint(f"how IN ({_HOWS})", name="session_how"),
    CheckConstraint(f"ended IS NULL OR ended IN ({_ENDS})", name="session_ended"),
    CheckConstraint("proved_at >= began_at AND seen_at >= began_at", name="session_times"),
    Index("people_sessions_by_person", "kind", "person"),
    Index("people_sessions_by_began_at", "began_at"),
)

TABLES = [people_sessions]
