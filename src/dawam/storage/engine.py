"""Connections to a database named by a URL. SQLite, in a file or in memory."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from dawam.kernel import Conflict, InvalidInput, Unavailable

IN_MEMORY = "sqlite://"
_FILE_PREFIX = "sqlite:///"
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA busy_timeout=5000",
)


def file_of(url: str) -> Path | None:
    """The file of `sqlite:///FILE`; None for `sqlite://`, which lives in memory.

    Raises: InvalidInput `database_url_unknown`.
    """
    if url == IN_MEMORY:
        return None
    if not url.startswith(_FILE_PREFIX) or url == _FILE_PREFIX:
        raise InvalidInput("database_url_unknown", url=url.split("@")[-1][:80])
    return Path(url[len(_FILE_PREFIX) :])


def lock(file: Path) -> IO[bytes]:
    """Hold the database against every other process until the returned file is closed.

    Raises: Conflict `database_in_use`; Unavailable `database_unwritable`.
    """
    try:
        handle = open(file.with_name(file.name + ".lock"), "ab")  # noqa: SIM115  held until close
    except OSError as error:
        raise Unavailable(
            "database_unwritable", file=str(file), reason=os.strerror(error.errno or 0)
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise Conflict("database_in_use", file=str(file)) from None
    return handle


def connect(file: Path | None, *, read_only: bool = False) -> Connection:
    """A connection in autocommit: transactions are begun and ended by their owner.

    Raises: Unavailable `database_unwritable`, InvalidInput `database_missing` when read only.
    """

    def open_driver() -> sqlite3.Connection:
        if file is None:
            driver = sqlite3.connect(":memory:", check_same_thread=False)
        elif read_only:
            driver = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        else:
            driver = sqlite3.connect(file, check_same_thread=False)
        for pragma in _PRAGMAS:
            driver.execute(pragma)
        if file is not None and not read_only:
            driver.execute("PRAGMA journal_mode=WAL")
        return driver

    if read_only and file is not None and not file.exists():
        raise InvalidInput("database_missing", file=str(file))
    engine = create_engine(IN_MEMORY, creator=open_driver, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        return engine.connect()
    except Exception as error:
        reason = getattr(error, "orig", error)
        raise Unavailable("database_unwritable", file=str(file), reason=str(reason)) from None
