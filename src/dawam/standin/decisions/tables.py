"""Payments, one row each, and the accounts that the primary calls frozen."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from dawam.storage import metadata

payments = Table(
    "payments",
    metadata,
    Column("payment_id", String(26), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("key", String(255), nullable=False),
    Column("body_digest", LargeBinary(16), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("debit_account", String(64), nullable=False),
    Column("credit_account", String(64), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("status", String(10), nullable=False),
    Column("code", String(40), nullable=False),
    Column("decided_by", String(10), nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    UniqueConstraint("institution", "key", name="payments_once_per_key"),
    CheckConstraint("amount_minor > 0", name="payment_amount"),
    CheckConstraint("status IN ('pending', 'approved', 'declined')", name="payment_status"),
    CheckConstraint("decided_by IN ('primary', 'stand-in')", name="payment_decided_by"),
)
Index("payments_by_debit_account", payments.c.institution, payments.c.debit_account, payments.c.decided_at)
_open = payments.c.status == "pending"
Index(
    "payments_pending",
    payments.c.institution,
    payments.c.payment_id,
    sqlite_where=_open,
    postgresql_where=_open,
)

frozen_accounts = Table(
    "frozen_accounts",
    metadata,
    Column("institution", String(40), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("since", BigInteger, nullable=False),
)

TABLES = [payments, frozen_accounts]
