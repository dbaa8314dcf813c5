"""The mirror's tables: which account is which in the ledger, where each feed stands, what it booked by hour.

`balance_minor` and `held_minor` repeat what the ledger holds, so that one statement reads an account together
with the position it is true for; every batch checks that they agree. Of what was booked after
`feed_counts.since` nothing is missing in `feed_hours`.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from dawam.storage import metadata

institutions = Table(
    "institutions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False, unique=True),
    CheckConstraint("number BETWEEN 1 AND 65535"),
)

mirror_accounts = Table(
    "mirror_accounts",
    metadata,
    Column("institution", Integer, ForeignKey(institutions.c.number), primary_key=True, autoincrement=False),
    Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
    Column("account", String(120), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("known_from_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("balance_minor", BigInteger, nullable=False),
    Column("held_minor", BigInteger, nullable=False),
    CheckConstraint("ordinal > 0 AND held_minor >= 0 AND last_seq >= known_from_seq"),
    Index("mirror_accounts_account", "institution", "account", unique=True),
    sqlite_with_rowid=False,
)

mirror_holds = Table(
    "mirror_holds",
    metadata,
    Column("institution", Integer, ForeignKey(institutions.c.number), primary_key=True, autoincrement=False),
    Column("payment_id", String(26), primary_key=True),
    Column("account", String(120), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    CheckConstraint("amount_minor > 0"),
    sqlite_with_rowid=False,
)

feed_positions = Table(
    "feed_positions",
    metadata,
    Column("institution", Integer, ForeignKey(institutions.c.number), primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_booked_at", BigInteger),  # NULL: nothing mirrored yet
    Column("accounts", BigInteger, nullable=False),
    Column("stopped", String(60)),
    CheckConstraint("last_seq >= first_seq AND first_seq >= 0 AND accounts >= 0"),
)

feed_counts = Table(
    "feed_counts",
    metadata,
    Column("institution", Integer, ForeignKey(institutions.c.number), primary_key=True, autoincrement=False),
    Column("since", BigInteger, nullable=False),
)

feed_hours = Table(
    "feed_hours",
    metadata,
    Column("institution", Integer, ForeignKey(institutions.c.number), primary_key=True, autoincrement=False),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("bookings", BigInteger, nullable=False),
    CheckConstraint("bookings > 0"),
    sqlite_with_rowid=False,
)

TABLES: list[Table] = [
    institutions,
    mirror_accounts,
    mirror_holds,
    feed_positions,
    feed_counts,
    feed_hours,
]
