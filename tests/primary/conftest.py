"""A bank and a mirror of it."""

from collections.abc import Iterator

import pytest

from .books import Bank, House


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.storage.close()
