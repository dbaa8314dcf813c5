"""Cash-out codes, by a keyed hash of their digits."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from dawam.portal.customer.cash_outs.model import State
from dawam.storage import metadata

_STATES = ", ".join(f"'{word.value}'" for word in State)

portal_cash_outs = Table(
    "portal_cash_outs",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("institution", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("digest", LargeBinary(32)),
    Column("turn", SmallInteger, nullable=False),
    Column("tries_left", SmallInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("agent_account", String(64)),
    Column("used_at", BigInteger),
    Column("payment_id", String(26)),
    UniqueConstraint("digest", name="cash_outs_one_a_code"),
    CheckConstraint("amount_minor > 0", name="cash_out_amount"),
    CheckConstraint("tries_left >= 0", name="cash_out_tries"),
    CheckConstraint("expires_at > made_at", name="cash_out_lasts"),
    CheckConstraint(f"state IN ({_STATES})", name="cash_out_state"),
    CheckConstraint("digest IS NULL OR length(digest) = 32", name="cash_out_digest"),
    CheckConstraint("state <> 'open' OR digest IS NOT NULL", name="cash_out_open"),
    CheckConstraint("(state = 'used') = (agent_account IS NOT NULL)", name="cash_out_used"),
    CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="cash_out_used_at"),
    CheckConstraint("payment_id IS NULL OR state = 'used'", name="cash_out_paid"),
    Index("portal_cash_outs_by_customer", "customer", "id"),
    Index("portal_cash_outs_by_expiry", "expires_at"),
)

TABLES = [portal_cash_outs]
