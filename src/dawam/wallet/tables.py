"""The wallet core's own tables, beside the ledger's. `number` is the account's id in the ledger."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from dawam.storage import metadata

# On SQLite only INTEGER makes the primary key the row's own number.
_Number = BigInteger().with_variant(Integer, "sqlite")

accounts = Table(
    "wallet_accounts",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("account", String(64), nullable=False, unique=True),
    Column("provider", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String(8), nullable=False),
    Column("overdraft_minor", BigInteger, nullable=False),
    Column("guarded", Integer, nullable=False),
    Column("balance_minor", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("booked_ns", BigInteger, nullable=False),
    Column("opened_ns", BigInteger, nullable=False),
    CheckConstraint("kind IN ('customer', 'agent', 'merchant')", name="wallet_account_kind"),
    CheckConstraint("status IN ('open', 'frozen', 'closed')", name="wallet_account_status"),
    CheckConstraint("overdraft_minor >= 0 AND last_seq >= 0", name="wallet_account_bounds"),
    CheckConstraint("guarded = 0 OR balance_minor >= -overdraft_minor", name="wallet_account_not_below"),
    CheckConstraint("status <> 'closed' OR balance_minor = 0", name="wallet_account_closed_at_zero"),
)

settlements = Table(
    "wallet_settlements",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("provider", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
)
Index("wallet_settlements_of", settlements.c.provider, settlements.c.currency, unique=True)

events = Table(
    "wallet_events",
    metadata,
    Column("seq", _Number, primary_key=True, autoincrement=False),
    Column("account_number", _Number, ForeignKey("wallet_accounts.number"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("balance_after_minor", BigInteger, nullable=False),
    Column("booked_ns", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("payment_id", String(64)),
    CheckConstraint("seq > 0", name="wallet_event_seq"),
)
Index("wallet_events_of", events.c.account_number, events.c.seq)

payments = Table(
    "wallet_payments",
    metadata,
    Column("payment_id", String(64), primary_key=True),
    Column("order_digest", LargeBinary(32), nullable=False),
    Column("status", String(8), nullable=False),
    Column("code", String(40), nullable=False),
    Column("seq", BigInteger),
    Column("decided_ns", BigInteger, nullable=False),
    CheckConstraint("(status = 'approved') = (seq IS NOT NULL)", name="wallet_payment_booked"),
    CheckConstraint("status IN ('approved', 'declined')", name="wallet_payment_status"),
)

advices = Table(
    "wallet_advices",
    metadata,
    Column("advice_id", String(64), primary_key=True),
    Column("payment_id", String(64), nullable=False),
    Column("order_digest", LargeBinary(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("code", String(40), nullable=False),
    Column("seq", BigInteger),
    Column("taken_ns", BigInteger, nullable=False),
    CheckConstraint("status IN ('applied', 'already_applied', 'rejected')", name="wallet_advice_status"),
)

TABLES: list[Table] = [accounts, settlements, events, payments, advices]
