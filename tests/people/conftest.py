"""People on a database of the test's own."""

import pytest

from .world import MONA, Town


@pytest.fixture
def town(database_url):
    """People on each engine in turn."""
    town = Town(database_url)
    yield town
    town.close()


@pytest.fixture
def memory_town(tmp_path):
    """People on SQLite, for what does not depend on the engine; Mona is a customer."""
    town = Town(f"sqlite:///{tmp_path / 'people.db'}")
    town.add(MONA)
    yield town
    town.close()
