"""Copy, compare, audit, and only then let the target be used.

The rules: nobody writes to the source meanwhile; every batch is committed together with how far it leads, so
that a copy that was killed goes on behind its last batch; the target is marked as unfinished until both sides
were read again from end to end, hold the same rows, and both journals pass the audit.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from hashlib import sha256
from typing import TypeVar

import msgspec
from sqlalchemy import Table

from dawam import ledger
from dawam.kernel import Conflict, IntegrityBroken, InvalidInput
from dawam.ledger import AuditReport, audited
from dawam.migrations.copying import store
from dawam.migrations.store import count
from dawam.migrations.tables import TABLES
from dawam.storage import COPY_NAME, Rows, Storage, explained, looking, place_of

Progress = Callable[[str, int, int | None], None]
"""What is done now (a step and a table), how far it has come, and where it ends if that is known."""

_BATCH = 4096
T = TypeVar("T")


class CopiedTable(msgspec.Struct, frozen=True):
    """A table that is the same on both sides: how many rows, and SHA-256 over them in the key's order."""

    name: str
    rows: int
    digest: str


class CopyReport(msgspec.Struct, frozen=True):
    """What was copied. `records` are those of the ledger's journal, audited on both sides."""

    source: str
    target: str
    resumed: bool
    tables: list[CopiedTable]
    records: int
    head: str


def copy(
    source_url: str, target_url: str, *, on_progress: Progress | None = None, batch: int = _BATCH
) -> CopyReport:
    """Copy a database into an empty one, or go on with a copy that was interrupted.

    Raises: InvalidInput `copy_same_database`; Conflict `copy_source_differs`, `database_not_empty`;
    IntegrityBroken `copy_differs`, `copy_source_broken`, `copy_target_broken`; what opening either
    database raises. The source is never changed; the target stays unusable until all is verified.
    """
    if source_url == target_url:
        raise InvalidInput("copy_same_database", place=place_of(source_url))
    with looking(source_url):  # a missing source is not made
        pass
    with closing(Storage.open(source_url, tables=[], inline=True)) as storage:
        source = _Side(storage, place_of(source_url))
        tables = storage.read(lambda rows: store.present(rows, TABLES))
        with closing(Storage.open(target_url, tables=tables, inline=True, name=COPY_NAME)) as copied:
            target = _Side(copied, place_of(target_url))
            return _Copying(source, target, on_progress or _silent, batch).run(tables)


def _silent(step: str, done: int, total: int | None) -> None:
    """Nobody watches."""


class _Side:
    """One of the two databases."""

    def __init__(self, storage: Storage, place: str) -> None:
        self.storage = storage
        self.place = place

    def at_one_moment(self, query: Callable[[Rows], T]) -> T:
        """A query that sees one state from its beginning to its end.

        Raises: Unavailable `database_unwritable`, when the engine cannot read on.
        """

        def within(rows: Rows) -> T:
            with explained(rows, self.place), rows.snapshot():
                return query(rows)

        return self.storage.read(within)


class _Copying:
    """One run of a copy, from where the one before it stopped."""

    def __init__(self, source: _Side, target: _Side, report: Progress, batch: int) -> None:
        self._source = source
        self._target = target
        self._write = target.storage.write_now
        self._report = report
        self._batch = batch

    def run(self, tables: Sequence[Table]) -> CopyReport:
        """Copy what is missing, compare, audit, and let the target be used."""
        known, resumed = self._write(lambda tx: store.begin(tx, self._source.place))
        if known != self._source.place:
            raise Conflict("copy_source_differs", target=self._target.place, source=known)
        for table in tables:
            self._copy(table)
        copied = [self._compared(table) for table in tables]
        records, head = self._audited() if set(ledger.TABLES) <= set(tables) else (0, "")
        self._write(lambda tx: store.finish(tx, tables))
        return CopyReport(self._source.place, self._target.place, resumed, copied, records, head)

    def _copy(self, table: Table) -> None:
        rows, after, ended = self._write(lambda tx: store.standing(tx, table))
        if ended:
            return

        def pour(reading: Rows) -> None:
            taken, total = rows, count(reading, table)
            self._report(f"copy {table.name}", taken, total)
            for found in store.read(reading, table, self._batch, after):
                taken += len(found)
                self._write(partial(store.take, table=table, batch=found, rows=taken))
                self._report(f"copy {table.name}", taken, total)

        self._source.at_one_moment(pour)
        self._write(lambda tx: store.end(tx, table))

    def _compared(self, table: Table) -> CopiedTable:
        """Both sides of a table read from end to end. Raises: IntegrityBroken `copy_differs`."""
        here = self._source.at_one_moment(partial(self._digest, table=table, step="read"))
        there = self._target.at_one_moment(partial(self._digest, table=table, step="read the copy of"))
        if here != there:
            sizes = {"source_rows": here.rows, "target_rows": there.rows}
            raise IntegrityBroken("copy_differs", table=table.name, **sizes)
        return here

    def _digest(self, rows: Rows, table: Table, step: str) -> CopiedTable:
        digest, taken, total = sha256(), 0, count(rows, table)
        for found in store.read(rows, table, self._batch):
            digest.update(b"".join(map(msgspec.msgpack.encode, found)))
            taken += len(found)
            self._report(f"{step} {table.name}", taken, total)
        return CopiedTable(str(table.name), taken, digest.hexdigest())

    def _audited(self) -> tuple[int, str]:
        """Both journals from the first record to the last; how many records, and the head.

        Raises: IntegrityBroken `copy_source_broken`, `copy_target_broken`.
        """
        here = self._audit(self._source, "audit the source")
        if not here.ok:
            raise IntegrityBroken("copy_source_broken", position=here.bad_seq, finding=here.finding)
        there = self._audit(self._target, "audit the copy")
        if not there.ok:
            raise IntegrityBroken("copy_target_broken", position=there.bad_seq, finding=there.finding)
        return there.records, there.head

    def _audit(self, side: _Side, step: str) -> AuditReport:
        self._report(step, 0, None)
        return audited(side.storage, partial(self._report, step))
