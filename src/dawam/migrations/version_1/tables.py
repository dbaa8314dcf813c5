"""The tables of version 1, the first release, as they were; they never change again.

Revision 0001 makes them, revision 0002 reads the ledger's.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

# On SQLite only INTEGER makes the primary key the row's own number.
_Position = BigInteger().with_variant(Integer, "sqlite")

ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    Column("number", _Position, primary_key=True, autoincrement=False),
    Column("id", LargeBinary(16), nullable=False, unique=True),
    Column("ledger", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("user_data_128", LargeBinary(16), nullable=False),  # empty: 0
    Column("user_data_64", BigInteger, nullable=False),
    Column("user_data_32", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    CheckConstraint("ledger > 0 AND code > 0"),
)

ledger_latest = Table(
    "ledger_latest",
    metadata,
    Column("number", _Position, ForeignKey(ledger_accounts.c.number), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),  # 0: no transfer yet
)

ledger_transfers = Table(
    "ledger_transfers",
    metadata,
    Column("seq", _Position, primary_key=True, autoincrement=False),
    Column("id", LargeBinary(16), unique=True),  # NULL: the ledger's own record of an expiry
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("pending_id", LargeBinary(16), nullable=False),  # empty: none
    Column("user_data_128", LargeBinary(16), nullable=False),  # empty: 0
    Column("user_data_64", BigInteger, nullable=False),
    Column("user_data_32", BigInteger, nullable=False),
    Column("timeout", BigInteger, nullable=False),
    Column("ledger", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("debit_prev", BigInteger, nullable=False),
    Column("credit_prev", BigInteger, nullable=False),
    Column("debit_debits_pending", BigInteger, nullable=False),
    Column("debit_debits_posted", BigInteger, nullable=False),
    Column("debit_credits_pending", BigInteger, nullable=False),
    Column("debit_credits_posted", BigInteger, nullable=False),
    Column("credit_debits_pending", BigInteger, nullable=False),
    Column("credit_debits_posted", BigInteger, nullable=False),
    Column("credit_credits_pending", BigInteger, nullable=False),
    Column("credit_credits_posted", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    CheckConstraint("amount >= 0 AND debit <> credit"),
)

ledger_pendings = Table(
    "ledger_pendings",
    metadata,
    Column("seq", _Position, ForeignKey(ledger_transfers.c.seq), primary_key=True, autoincrement=False),
    Column("status", SmallInteger, nullable=False),
    Column("expires_at", BigInteger),  # NULL: never, or already resolved
    CheckConstraint("status BETWEEN 0 AND 3"),
    Index("ledger_pendings_expires_at", "expires_at"),
)

ledger_waypoints = Table(
    "ledger_waypoints",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("timestamp", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

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

advices = Table(
    "advices",
    metadata,
    Column("advice_id", String(26), primary_key=True),
    Column("payment_id", String(26), ForeignKey("payments.payment_id"), nullable=False, unique=True),
    Column("institution", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("debit_account", String(64), nullable=False),
    Column("credit_account", String(64), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("code", String(40), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("seq", BigInteger),
    Column("answered_at", BigInteger),
    Column("proposed_action", String(20)),
    Column("proposed_by", String(40)),
    Column("settled_by", String(40)),
    CheckConstraint("amount_minor > 0", name="advice_amount"),
    CheckConstraint(
        "state IN ('waiting', 'applied', 'already_applied', 'parked', 'written_off')",
        name="advice_state",
    ),
    CheckConstraint("settled_by IS NULL OR settled_by <> proposed_by", name="advice_two_people"),
)
_waiting = advices.c.state == "waiting"
Index(
    "advices_waiting",
    advices.c.institution,
    advices.c.advice_id,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)

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
    CheckConstraint("mode IN ('normal', 'standing_in', 'recovering')", name="mode_known"),
    CheckConstraint(
        "reason IN ('operator', 'maintenance', 'contradicted', 'unreachable', 'slow', 'feed_stale', "
        "'healthy')",
        name="mode_reason_known",
    ),
    CheckConstraint("share_percent BETWEEN 0 AND 100", name="mode_share_percent"),
    Index("mode_changes_by_institution", "institution", "id"),
)

wallet_accounts = Table(
    "wallet_accounts",
    metadata,
    Column("number", Integer, primary_key=True),
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

wallet_settlements = Table(
    "wallet_settlements",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("provider", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
)
Index("wallet_settlements_of", wallet_settlements.c.provider, wallet_settlements.c.currency, unique=True)

wallet_events = Table(
    "wallet_events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("account_number", Integer, ForeignKey("wallet_accounts.number"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("balance_after_minor", BigInteger, nullable=False),
    Column("booked_ns", BigInteger, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("payment_id", String(64)),
    CheckConstraint("seq > 0", name="wallet_event_seq"),
)
Index("wallet_events_of", wallet_events.c.account_number, wallet_events.c.seq)

wallet_payments = Table(
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

wallet_advices = Table(
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
