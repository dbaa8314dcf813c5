"""A database as upkeep finds it, whatever its version: for migrating, checking and copying."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dawam.kernel import Conflict, Unavailable
from dawam.storage import lease
from dawam.storage.engines import engine_of
from dawam.storage.transaction import Rows

_SQLITE = "sqlite"


def place_of(url: str) -> str:
    """What names a database, wherever one stands, without its secrets.

    Raises: InvalidInput `database_url_unknown`.
    """
    engine = engine_of(url)
    is_file = url.startswith(_SQLITE) and not engine.private
    return str(Path(engine.where).resolve()) if is_file else engine.where


@contextmanager
def alone(url: str) -> Iterator[Rows]:
    """A connection that changes the database and that nobody else may write beside, in autocommit.

    Foreign keys are not watched on SQLite, where they make dropping a table read all of it.
    Raises: as `Storage.open`, but knows no version.
    """
    engine = engine_of(url)
    try:
        session = engine.open_writer()
        try:
            if session.connection.dialect.name == _SQLITE:
                session.command("PRAGMA foreign_keys=OFF")
            rows = Rows(session)
            with explained(rows, engine.where):
                lease.fence(session)
                yield rows
        finally:
            session.close()
    finally:
        engine.let_go()


@contextmanager
def looking(url: str) -> Iterator[Rows]:
    """A connection that only reads. Raises: as `Storage.open` with `read_only`, but knows no version."""
    engine = engine_of(url)
    session = engine.open_reader()
    try:
        rows = Rows(session)
        with explained(rows, engine.where):
            yield rows
    finally:
        session.close()


@contextmanager
def explained(rows: Rows, place: str) -> Iterator[None]:
    """A failure of the engine itself, such as a damaged file, is told as one.

    Raises: Unavailable `database_unwritable`.
    """
    try:
        yield
    except Exception as error:
        failure = rows.session.failure_of(error)
        if failure is None:
            raise
        raise Unavailable("database_unwritable", file=place, reason=failure.reason) from None


@contextmanager
def whole(rows: Rows) -> Iterator[None]:
    """All that is done within is done, durably, or nothing of it."""
    if not rows.connection.in_transaction():
        rows.connection.begin()  # so that nothing below begins or ends one of its own
    rows.session.begin(None)
    try:
        yield
        rows.session.command("COMMIT")
    except BaseException:
        rows.session.command("ROLLBACK")
        raise


def back_up(rows: Rows, suffix: str) -> Path | None:
    """A copy of an SQLite file beside it; None where there is no file.

    Raises: Conflict `backup_exists`; Unavailable `backup_failed`, and then there is none.
    """
    if rows.connection.dialect.name != _SQLITE:
        return None
    name = rows.connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
    if not name:
        return None
    backup = Path(name + suffix)
    if backup.exists():
        raise Conflict("backup_exists", file=str(backup))
    unfinished = Path(name + suffix + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            rows.connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
        unfinished.rename(backup)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise Unavailable("backup_failed", file=str(backup), reason=str(error)) from None
    return backup
