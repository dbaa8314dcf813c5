"""Advices, one row each, with all that they say: a row is the message."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from dawam.storage import metadata

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

TABLES = [advices]
