"""Codes that were asked for: one a browser."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, SmallInteger, String, Table

from dawam.storage import metadata

people_codes = Table(
    "people_codes",
    metadata,
    Column("browser", LargeBinary(32), primary_key=True),
    Column("customer", String(40)),
    Column("hashed", String(200), nullable=False),
    Column("tries_left", SmallInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    CheckConstraint("length(browser) = 32", name="code_browser"),
    CheckConstraint("tries_left >= 0", name="code_tries"),
    Index("people_codes_by_expiry", "expires_at"),
)

TABLES = [people_codes]
