"""Places for databases on both engines, and what the first release left behind."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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


def restored(release: str, file: Path) -> Path:
    """What a release left behind, as a file again."""
    connection = sqlite3.connect(file)
    connection.executescript((RELEASES / f"{release}.sql").read_text())
    connection.close()
    return file
