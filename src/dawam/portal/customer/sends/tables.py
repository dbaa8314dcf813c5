"""Payments that customers began on the pages."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table

from dawam.portal.customer.sends.model import ACCOUNT_MAX, NAME_MAX, Check
from dawam.storage import metadata

_CHECKS = ", ".join(f"'{word.value}'" for word in Check)

portal_sends = Table(
    "portal_sends",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("customer", String(40), nullable=False),
    Column("institution", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("payee_account", String(ACCOUNT_MAX), nullable=False),
    Column("payee_name", String(NAME_MAX), nullable=False),
    Column("name_check", String(10), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("amount_minor", BigInteger),
    Column("confirmed_at", BigInteger),
    Column("payment_id", String(26)),
    CheckConstraint(f"name_check IN ({_CHECKS})", name="send_check"),
    CheckConstraint("account <> payee_account", name="send_two_accounts"),
    CheckConstraint("amount_minor IS NULL OR amount_minor > 0", name="send_amount"),
    CheckConstraint("confirmed_at IS NULL OR amount_minor IS NOT NULL", name="send_confirmed"),
    CheckConstraint("payment_id IS NULL OR confirmed_at IS NOT NULL", name="send_paid"),
    Index("portal_sends_by_customer", "customer", "id"),
)

TABLES = [portal_sends]
