"""Incidents, what happened in them, what was expected, and who was affected."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from dawam.status.incidents.model import EntryKind, Nature, State
from dawam.storage import metadata
from dawam.web import LOCALES


def _words(kind: type[State] | type[Nature] | type[EntryKind]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


_LOCALES = ", ".join(f"'{locale}'" for locale in LOCALES)

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("nature", String(20), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("window_id", String(40)),
    Column("confirmed_at", BigInteger),
    Column("restored_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("reopened", Integer, nullable=False),
    Column("customers_affected", BigInteger, nullable=False),
    Column("customers_total", BigInteger, nullable=False),
    Column("balances_checked", BigInteger),
    Column("balances_wrong", BigInteger),
    Column("balances_until", BigInteger),
    Column("major_at", BigInteger),
    Column("impact_eur", BigInteger),
    Column("told_at", BigInteger),
    Column("told", String(300), nullable=False),
    Column("looked_until", BigInteger),
    CheckConstraint(f"state IN ({_words(State)})", name="incident_state_known"),
    CheckConstraint(f"nature IN ({_words(Nature)})", name="incident_nature_known"),
    CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="incident_closed_at"),
    CheckConstraint("state <> 'monitoring' OR restored_at IS NOT NULL", name="incident_restored_at"),
    CheckConstraint("balances_wrong <= balances_checked", name="incident_balances_wrong"),
    CheckConstraint("impact_eur IS NULL OR impact_eur >= 0", name="incident_impact"),
    Index("incidents_by_institution", "institution", "opened_at"),
)
incident_conditions = Table(
    "incident_conditions",
    metadata,
    Column("incident_id", String(26), ForeignKey("incidents.id"), primary_key=True),
    Column("capability", String(20), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("mode", String(20), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("share_percent", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    CheckConstraint("share_percent BETWEEN 0 AND 100", name="incident_share_percent"),
)
incident_entries = Table(
    "incident_entries",
    metadata,
    Column("incident_id", String(26), ForeignKey("incidents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("capability", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("share_percent", Integer, nullable=False),
    Column("words", String(500), nullable=False),
    Column("by", String(40), nullable=False),
    Column("once", String(40), unique=True),
    CheckConstraint(f"kind IN ({_words(EntryKind)})", name="incident_entry_kind_known"),
)
incident_etas = Table(
    "incident_etas",
    metadata,
    Column("incident_id", String(26), ForeignKey("incidents.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("eta", BigInteger),
    Column("said_at", BigInteger, nullable=False),
    Column("by", String(40), nullable=False),
    CheckConstraint("eta IS NULL OR eta > said_at", name="incident_eta_ahead"),
)
incident_findings = Table(
    "incident_findings",
    metadata,
    Column("incident_id", String(26), ForeignKey("incidents.id"), primary_key=True),
    Column("locale", String(2), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("measures", Text, nullable=False),
    CheckConstraint(f"locale IN ({_LOCALES})", name="incident_finding_locale_known"),
)
incident_affected = Table(
    "incident_affected",
    metadata,
    Column("incident_id", String(26), ForeignKey("incidents.id"), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("why", String(20), nullable=False),
    Column("at", BigInteger, nullable=False),
)

TABLES = [
    incidents,
    incident_conditions,
    incident_entries,
    incident_etas,
    incident_findings,
    incident_affected,
]
