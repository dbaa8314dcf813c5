"""Members of the staff, and the links that invite them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from dawam.storage import metadata

people_members = Table(
    "people_members",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("institutions", String(2000), nullable=False),
    Column("active", SmallInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    CheckConstraint("length(name) > 0", name="member_named"),
    CheckConstraint("length(roles) > 0", name="member_has_roles"),
    CheckConstraint("active IN (0, 1)", name="member_active"),
)
people_invitations = Table(
    "people_invitations",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("member", String(26), ForeignKey("people_members.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    CheckConstraint("length(digest) = 32", name="invitation_digest"),
    Index("people_invitations_by_member", "member"),
)

TABLES = [people_members, people_invitations]
