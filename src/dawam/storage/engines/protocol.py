"""What an engine must be able to do. Everything above it is the same on every engine.

A `Session` is one connection in autocommit, whose owner begins and ends the transactions. An `Engine` opens
sessions and sees to it that only one process has one for writing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.sql.expression import ClauseElement

Value = int | str | bytes | bytearray | memoryview | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that is the engine's own, not the verb's."""

    reason: str
    read_only: bool = False
    lost: bool = False  # this session is of no more use, and a commit that was under way may stand or not


@dataclass(slots=True)
class Mark:
    """What a writer's commit leaves in `writer_lease`, so that it can be found again: whose, and which."""

    lease: str
    epoch: int
    commits: int


class Session(Protocol):
    """One connection."""

    @property
    def connection(self) -> Connection:
        """The same connection for SQLAlchemy."""
        ...

    def fetch(self, statement: ClauseElement, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        """All rows of a module-level statement; values in order of appearance."""
        ...

    def fetch_each(
        self, statement: ClauseElement, rows: Sequence[Sequence[Value]]
    ) -> list[list[tuple[Any, ...]]]:
        """A module-level query, once a row: the answers in the order of the rows."""
        ...

    def many(self, statement: ClauseElement, rows: Iterable[Sequence[Value]]) -> None:
        """A module-level statement, once a row."""
        ...

    def command(self, text: str) -> None:
        """A command without parameters or rows."""
        ...

    def begin(self, mark: Mark | None) -> bool:
        """Begin a transaction and write the writer's mark; False if the lease is another's by now."""
        ...

    def stands(self) -> bool:
        """Whether the transaction that was begun can still be committed."""
        ...

    def commit(self) -> None:
        """Commit; returns only when that is durable, and raises when it was not done."""
        ...

    def begin_snapshot(self) -> None:
        """Begin a transaction that reads one state of the database to its end."""
        ...

    def holds(self, mark: Mark) -> bool:
        """Whether the lease is still this mark's; asked for a commit that wrote nothing."""
        ...

    def set_savepoint(self, *, again: bool) -> None:
        """Set the verb's savepoint, letting go of the one before it (`again`)."""
        ...

    def failure_of(self, error: BaseException) -> Failure | None:
        """What the engine failed at; None when the error is the verb's own."""
        ...

    def close(self) -> None:
        """Let go of the connection, once or more often; never raises."""
        ...


class Engine(Protocol):
    """One database."""

    where: str
    """How messages name the database; without user's secrets."""
    private: bool
    """Whether it lives in one session only, as a database in memory does."""
    renew_every_s: float | None
    """How often an idle writer shows that it lives; None if nobody could take its place."""

    def open_writer(self, *, take_over_after_s: float | None = None) -> Session:
        """The one session that may write; others are kept out while it is open.

        Called again after a failure, it takes the place of its own former session.

        Raises: Conflict `database_in_use`; InvalidInput `database_too_old`, `database_missing`; Unavailable
        `database_unwritable`.
        """
        ...

    def open_reader(self) -> Session:
        """A session for reading.

        Raises: InvalidInput `database_missing`, `database_too_old`; Unavailable `database_unwritable`.
        """
        ...

    def let_go(self) -> None:
        """Let another process write."""
        ...
