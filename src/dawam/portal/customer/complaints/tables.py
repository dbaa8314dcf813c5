"""Complaints that were filed; what they say stands in the outbox."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String, Table

from dawam.portal.customer.complaints.model import Nature
from dawam.storage import metadata

_KINDS = ", ".join(f"'{word.value}'" for word in Nature)

portal_complaints = Table(
    "portal_complaints",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("filed_at", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    CheckConstraint(f"kind IN ({_KINDS})", name="complaint_kind"),
    Index("portal_complaints_by_customer", "customer", "id"),
)

TABLES = [portal_complaints]
