"""What a verb may do with the open transaction, and a query with a reader's connection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.sql.expression import ClauseElement

Value = int | str | bytes | None

_compiled: dict[int, tuple[ClauseElement, str]] = {}


def _text_of(connection: Connection, statement: ClauseElement) -> str:
    """The dialect's SQL of a statement that lives as long as its module; compiled once."""
    known = _compiled.get(id(statement))
    if known is None or known[0] is not statement:
        compiled = statement.compile(dialect=connection.dialect)
        known = _compiled[id(statement)] = (statement, str(compiled))
    return known[1]


class Rows:
    """Reading: statements of SQLAlchemy Core, or prepared ones at the driver's speed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement through SQLAlchemy."""
        return self.connection.execute(statement, parameters)

    def fetch(self, statement: ClauseElement, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement whose parameters are `values`, in order of appearance."""
        driver: Any = self.connection.connection.driver_connection
        rows: list[tuple[Any, ...]] = driver.execute(_text_of(self.connection, statement), values).fetchall()
        return rows


class Tx(Rows):
    """Writing: one verb inside the writer's open transaction.

    A verb's savepoint is set when its first statement runs; one that touches memory only needs none.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._awaits_savepoint = False

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement through SQLAlchemy."""
        if self._awaits_savepoint:
            self._set_savepoint()
        return super().execute(statement, parameters)

    def fetch(self, statement: ClauseElement, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement whose parameters are `values`, in order of appearance."""
        if self._awaits_savepoint:
            self._set_savepoint()
        return super().fetch(statement, values)

    def many(self, statement: ClauseElement, rows: Iterable[Sequence[Value]]) -> None:
        """Run a module-level statement once a row; the row's values stand in order of appearance."""
        if self._awaits_savepoint:
            self._set_savepoint()
        driver: Any = self.connection.connection.driver_connection
        driver.executemany(_text_of(self.connection, statement), rows)

    def command(self, text: str) -> None:
        """A command of the engine's own, such as COMMIT. For the writer alone."""
        driver: Any = self.connection.connection.driver_connection
        driver.execute(text)

    def enter_verb(self) -> None:
        """From the next statement on, everything can be taken back by `undo_verb`. For the writer alone."""
        self._awaits_savepoint = True

    def undo_verb(self) -> None:
        """Take back what the verb has written. For the writer alone."""
        if not self._awaits_savepoint:
            self.command("ROLLBACK TO verb")
            self.command("RELEASE verb")
        self._awaits_savepoint = False

    def leave_verb(self) -> None:
        """Keep what the verb has written. For the writer alone."""
        if not self._awaits_savepoint:
            self.command("RELEASE verb")
        self._awaits_savepoint = False

    def _set_savepoint(self) -> None:
        self.command("SAVEPOINT verb")
        self._awaits_savepoint = False
