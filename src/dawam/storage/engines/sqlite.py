"""SQLite, in a file or in memory. One process writes: it holds a lock file beside the database."""

import fcntl
import os
import socket
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.expression import ClauseElement

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.storage.engines.protocol import Failure, Mark, Value
from dawam.storage.engines.text import Texts

IN_MEMORY = "sqlite://"
PREFIX = "sqlite:///"
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA busy_timeout=5000",
)
_MARK = "UPDATE writer_lease SET commits = ? WHERE name = ? AND epoch = ?"
_LOST = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
}
_texts = Texts(SQLiteDialect_pysqlite())


class SqliteSession:
    """One connection to a file, or the only one to a database in memory."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._driver: Any = connection.connection.driver_connection

    def fetch(self, statement: ClauseElement, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement."""
        text = _texts.of(statement)
        given = values if text.whole else text.filled(values)
        rows: list[tuple[Any, ...]] = self._driver.execute(text.sql, given).fetchall()
        return rows

    def fetch_each(
        self, statement: ClauseElement, rows: Sequence[Sequence[Value]]
    ) -> list[list[tuple[Any, ...]]]:
        """A module-level query, once a row: there is no way to go."""
        text = _texts.of(statement)
        execute, sql = self._driver.execute, text.sql
        return [execute(sql, row if text.whole else text.filled(row)).fetchall() for row in rows]

    def many(self, statement: ClauseElement, rows: Iterable[Sequence[Value]]) -> None:
        """A module-level statement, once a row."""
        text = _texts.of(statement)
        self._driver.executemany(text.sql, rows if text.whole else map(text.filled, rows))

    def command(self, text: str) -> None:
        """A command without parameters or rows."""
        self._driver.execute(text)

    def begin(self, mark: Mark | None) -> bool:
        """Begin the writer's transaction and write its mark."""
        self._driver.execute("BEGIN IMMEDIATE")
        if mark is None:
            return True
        written = self._driver.execute(_MARK, (mark.commits, mark.lease, mark.epoch))
        return bool(written.rowcount == 1)

    def stands(self) -> bool:
        """False after a full disk, for instance: SQLite has then rolled back by itself."""
        return bool(self._driver.in_transaction)

    def commit(self) -> None:
        """Commit; what fails here is not committed, whatever a crash may yet find in the log."""
        self._driver.execute("COMMIT")

    def begin_snapshot(self) -> None:
        """A read transaction: WAL keeps what it saw first."""
        self._driver.execute("BEGIN")

    def holds(self, mark: Mark) -> bool:
        """Always: the lock file keeps every other writer out."""
        return True

    def set_savepoint(self, *, again: bool) -> None:
        """Set the verb's savepoint."""
        if again:
            self._driver.execute("RELEASE verb")
        self._driver.execute("SAVEPOINT verb")

    def failure_of(self, error: BaseException) -> Failure | None:
        """Disk full, file read-only, unreadable or gone."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, sqlite3.DatabaseError):
            return None
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
        if not isinstance(cause, sqlite3.OperationalError) and code not in _LOST:
            return None
        return Failure(str(cause), read_only=code == sqlite3.SQLITE_READONLY, lost=code in _LOST)

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()
        self.connection.engine.dispose()


class SqliteEngine:
    """`sqlite://`, which lives in memory, or `sqlite:///FILE`."""

    renew_every_s: float | None = None

    def __init__(self, url: str) -> None:
        self._file = None if url == IN_MEMORY else Path(url.removeprefix(PREFIX))
        self._lock: IO[bytes] | None = None
        self._has_readers = False
        self._identity: tuple[int, int] | None = None
        self.private = self._file is None
        self.where = str(self._file)

    def open_writer(self, *, take_over_after_s: float | None = None) -> SqliteSession:
        """The one session that may write; a dead process holds no lock, so nothing is ever taken over."""
        if self._file is None:
            return _opened(self.where, ":memory:")
        if self._lock is None:
            self._lock = _locked(self._file)
        if self._identity not in (None, _identity(self._file)):
            raise Unavailable("storage_unavailable", reason="another file stands in the database's place")
        session = _opened(self.where, str(self._file))
        try:
            session.command("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            session.close()
            raise Unavailable("database_unwritable", file=self.where, reason=str(error)) from None
        self._identity = _identity(self._file)
        return session

    def open_reader(self) -> SqliteSession:
        """A session that cannot write."""
        if self._file is None:
            return _opened(self.where, ":memory:")
        if not self._file.exists():
            raise InvalidInput("database_missing", file=self.where)
        self._has_readers = True
        return _opened(self.where, f"{self._file.resolve().as_uri()}?mode=ro")

    def let_go(self) -> None:
        """Release the lock file, and take away what reading has brought."""
        if self._has_readers and self._file is not None:
            _take_away_log(self._file.resolve())
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _take_away_log(file: Path) -> None:
    """Remove an empty log and its index, as the last connection that may write does when it closes.

    A reader needs both, and cannot remove them. SQLite itself removes them here, under its lock, and only if
    nobody else has the file open. A log with anything in it stays: who reads does not change the database.
    """
    with suppress(OSError, sqlite3.Error):
        if file.with_name(f"{file.name}-wal").stat().st_size == 0:
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=0)) as driver:
                driver.execute("PRAGMA query_only=ON")
                driver.execute("PRAGMA schema_version").fetchone()


def _locked(file: Path) -> IO[bytes]:
    """Hold the database against every other process until the returned file is closed."""
    try:
        handle = open(file.with_name(file.name + ".lock"), "a+b")  # noqa: SIM115  held until close
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Unavailable("database_unwritable", file=str(file), reason=reason) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = handle.read(200).decode(errors="replace").strip()
        handle.close()
        raise Conflict("database_in_use", file=str(file), holder=holder or "another process") from None
    handle.truncate(0)
    try:
        handle.write(f"{socket.gethostname()} pid {os.getpid()}\n".encode())
        handle.flush()
    except OSError:  # a full disk does not matter here: the name is a courtesy
        pass
    return handle


def _int8_at(stored: bytes, place: int) -> int:
    return int.from_bytes(stored[place - 1 : place + 7], "big", signed=True)


def _opened(where: str, name: str) -> SqliteSession:
    def open_driver() -> sqlite3.Connection:
        driver = sqlite3.connect(name, uri=name.startswith("file:"), check_same_thread=False)
        for pragma in _PRAGMAS:
            driver.execute(pragma)
        driver.create_function("int8_at", 2, _int8_at, deterministic=True)
        return driver

    engine = create_engine(IN_MEMORY, creator=open_driver, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        return SqliteSession(engine.connect())
    except Exception as error:
        reason = getattr(error, "orig", error)
        raise Unavailable("database_unwritable", file=where, reason=str(reason)) from None
