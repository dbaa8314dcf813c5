"""The ledger's tables: the journal, which is the truth, and indexes, which follow from it.

`journal` is written in every commit: blocks of records of one kind, a block at the position of its first
record; positions are 1, 2, 3, … without a gap. `accounts`, `nodes` and `checkpoints` are written with it. The
others are brought up to date every 65,536 records (`state` says up to where); what is newer is read again
from the journal when it is opened. Of all this, only where an account's newest transfer and terms are, what
became of a hold, where the newest metadata is, and `state` ever change. Page: docs/ledger.md.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    event,
)

from dawam.storage import metadata

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

TABLES: list[Table] = [
    journal,
    nodes,
    checkpoints,
    accounts,
    holds,
    waypoints,
    postings,
    times,
    lates,
    runs,
    ids,
    notes,
    state,
]
