"""A database as upkeep finds it, whatever its version: for migrating, checking and copying."""

from collections.abc import Iterator
from contextlib import contextmanager

from dawam.storage.engines import engine_of
from dawam.storage.transaction import Rows, Tx


@contextmanager
def alone(url: str) -> Iterator[Tx]:
    """A connection in autocommit that nobody else may write beside; SQLite's foreign keys are not watched.

    Raises: as `Storage.open`, but knows no version.
    """
    engine = engine_of(url)
    try:
        session = engine.open_writer()
        try:
            if session.connection.dialect.name == "sqlite":
                session.command("PRAGMA foreign_keys=OFF")
            yield Tx(session)
        finally:
            session.close()
    finally:
        engine.let_go()


@contextmanager
def looking(url: str) -> Iterator[Rows]:
    """A connection that only reads. Raises: as `Storage.open` with `read_only`, but knows no version."""
    session = engine_of(url).open_reader()
    try:
        yield Rows(session)
    finally:
        session.close()
