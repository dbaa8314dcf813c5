"""The database that upgrades and copies are tried on leaves nothing out."""

from sqlalchemy import select

from dawam.storage import Storage

from .full import TABLES, fill


def test_there_is_something_in_every_table() -> None:
    storage = Storage.open("sqlite://", tables=TABLES)
    books = fill(storage)
    empty = [
        table.name
        for table in TABLES
        if not storage.read(lambda rows, table=table: rows.execute(select(table).limit(1)).all())  # type: ignore[misc]
    ]
    assert empty == []
    assert books.audit().ok
    storage.close()
