"""What a target remembers of a copy that is not finished; gone when it is."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, SmallInteger, String, Table

_metadata = MetaData()  # not the database's own: no other code may expect these

origin = Table("copy_origin", _metadata, Column("source", String(400), primary_key=True))

progress = Table(
    "copy_progress",
    _metadata,
    Column("name", String(80), primary_key=True),
    Column("rows", BigInteger, nullable=False),
    Column("last_key", LargeBinary),  # MessagePack of the last row's key; NULL: none yet
    Column("ended", SmallInteger, nullable=False),
)

TABLES = [origin, progress]
