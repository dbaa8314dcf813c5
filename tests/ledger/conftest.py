"""Ledgers on each engine: in memory, in a file, on a server; and one database full of everything."""

import shutil

import pytest

from dawam.ledger import TABLES, Ledger
from dawam.storage import Storage

from .full_books import full_books


@pytest.fixture(scope="module")
def emptied_url(postgresql_cluster):
    """A PostgreSQL database for the tests of a module, one after another: making one takes long."""
    url = postgresql_cluster.url()
    yield url
    postgresql_cluster.drop(url)


@pytest.fixture(params=["memory", "postgresql"])
def storage(request):
    url = "sqlite://" if request.param == "memory" else request.getfixturevalue("emptied_url")
    opened = Storage.open(url, tables=TABLES, inline=True)
    if request.param == "postgresql":
        names = ", ".join(table.name for table in TABLES)
        opened.write_now(lambda tx: tx.command(f"TRUNCATE {names}"))
    yield opened
    opened.close()


@pytest.fixture
def ledger(storage):
    return Ledger(storage)


@pytest.fixture
def file_storage(database_url):
    opened = Storage.open(database_url, tables=TABLES)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def full_file(tmp_path_factory):
    """An SQLite file full of everything, not to be changed."""
    path = tmp_path_factory.mktemp("full") / "books.db"
    full_books(f"sqlite:///{path}")
    return path


@pytest.fixture
def full_copy(full_file, tmp_path):
    """A copy of it."""
    return shutil.copy(full_file, tmp_path / "copy.db")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full_storage(request, full_file, tmp_path_factory):
    """A database full of everything on each engine, whose constraints do not keep damage out.

    Tests change it within verbs that they let be rolled back.
    """
    if request.param == "sqlite":
        copy = shutil.copy(full_file, tmp_path_factory.mktemp("full") / "books.db")
        opened = Storage.open(f"sqlite:///{copy}", tables=TABLES, inline=True)
        opened.write_now(lambda tx: tx.command("PRAGMA ignore_check_constraints=ON"))
        yield opened
        opened.close()
        return
    cluster = request.getfixturevalue("postgresql_cluster")
    url = cluster.url()
    full_books(url)
    opened = Storage.open(url, tables=TABLES, inline=True)
    for table, name in (("journal", "kinds"), ("holds", "status"), ("state", "one")):
        drop = f"ALTER TABLE ledger_{table} DROP CONSTRAINT ledger_{table}_{name}"
        opened.write_now(lambda tx, drop=drop: tx.command(drop))
    yield opened
    opened.close()
    cluster.drop(url)
