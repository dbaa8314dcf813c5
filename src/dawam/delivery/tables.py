"""The queue, the texts that many messages share, and the fan-outs that are under way."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from dawam.storage import metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("way", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("locale", String(2), nullable=False),
    Column("owner", String(40)),
    Column("about", String(80)),
    Column("recipient", Text),
    Column("link", Text),
    Column("text_id", LargeBinary(32)),
    Column("subject", Text),
    Column("body", Text),
    Column("html", Text),
    Column("code", String(60), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'expired')", name="delivery_state"),
    CheckConstraint("rank IN (0, 1) AND tries >= 0", name="delivery_counts"),
    CheckConstraint("(ended_at IS NULL) = (state IN ('waiting', 'sending'))", name="delivery_ended"),
    CheckConstraint("recipient IS NOT NULL OR ended_at IS NOT NULL", name="delivery_recipient"),
    Index("deliveries_due", "state", "way", "rank", "due_at"),
    Index("deliveries_of", "owner", "about"),
    Index("deliveries_ended", "ended_at"),
)
delivery_texts = Table(
    "delivery_texts",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
fan_outs = Table(
    "fan_outs",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("source", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("about", String(80), nullable=False),
    Column("place", String(200), nullable=False),
    Column("reached", BigInteger, CheckConstraint("reached >= 0"), nullable=False),
    Column("state", String(8), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    CheckConstraint("state IN ('running', 'done', 'stopped')", name="fan_out_state"),
    Index("fan_outs_running", "state", "id"),
)
TABLES = [deliveries, delivery_texts, fan_outs]
