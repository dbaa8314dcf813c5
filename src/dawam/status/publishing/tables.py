"""What uptime is counted from, and each past day as it was counted: by capability, and its balances."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table

from dawam.standin import Capability, Mode, Reason
from dawam.status.publishing.uptime import Part
from dawam.storage import metadata


def _words(kind: type[Mode] | type[Reason] | type[Capability]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


status_changes = Table(
    "status_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("capability", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("at", BigInteger, nullable=False),
    CheckConstraint(f"capability IN ({_words(Capability)})", name="status_change_capability_known"),
    CheckConstraint(f"mode IN ({_words(Mode)})", name="status_change_mode_known"),
    CheckConstraint(f"reason IN ({_words(Reason)})", name="status_change_reason_known"),
    Index("status_changes_by_time", "institution", "capability", "at", "id"),
)

# Times in which a node was there to see what happened; a new row with each start.
status_watches = Table(
    "status_watches",
    metadata,
    Column("institution", String(40), primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    CheckConstraint("until >= since", name="status_watch_forward"),
)

status_days = Table(
    "status_days",
    metadata,
    Column("institution", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("capability", String(20), primary_key=True),
    *(Column(f"{part.value}_ms", Integer, nullable=False) for part in Part),
    Column("gaps_measured", Integer, nullable=False),
    CheckConstraint(" AND ".join(f"{part.value}_ms >= 0" for part in Part), name="status_day_lengths"),
    CheckConstraint(
        " + ".join(f"{part.value}_ms" for part in Part) + " <= 97200000", name="status_day_is_a_day"
    ),
    CheckConstraint("gaps_measured IN (0, 1)", name="status_day_gaps"),
)

# What became of the balances shown on a past day, where that was measured.
status_balances = Table(
    "status_balances",
    metadata,
    Column("institution", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("shown", BigInteger, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("wrong", BigInteger, nullable=False),
    CheckConstraint("0 <= wrong AND wrong <= checked AND checked <= shown", name="status_balance_counts"),
)

TABLES: list[Table] = [status_changes, status_watches, status_days, status_balances]
