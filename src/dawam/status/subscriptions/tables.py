"""Subscriptions, those who ask for one, addresses that want to be left alone, and the key of links."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from dawam.storage import metadata


def _wishes() -> list[Column[object] | CheckConstraint]:
    return [
        Column("locale", String(2), nullable=False),
        Column("capabilities", String(200), nullable=False),
        Column("quiet_from", Integer),
        Column("quiet_until", Integer),
        Column("wake", Integer, nullable=False),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)"),
        CheckConstraint("wake IN (0, 1)"),
        CheckConstraint("quiet_from IS NULL OR quiet_from BETWEEN 0 AND 1439"),
        CheckConstraint("quiet_until IS NULL OR quiet_until BETWEEN 0 AND 1439"),
    ]


subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(80), nullable=False),
    Column("way", String(8), nullable=False),
    Column("address", Text, nullable=False),
    Column("address_hash", LargeBinary(32), nullable=False),
    *_wishes(),
    Column("confirmed_at", BigInteger, nullable=False),
    Column("refused", Integer, nullable=False),
    Index("subscriptions_of", "institution", "id"),
    Index("subscriptions_once", "address_hash", "institution", unique=True),
)
subscription_asks = Table(
    "subscription_asks",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("institution", String(80), nullable=False),
    Column("way", String(8), nullable=False),
    Column("address", Text, nullable=False),
    Column("address_hash", LargeBinary(32), nullable=False),
    *_wishes(),
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("subscription_asks_ending", "ends_at"),
    Index("subscription_asks_of", "address_hash"),
)
subscription_refusals = Table(
    "subscription_refusals",
    metadata,
    Column("address_hash", LargeBinary(32), primary_key=True),
    Column("until", BigInteger, nullable=False),
)
subscription_keys = Table(
    "subscription_keys",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("secret", LargeBinary(32), nullable=False),
)
TABLES = [subscriptions, subscription_asks, subscription_refusals, subscription_keys]
