"""Passkeys of customers and staff: public keys only."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, SmallInteger, String, Table

from dawam.storage import metadata

people_passkeys = Table(
    "people_passkeys",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("credential", LargeBinary(1023), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("person", String(40), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("backed_up", SmallInteger, nullable=False),
    Column("transports", String(100), nullable=False),
    Column("label", String(60), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    CheckConstraint("length(credential) BETWEEN 1 AND 1023", name="passkey_credential"),
    CheckConstraint("kind IN ('customer', 'staff')", name="passkey_kind"),
    CheckConstraint("count >= 0", name="passkey_count"),
    CheckConstraint("backed_up IN (0, 1)", name="passkey_backed_up"),
    Index("people_passkeys_by_person", "kind", "person"),
)

TABLES = [people_passkeys]
