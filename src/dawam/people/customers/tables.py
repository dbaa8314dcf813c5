"""Customers and what they hold."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from dawam.storage import metadata
from dawam.web import LOCALES

_LOCALES = ", ".join(f"'{locale}'" for locale in LOCALES)

people_customers = Table(
    "people_customers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("phone", String(16), unique=True),
    Column("email", String(254), unique=True),
    Column("locale", String(2), nullable=False),
    CheckConstraint("length(name) > 0", name="customer_named"),
    CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="customer_reachable"),
    CheckConstraint(f"locale IN ({_LOCALES})", name="customer_locale"),
)
people_holdings = Table(
    "people_holdings",
    metadata,
    Column("institution", String(64), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("customer", String(40), ForeignKey("people_customers.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("label", String(100), nullable=False),
    Index("people_holdings_by_customer", "customer", "place"),
)

TABLES = [people_customers, people_holdings]
