"""Places for databases on both engines, and what the first release left behind."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dawam.migrations import migrate
from dawam.storage import Storage

from .full import TABLES, grow

RELEASES = Path(__file__).parent / "releases"

Place = Callable[[str], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """The URL of a new, empty database of a name, on each engine in turn."""
    if request.param == "sqlite":
        yield lambda name: f"sqlite:///{tmp_path / name}.db"
        return
    cluster = request.getfixturevalue("postgresql_cluster")
    made: list[str] = []

    def create(_: str) -> str:
        made.append(cluster.url())
        return made[-1]

    yield create
    for url in made:
        cluster.drop(url)


@pytest.fixture
def first_release(tmp_path: Path) -> Path:
    """An SQLite file full of data, as the first release wrote it."""
    return restored("version_1", tmp_path / "first.db")


@pytest.fixture(scope="session")
def first_answers() -> dict[str, Any]:
    """What the first release answered about what it left behind."""
    found: dict[str, Any] = json.loads((RELEASES / "version_1.json").read_text())
    return found


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today with something in every table; to be copied, not changed."""
    file = restored("version_1", tmp_path_factory.mktemp("grown") / "grown.db")
    migrate(f"sqlite:///{file}", backup=False)
    storage = Storage.open(f"sqlite:///{file}", tables=TABLES, inline=True)
    grow(storage)
    storage.close()
    return file


def restored(release: str, file: Path) -> Path:
    """What a release left behind, as a file again."""
    connection = sqlite3.connect(file)
    connection.executescript((RELEASES / f"{release}.sql").read_text())
    connection.close()
    return file
