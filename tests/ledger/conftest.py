"""A ledger in memory, a ledger in a file."""

import pytest

from dawam.ledger import TABLES, Ledger
from dawam.storage import Storage


@pytest.fixture
def storage():
    with_memory = Storage.open("sqlite://", tables=TABLES, inline=True)
    yield with_memory
    with_memory.close()


@pytest.fixture
def ledger(storage):
    return Ledger(storage)


@pytest.fixture
def file_storage(tmp_path):
    in_file = Storage.open(f"sqlite:///{tmp_path / 'books.db'}", tables=TABLES)
    yield in_file
    in_file.close()
