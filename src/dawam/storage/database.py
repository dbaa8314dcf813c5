"""A database as the slices see it: `write` a verb, `read` a query."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Thread, local
from typing import Any, TypeVar

from sqlalchemy import Table

from dawam.kernel import Unavailable, invariant
from dawam.storage import lease
from dawam.storage.cache import Staged
from dawam.storage.engines import Engine, Session, engine_of
from dawam.storage.schema import ensure_schema
from dawam.storage.tables import SCHEMA_NAME
from dawam.storage.transaction import Rows, Tx
from dawam.storage.writer import Outcome, Verb, Writer

T = TypeVar("T")

_BATCH_MAX = 512
_LEASE = "dawam"


class _Crowd:
    """Verbs that came together, and who waits for their answers: on one event loop, or on none."""

    __slots__ = ("answers", "loop", "verbs")

    def __init__(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self.loop = loop
        self.verbs: list[Verb] = []
        self.answers: list[asyncio.Future[Any] | Future[Any]] = []


class Storage:
    """One database, one writer, any number of readers.

    With `inline` the verbs run in the caller's thread, one commit each: for simulations and commands.
    """

    def __init__(self, engine: Engine, writer: Writer, *, inline: bool) -> None:
        self._engine = engine
        self._writer = writer
        self._readers = local()
        self._opened: list[Session] = []
        self._closed = False
        self._crowds: dict[asyncio.AbstractEventLoop, _Crowd] = {}
        self._queue: SimpleQueue[_Crowd | None] = SimpleQueue()
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
        take_over_after_s: float | None = None,
    ) -> "Storage":
        """Open a database, making the tables of a new one. `name` is `COPY_NAME` while one is copied into.

        On PostgreSQL, `take_over_after_s` waits so long, and two seconds at least, for a node that holds the
        database; if that shows no life meanwhile, it is ended and fenced.

        Raises: InvalidInput `database_url_unknown`, `database_too_old`, `database_newer`, `database_older`,
        `database_missing`, `database_foreign`; Conflict `database_in_use`, `database_copy_unfinished`,
        `database_not_empty`; Unavailable `database_unwritable`.
        """
        engine = engine_of(url)
        session: Session | None = None
        try:
            if read_only:
                session = engine.open_reader()
            else:
                session = engine.open_writer(take_over_after_s=take_over_after_s)
            ensure_schema(session, tables, engine.where, name, read_only=read_only)
            unshared = read_only or engine.private
            mark = None if unshared else lease.claim(session, _LEASE)
        except BaseException as error:
            failure = session.failure_of(error) if session is not None else None
            if session is not None:
                session.close()
            engine.let_go()
            if failure is None:
                raise
            raise Unavailable("database_unwritable", file=engine.where, reason=failure.reason) from None
        return cls(engine, Writer(engine, session, mark, read_only=read_only), inline=inline or unshared)

    @property
    def inline(self) -> bool:
        """Whether verbs run in the caller's thread: then readers share the writer's session too."""
        return self._thread is None

    def register(self, state: Staged) -> None:
        """Let state in memory follow the fate of the transactions. Before the first write."""
        self._writer.staged.append(state)

    async def write(self, verb: Callable[[Tx], T]) -> T:
        """Run a verb in the writer's transaction; returns when its commit is durable.

        Raises: what the verb raises, or a state that settles; Unavailable `storage_unavailable`,
        `storage_read_only`, `storage_closed`: nothing of it was kept; Unavailable `commit_unknown`: ask
        again, with the same ids; Conflict `lease_lost`: another node writes now.
        """
        if self._closed:
            raise Unavailable("storage_closed")
        if self._thread is None:
            return self._commit_one(verb)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        crowd = self._crowds.get(loop)
        if crowd is None:
            # who comes in the same turn of the loop goes to the writer together
            crowd = self._crowds[loop] = _Crowd(loop)
            loop.call_soon(self._send, loop)
        crowd.verbs.append(verb)
        crowd.answers.append(answer)
        return await answer

    def write_now(self, verb: Callable[[Tx], T]) -> T:
        """The same for callers without an event loop; blocks until the commit is durable."""
        if self._closed:
            raise Unavailable("storage_closed")
        if self._thread is None:
            return self._commit_one(verb)
        answer: Future[T] = Future()
        crowd = _Crowd(None)
        crowd.verbs.append(verb)
        crowd.answers.append(answer)
        self._queue.put(crowd)
        return answer.result()

    def read(self, query: Callable[[Rows], T]) -> T:
        """Run a query on this thread's own session; sees committed facts only.

        A query whose connection is lost is asked once more on a new one.

        Raises: what the query raises; Unavailable `storage_unreadable`.
        """
        rows = self._reader()
        try:
            return query(rows)
        except Exception as error:
            failure = self._failure_of(rows, error)
            if failure is None:
                raise
            if not self._reader_failed(rows, error):
                raise failure from None
        rows = self._reader()
        try:
            return query(rows)
        except Exception as error:
            failure = self._failure_of(rows, error)
            self._reader_failed(rows, error)
            if failure is None:
                raise
            raise failure from None

    def close(self) -> None:
        """Finish what is queued, then let go of the database."""
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            for loop in list(self._crowds):
                self._send(loop)
            self._queue.put(None)
            self._thread.join()
        for session in self._opened:
            session.close()
        self._writer.close()

    def after_crash(self) -> "Storage":
        """What another life finds of an inline database: what was committed, and nothing in memory.

        This one accepts nothing more. For simulations; a real crash needs no help.
        """
        invariant(self._thread is None, "only an inline database can be handed to another life")
        self._closed = True
        return Storage(self._engine, self._writer.another_life(), inline=True)

    def _reader(self) -> Rows:
        if self._thread is None:
            if not self._writer.tx.within:
                self._writer.make_ready()
            return self._writer.tx
        rows: Rows | None = getattr(self._readers, "rows", None)
        if rows is None:
            session = self._engine.open_reader()
            self._opened.append(session)
            rows = self._readers.rows = Rows(session)
        return rows

    def _failure_of(self, rows: Rows, error: Exception) -> Unavailable | None:
        """The engine's failure in our words; None for a query's own error, and within a verb, whose it is."""
        failure = rows.session.failure_of(error)
        if failure is None or (self._writer.tx is rows and self._writer.tx.within):
            return None
        return Unavailable("storage_unreadable", reason=failure.reason)

    def _reader_failed(self, rows: Rows, error: Exception) -> bool:
        """Whether the query may be asked again, on another session."""
        if self._thread is None:
            return not self._writer.tx.within and self._writer.session_failed(error)
        failure = rows.session.failure_of(error)
        if failure is None or not failure.lost:
            return False
        self._readers.rows = None
        self._opened.remove(rows.session)
        rows.session.close()
        return True

    def _commit_one(self, verb: Callable[[Tx], T]) -> T:
        (outcome,) = self._writer.commit([verb])
        if outcome.error is not None:
            raise outcome.error
        result: T = outcome.result
        return result

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        crowd = self._crowds.pop(loop, None)
        if crowd is not None:
            self._queue.put(crowd)

    def _drain(self) -> None:
        """The writer's thread: take what has queued up, commit it together, answer, again."""
        while True:
            try:
                crowd = self._queue.get(timeout=self._engine.renew_every_s)
            except Empty:
                self._writer.keep_alive()
                continue
            if crowd is None:
                return
            crowds = [crowd]
            waiting = len(crowd.verbs)
            stop = False
            while waiting < _BATCH_MAX and not self._queue.empty():
                crowd = self._queue.get()
                if crowd is None:
                    stop = True
                    break
                crowds.append(crowd)
                waiting += len(crowd.verbs)
            _answer(crowds, self._writer.commit([verb for each in crowds for verb in each.verbs]))
            if stop:
                return


def _answer(crowds: Sequence[_Crowd], outcomes: Sequence[Outcome]) -> None:
    start = 0
    for crowd in crowds:
        end = start + len(crowd.verbs)
        if crowd.loop is None:
            _resolve(crowd.answers, outcomes[start:end])
        elif not crowd.loop.is_closed():
            crowd.loop.call_soon_threadsafe(_resolve, crowd.answers, outcomes[start:end])
        start = end


def _resolve(answers: Sequence["asyncio.Future[Any] | Future[Any]"], outcomes: Sequence[Outcome]) -> None:
    for answer, outcome in zip(answers, outcomes, strict=True):
        if answer.done():  # the caller was cancelled; the commit stands
            continue
        if outcome.error is not None:
            answer.set_exception(outcome.error)
        else:
            answer.set_result(outcome.result)
