"""One connection to PostgreSQL, with the driver's fast paths beneath SQLAlchemy's."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement

from dawam.storage.engines import lookups
from dawam.storage.engines.batches import Batches
from dawam.storage.engines.protocol import Failure, Mark, Value
from dawam.storage.engines.text import Texts

_READ_ONLY = "25006"
_texts = Texts(PGDialect_psycopg(paramstyle="format"))  # type: ignore[no-untyped-call]
_batches = Batches(_texts)


class PostgresqlSession:
    """A connection in autocommit; the owner begins and ends transactions."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        self._cursor = self.driver.cursor()

    def fetch(self, statement: ClauseElement, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement."""
        cursor = self._cursor
        text = _texts.of(statement)
        cursor.execute(text.sql, text.filled(values), prepare=True, binary=True)
        return cursor.fetchall() if cursor.description is not None else []

    def fetch_each(
        self, statement: ClauseElement, rows: Sequence[Sequence[Value]]
    ) -> list[list[tuple[Any, ...]]]:
        """A module-level query, once a row, in one round trip."""
        if len(rows) < 2:
            return [self.fetch(statement, row) for row in rows]
        text = _texts.of(statement)
        sql, arrays = lookups.joined(text.sql, rows if text.whole else [text.filled(row) for row in rows])
        self._cursor.execute(sql, arrays, prepare=True, binary=True)
        return lookups.parted(self._cursor.fetchall(), len(rows))

    def many(self, statement: ClauseElement, rows: Iterable[Sequence[Value]]) -> None:
        """A module-level statement for all rows, set-based where its form allows."""
        text = _texts.of(statement)
        _batches.of(statement).run(self._cursor, rows if text.whole else map(text.filled, rows))

    def command(self, text: str) -> None:
        """A command, or several, without parameters or rows, in one round trip."""
        self._cursor.execute(text, prepare=False)

    def begin(self, mark: Mark | None) -> bool:
        """Begin the writer's transaction and write its mark, in one round trip."""
        if mark is None:
            self.command("BEGIN")
            return True
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        self.command(
            f"{begin}; UPDATE writer_lease SET commits = {mark.commits:d}"  # noqa: S608  no text of a caller's
            f" WHERE name = '{mark.lease}' AND epoch = {mark.epoch:d}"
        )
        self._cursor.nextset()
        return self._cursor.rowcount == 1

    def stands(self) -> bool:
        """False after a statement has failed, unless a savepoint took it back."""
        return self.driver.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS

    def commit(self) -> None:
        """Commit. The server answers ROLLBACK, and no error, when a statement had failed before."""
        self.command("COMMIT")
        if self._cursor.statusmessage != "COMMIT":
            raise psycopg.errors.InFailedSqlTransaction("a statement had failed before the commit")

    def begin_snapshot(self) -> None:
        """A transaction that reads one state."""
        self.command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def holds(self, mark: Mark) -> bool:
        """Whether the lease is still this mark's."""
        query = "SELECT 1 FROM writer_lease WHERE name = %s AND epoch = %s"
        return self._cursor.execute(query, (mark.lease, mark.epoch), prepare=True).fetchone() is not None

    def set_savepoint(self, *, again: bool) -> None:
        """Set the verb's savepoint, in one round trip."""
        self.command("RELEASE verb; SAVEPOINT verb" if again else "SAVEPOINT verb")

    def failure_of(self, error: BaseException) -> Failure | None:
        """Server gone, disk full, transaction read-only, lock not to be had."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, psycopg.Error):
            return None
        if self.driver.closed:
            return Failure(reason_of(cause), lost=True)
        if cause.sqlstate == _READ_ONLY:
            # a standby, or a server set to read only: another connection may find the primary
            return Failure(reason_of(cause), read_only=True, lost=True)
        if isinstance(cause, psycopg.OperationalError | psycopg.InternalError):
            return Failure(reason_of(cause))
        return None

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection.closed:
            return
        self.driver.close()
        self.connection.invalidate()
        self.connection.close()
        self.connection.engine.dispose()


def reason_of(error: psycopg.Error) -> str:
    """What the server or libpq says, in one line and without the rows it speaks of."""
    primary = error.diag.message_primary if error.sqlstate else None
    lines = (primary or str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
