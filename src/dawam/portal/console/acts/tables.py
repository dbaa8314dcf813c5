"""Every order that the staff gave, and how it was settled."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String, Table

from dawam.portal.console.acts.model import REASON_MAX, Act, State
from dawam.storage import metadata


def _words(kind: type[Act] | type[State]) -> str:
    return ", ".join(f"'{word.value}'" for word in kind)


orders = Table(
    "console_orders",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(40), nullable=False),
    Column("act", String(20), nullable=False),
    Column("capabilities", String(100), nullable=False),
    Column("reason", String(REASON_MAX), nullable=False),
    Column("by", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("second", String(40)),
    Column("settled_at", BigInteger),
    CheckConstraint(f"act IN ({_words(Act)})", name="order_act"),
    CheckConstraint(f"state IN ({_words(State)})", name="order_state"),
    CheckConstraint('second IS NULL OR second <> "by"', name="order_two_people"),
    Index("console_orders_by_state", "state", "id"),
)

TABLES = [orders]
