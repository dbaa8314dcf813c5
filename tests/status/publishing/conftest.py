"""Publishing over a database of each engine."""

import pytest
from litestar.testing import TestClient

from .stage import Stage


@pytest.fixture
def stage(database_url):
    made = Stage(database_url)
    yield made
    made.storage.close()


@pytest.fixture
def lone():
    """The same over one engine, where the engine does not matter."""
    made = Stage()
    yield made
    made.storage.close()


@pytest.fixture
def client(lone):
    with TestClient(lone.app()) as opened:
        opened.headers["accept"] = "text/html"
        yield opened
