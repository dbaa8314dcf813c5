"""The ledger's tables. Accounts and transfers share one journal, its positions are 1, 2, 3, … without a gap.

An account's `number` and a transfer's `seq` are that position. A transfer holds the counters of its two
accounts after it, and points to the previous transfer of each: an account is what its latest transfer says,
its statement a walk from there, without an index. One transfer in 64, chosen by its seal, is a waypoint of
both accounts, from which the past is found. Of an account only `latest` ever changes.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)

from dawam.storage import metadata

# On SQLite only INTEGER makes the primary key the row's own number.
_Position = BigInteger().with_variant(Integer, "sqlite")

accounts = Table(
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

latest = Table(
    "ledger_latest",
    metadata,
    Column("number", _Position, ForeignKey(accounts.c.number), primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),  # 0: no transfer yet
)

transfers = Table(
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

pendings = Table(
    "ledger_pendings",
    metadata,
    Column("seq", _Position, ForeignKey(transfers.c.seq), primary_key=True, autoincrement=False),
    Column("status", SmallInteger, nullable=False),
    Column("expires_at", BigInteger),  # NULL: never, or already resolved
    CheckConstraint("status BETWEEN 0 AND 3"),
    Index("ledger_pendings_expires_at", "expires_at"),
)

waypoints = Table(
    "ledger_waypoints",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("timestamp", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

TABLES: list[Table] = [accounts, latest, transfers, pendings, waypoints]
