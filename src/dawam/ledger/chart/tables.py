"""The chart's one table. Paths are compared byte by byte, whatever the database's language is."""

from sqlalchemy import CheckConstraint, Column, LargeBinary, String, Table

from dawam.storage import metadata

chart = Table(
    "ledger_chart",
    metadata,
    Column("path", String(200, collation="C").with_variant(String(200), "sqlite"), primary_key=True),
    Column("account_id", LargeBinary(16), nullable=False, unique=True),
    CheckConstraint("length(path) BETWEEN 1 AND 200 AND length(account_id) = 16"),
)

TABLES: list[Table] = [chart]
