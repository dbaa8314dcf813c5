"""The one collection of tables, the row that says which version of them a database holds, and the lease."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, MetaData, String, Table

SCHEMA_VERSION = 3
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

# Who may write, and how often it has: taking the lease raises the epoch, each commit writes its number.
writer_lease = Table(
    "writer_lease",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("epoch", BigInteger, CheckConstraint("epoch > 0"), nullable=False),
    Column("commits", BigInteger, CheckConstraint("commits >= 0"), nullable=False),
)
