"""The one collection of tables, and the row that says which version of them a database holds."""

from sqlalchemy import Column, Integer, MetaData, String, Table

SCHEMA_VERSION = 1

metadata = MetaData()

schema = Table(
    "schema",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)
