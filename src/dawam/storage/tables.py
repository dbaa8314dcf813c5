"""The one collection of tables, and the row that says which version of them a database holds."""

from sqlalchemy import Column, Integer, MetaData, String, Table

SCHEMA_VERSION = 1
SCHEMA_NAME = "dawam"
COPY_NAME = "dawam copy"
"""What a database is called while a copy into it is not finished."""

metadata = MetaData()

schema = Table(
    "schema",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)
