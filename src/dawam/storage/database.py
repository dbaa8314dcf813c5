"""A database as the slices see it: `write` a verb, `read` a query."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, local
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Table, insert, inspect, select

from dawam.kernel import Conflict, InvalidInput, Unavailable, invariant
from dawam.storage import engine
from dawam.storage.cache import Staged
from dawam.storage.tables import COPY_NAME, SCHEMA_NAME, SCHEMA_VERSION, schema
from dawam.storage.transaction import Rows, Tx
from dawam.storage.writer import Outcome, Verb, commit_batch

T = TypeVar("T")

_BATCH_MAX = 512


class _Ask:
    """A verb in the queue, and who waits for its answer."""

    __slots__ = ("answer", "loop", "verb")

    def __init__(
        self,
        verb: Verb,
        answer: "asyncio.Future[Any] | Future[Any]",
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.verb = verb
        self.answer = answer
        self.loop = loop


class Storage:
    """One database, one writer, any number of readers.

    With `inline` the verbs run in the caller's thread, one commit each: for simulations and commands.
    """

    def __init__(
        self, connection: Connection, file: Path | None, held: IO[bytes] | None, *, inline: bool
    ) -> None:
        self._tx = Tx(connection)
        self._file = file
        self._held = held
        self._staged: list[Staged] = []
        self._readers = local()
        self._opened: list[Connection] = []
        self._closed = False
        self._queue: SimpleQueue[_Ask | None] = SimpleQueue()
        self._thread: Thread | None = None
        if not inline:
            self._thread = Thread(target=self._drain, name="dawam-writer", daemon=True)
            self._thread.start()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        tables: Sequence[Table],
        inline: bool = False,
        read_only: bool = False,
        name: str = SCHEMA_NAME,
    ) -> "Storage":
        """Open a database, making the tables of a new one. `name` is `COPY_NAME` while one is copied into.

        Raises: InvalidInput `database_url_unknown`, `database_newer`, `database_older`,
        `database_missing`, `database_foreign`; Conflict `database_in_use`, `database_copy_unfinished`,
        `database_not_empty`; Unavailable `database_unwritable`.
        """
        file = engine.file_of(url)
        held = None
        if file is not None and not read_only:
            held = engine.lock(file)
        try:
            connection = engine.connect(file, read_only=read_only)
            _check_schema(connection, tables, file, name, read_only=read_only)
        except BaseException:
            if held is not None:
                held.close()
            raise
        return cls(connection, file, held, inline=inline or read_only or file is None)

    def register(self, state: Staged) -> None:
        """Let state in memory follow the fate of the transactions. Before the first write."""
        self._staged.append(state)

    async def write(self, verb: Callable[[Tx], T]) -> T:
        """Run a verb in the writer's transaction; returns when its commit is durable.

        Raises: what the verb raises; Unavailable `storage_unavailable`, `storage_closed`.
        """
        if self._closed:
            raise Unavailable("storage_closed")
        if self._thread is None:
            return self._commit_one(verb)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Ask(verb, answer, loop))
        return await answer

    def write_now(self, verb: Callable[[Tx], T]) -> T:
        """The same for callers without an event loop; blocks until the commit is durable."""
        if self._closed:
            raise Unavailable("storage_closed")
        if self._thread is None:
            return self._commit_one(verb)
        answer: Future[T] = Future()
        self._queue.put(_Ask(verb, answer, None))
        return answer.result()

    def read(self, query: Callable[[Rows], T]) -> T:
        """Run a query on this thread's own connection; sees committed facts only."""
        if self._thread is None or self._file is None:
            return query(self._tx)
        rows: Rows | None = getattr(self._readers, "rows", None)
        if rows is None:
            connection = engine.connect(self._file, read_only=True)
            self._opened.append(connection)
            rows = self._readers.rows = Rows(connection)
        return query(rows)

    def close(self) -> None:
        """Finish what is queued, then let go of the file."""
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
        for connection in (self._tx.connection, *self._opened):
            connection.close()
            connection.engine.dispose()
        if self._held is not None:
            self._held.close()

    def after_crash(self) -> "Storage":
        """What another life finds of an inline database: what was committed, and nothing in memory.

        This one accepts nothing more. For simulations; a real crash needs no help.
        """
        invariant(self._thread is None, "only an inline database can be handed to another life")
        self._closed = True
        return Storage(self._tx.connection, self._file, self._held, inline=True)

    def _commit_one(self, verb: Callable[[Tx], T]) -> T:
        (outcome,) = commit_batch(self._tx, [verb], self._staged)
        if outcome.error is not None:
            raise outcome.error
        result: T = outcome.result
        return result

    def _drain(self) -> None:
        """The writer's thread: take what has queued up, commit it together, answer, again."""
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            stop = False
            while len(batch) < _BATCH_MAX and not self._queue.empty():
                ask = self._queue.get()
                if ask is None:
                    stop = True
                    break
                batch.append(ask)
            _answer(batch, commit_batch(self._tx, [ask.verb for ask in batch], self._staged))
            if stop:
                return


def _answer(batch: Sequence[_Ask], outcomes: Sequence[Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop | None, list[tuple[_Ask, Outcome]]] = {}
    for ask, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(ask.loop, []).append((ask, outcome))
    for loop, answers in by_loop.items():
        if loop is None:
            _resolve(answers)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: Sequence[tuple[_Ask, Outcome]]) -> None:
    for ask, outcome in answers:
        if ask.answer.done():  # the caller was cancelled; the commit stands
            continue
        if outcome.error is not None:
            ask.answer.set_exception(outcome.error)
        else:
            ask.answer.set_result(outcome.result)


def _check_schema(
    connection: Connection, tables: Sequence[Table], file: Path | None, name: str, *, read_only: bool
) -> None:
    present = set(inspect(connection).get_table_names())
    if schema.name not in present:
        if present or read_only:
            raise InvalidInput("database_foreign", file=str(file))
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        schema.metadata.create_all(connection, tables=[schema, *tables])
        connection.execute(insert(schema).values(name=name, version=SCHEMA_VERSION))
        connection.exec_driver_sql("COMMIT")
        return
    called, found = connection.execute(select(schema.c.name, schema.c.version)).one()
    _check_name(called, name, file)
    if found != SCHEMA_VERSION:
        code = "database_newer" if found > SCHEMA_VERSION else "database_older"
        raise InvalidInput(code, file=str(file), found=found, supported=SCHEMA_VERSION)
    missing = [table.name for table in tables if table.name not in present]
    if missing:
        raise InvalidInput("database_foreign", file=str(file))


def _check_name(found: str, wanted: str, file: Path | None) -> None:
    """The target of a copy that is not finished serves nothing else, and nothing else is a target."""
    if found == wanted:
        return
    if found == COPY_NAME:
        raise Conflict("database_copy_unfinished", file=str(file))
    raise Conflict("database_not_empty", file=str(file))
