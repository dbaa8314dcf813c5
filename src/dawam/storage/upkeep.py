"""A database as upkeep finds it, whatever its version: for migrating, checking and copying."""

from collections.abc import Iterator
from contextlib import contextmanager

from dawam.storage import engine
from dawam.storage.transaction import Rows, Tx


@contextmanager
def alone(url: str) -> Iterator[Tx]:
    """A connection in autocommit that nobody else may write beside; foreign keys are not watched.

    Raises: as `Storage.open`, but knows no version.
    """
    file = engine.file_of(url)
    held = None if file is None else engine.lock(file)
    try:
        connection = engine.connect(file)
        try:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            yield Tx(connection)
        finally:
            connection.close()
    finally:
        if held is not None:
            held.close()


@contextmanager
def looking(url: str) -> Iterator[Rows]:
    """A connection that only reads. Raises: as `Storage.open` with `read_only`, but knows no version."""
    connection = engine.connect(engine.file_of(url), read_only=True)
    try:
        yield Rows(connection)
    finally:
        connection.close()
