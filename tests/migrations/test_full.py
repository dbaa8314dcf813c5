"""The database that upgrades and copies are tried on leaves nothing out."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from dawam.ledger import Ledger
from dawam.storage import Storage

from .full import TABLES, answers, fill, without_positions


def test_there_is_something_in_every_table(grown: Path) -> None:
    storage = Storage.open(f"sqlite:///{grown}", tables=TABLES, read_only=True)
    empty = [
        table.name
        for table in TABLES
        if not storage.read(lambda rows, table=table: rows.execute(select(table).limit(1)).all())  # type: ignore[misc]
    ]
    # Indexes are written every 65,536 records, trees of balances when somebody asks for a checkpoint.
    assert [name for name in empty if "tree" not in name] == ["ledger_metadata"]
    assert Ledger(storage).audit().ok
    storage.close()


def test_a_new_database_filled_today_answers_as_the_first_release_did(first_answers: dict[str, Any]) -> None:
    storage = Storage.open("sqlite://", tables=TABLES)
    books = fill(storage)
    assert without_positions(answers(storage, books)) == without_positions(first_answers)
    storage.close()
