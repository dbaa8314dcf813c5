"""The tables that version 2 brought, as they were: the ledger as a journal of blocks, the chart, the lease.

They never change again. Revision 0002 makes them.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    event,
)

metadata = MetaData()

# On SQLite only INTEGER makes the primary key the row's own number.
_Position = BigInteger().with_variant(Integer, "sqlite")


def _key(name: str) -> "Column[int]":
    return Column(name, _Position, primary_key=True, autoincrement=False)


journal = Table(
    "ledger_journal",
    metadata,
    _key("seq"),
    Column("kind", SmallInteger, nullable=False),
    Column("records", LargeBinary, nullable=False),
    CheckConstraint("kind BETWEEN 1 AND 5", name="ledger_journal_kinds"),
    Index("ledger_journal_kind", "kind", "seq"),
)

# Full blocks compress badly and are read whole: on PostgreSQL they stay in the row, half a page each.
event.listen(
    journal,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "ALTER TABLE ledger_journal ALTER COLUMN records SET STORAGE PLAIN"
    ).execute_if(dialect="postgresql"),
)

nodes = Table(
    "ledger_nodes",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    _key("size"),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text),  # signed, if the ledger has a key
)

accounts = Table(
    "ledger_accounts",
    metadata,
    _key("number"),  # the position of its record
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("latest", BigInteger, nullable=False),  # the position of its newest indexed transfer, 0: none
    Column("terms", BigInteger, nullable=False),  # the position of its newest terms, 0: as opened
)

holds = Table(
    "ledger_holds",
    metadata,
    _key("seq"),
    Column("status", SmallInteger, nullable=False),
    Column("expires_at", BigInteger),  # NULL: never, or no longer pending
    CheckConstraint("status BETWEEN 0 AND 3", name="ledger_holds_status"),
    Index("ledger_holds_expires_at", "expires_at"),
)

waypoints = Table(
    "ledger_waypoints",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("timestamp", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("happened", BigInteger, nullable=False),  # the account's latest effective time by then
    sqlite_with_rowid=False,
)

# Where each account's transfers are: chunks of a stretch's postings, `postings.py`.
postings = Table(
    "ledger_postings",
    metadata,
    Column("first", BigInteger, primary_key=True, autoincrement=False),  # the stretch's first position
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("postings", LargeBinary, nullable=False),
)

event.listen(
    postings,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "ALTER TABLE ledger_postings ALTER COLUMN postings SET STORAGE PLAIN"
    ).execute_if(dialect="postgresql"),
)

# Transfers whose position 64 divides, by when they were recorded.
times = Table(
    "ledger_times",
    metadata,
    _key("timestamp"),
    Column("seq", BigInteger, nullable=False),
)

# Bookings that happened before one that was recorded before them.
lates = Table(
    "ledger_lates",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("happened", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Ids that came in ascending order are found between two of these, the others one by one.
runs = Table(
    "ledger_id_runs",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

ids = Table(
    "ledger_ids",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

notes = Table(
    "ledger_metadata",
    metadata,
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),  # 1: account, 2: transfer
    Column("id", LargeBinary, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

state = Table(
    "ledger_state",
    metadata,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("indexed_seq", BigInteger, nullable=False),
    Column("ordered_id", LargeBinary, nullable=False),  # the largest id of a run
    Column("max_id", LargeBinary, nullable=False),
    CheckConstraint("one = 1", name="ledger_state_one"),
)

trees = Table(
    "ledger_trees",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("ledger", BigInteger, primary_key=True, autoincrement=False),
    Column("accounts", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    CheckConstraint("accounts > 0", name="ledger_trees_accounts"),
)

tree_nodes = Table(
    "ledger_tree_nodes",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("ledger", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("nodes", LargeBinary, nullable=False),
)

tree_leaves = Table(
    "ledger_tree_leaves",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("ledger", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("block", Integer, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
)

chart = Table(
    "ledger_chart",
    metadata,
    Column("path", String(200, collation="C").with_variant(String(200), "sqlite"), primary_key=True),
    Column("account_id", LargeBinary(16), nullable=False, unique=True),
    CheckConstraint("length(path) BETWEEN 1 AND 200 AND length(account_id) = 16"),
)

writer_lease = Table(
    "writer_lease",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("epoch", BigInteger, CheckConstraint("epoch > 0"), nullable=False),
    Column("commits", BigInteger, CheckConstraint("commits >= 0"), nullable=False),
)

LEDGER = [table for table in metadata.sorted_tables if table.name.startswith("ledger_")]
