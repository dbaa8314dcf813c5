"""What a verb may do with the open transaction, and a query with a reader's session."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.sql.expression import ClauseElement

from dawam.storage.engines import Session, Value


class Rows:
    """Reading: statements of SQLAlchemy Core, or prepared ones at the driver's speed."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, for what only it can do, such as reflection."""
        return self.session.connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement through SQLAlchemy."""
        return self.session.connection.execute(statement, parameters)

    def fetch(self, statement: ClauseElement, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement whose parameters are `values`, in order of appearance.

        What the statement holds itself, such as `limit(50)`, is not among the values.
        """
        return self.session.fetch(statement, values)

    def fetch_each(
        self, statement: ClauseElement, rows: Sequence[Sequence[Value]]
    ) -> list[list[tuple[Any, ...]]]:
        """The same for many rows of values, whose types are the first row's: an answer each, in their order.

        One round trip, where there is one to make.
        """
        return self.session.fetch_each(statement, rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read within is one state of the database, whatever is committed meanwhile."""
        self.session.begin_snapshot()
        try:
            yield
        finally:
            self.session.command("ROLLBACK")


class Tx(Rows):
    """Writing: one verb inside the writer's open transaction.

    The transaction begins, and a verb's savepoint is set, when the first statement needs it: what touches
    memory only costs no SQL.
    """

    def __init__(self, session: Session, begin: Callable[[], None] = lambda: None) -> None:
        super().__init__(session)
        self._begin = begin
        self._unready = False
        self.within = False
        self._in_verb = False
        self._saved = False
        self._saved_before = False
        self.begun = False

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, within the transaction."""
        if self._unready:
            self._make_ready()
        return self.session.connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement through SQLAlchemy."""
        if self._unready:
            self._make_ready()
        return self.session.connection.execute(statement, parameters)

    def fetch(self, statement: ClauseElement, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement whose parameters are `values`, in order of appearance."""
        if self._unready:
            self._make_ready()
        return self.session.fetch(statement, values)

    def fetch_each(
        self, statement: ClauseElement, rows: Sequence[Sequence[Value]]
    ) -> list[list[tuple[Any, ...]]]:
        """The same for many rows of values: an answer each, in their order, in one round trip."""
        if self._unready:
            self._make_ready()
        return self.session.fetch_each(statement, rows)

    def many(self, statement: ClauseElement, rows: Iterable[Sequence[Value]]) -> None:
        """Run a module-level statement once a row; the row's values stand in order of appearance.

        On PostgreSQL a plain insert is one COPY, and a plain update or delete by key one statement: of two
        rows with the same key the later one counts, and no order among different keys may be relied upon.
        """
        if self._unready:
            self._make_ready()
        self.session.many(statement, rows)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within a verb nothing is needed: only this transaction writes."""
        if self.within:
            yield
            return
        with super().snapshot():
            yield

    def command(self, text: str) -> None:
        """A command of the engine's own, such as COMMIT. For the writer, and for upkeep."""
        self.session.command(text)

    # for the writer alone

    def enter(self) -> None:
        """A commit's verbs come now."""
        self.within = self._unready = True
        self.begun = self._in_verb = self._saved = self._saved_before = False

    def leave(self) -> None:
        """The commit has ended, or is given up."""
        self.within = self._unready = self.begun = self._in_verb = False

    def enter_verb(self) -> None:
        """From the next statement on, everything can be taken back by `undo_verb`."""
        self._in_verb = self._unready = True
        self._saved = False

    def undo_verb(self) -> None:
        """Take back what the verb has written."""
        if self._saved:
            self.session.command("ROLLBACK TO SAVEPOINT verb")
        self.leave_verb()

    def leave_verb(self) -> None:
        """Keep what the verb has written; its savepoint goes with the next one, or with the commit."""
        self._saved_before = self._saved_before or self._saved
        self._in_verb = self._saved = False
        self._unready = not self.begun

    def _make_ready(self) -> None:
        if not self.begun:
            self._begin()
            self.begun = True
        if self._in_verb and not self._saved:
            self.session.set_savepoint(again=self._saved_before)
            self._saved = True
        self._unready = False
