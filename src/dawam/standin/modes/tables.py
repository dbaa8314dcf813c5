"""Every change of mode, for ever."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table

from dawam.standin.messages import Capability, Mode, Reason
from dawam.storage import metadata


def _words(kind: type[Mode] | type[Reason] | type[Capability]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


mode_changes = Table(
    "mode_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("capability", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("share_percent", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("evidence", String(400), nullable=False),
    CheckConstraint(f"mode IN ({_words(Mode)})", name="mode_known"),
    CheckConstraint(f"reason IN ({_words(Reason)})", name="mode_reason_known"),
    CheckConstraint("share_percent BETWEEN 0 AND 100", name="mode_share_percent"),
    Index("mode_changes_by_institution", "institution", "id"),
)

TABLES = [mode_changes]
