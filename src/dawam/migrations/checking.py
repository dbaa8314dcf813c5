"""Is this database sound? Read only: version, tables, whether they are as the code has them, the audit."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from dawam import ledger
from dawam.kernel import InvalidInput
from dawam.ledger import AuditReport, audited
from dawam.migrations import store
from dawam.migrations.tables import SLICES, TABLES, VERSION_TABLE
from dawam.storage import COPY_NAME, SCHEMA_VERSION, Rows, Storage, looking, place_of

Progress = Callable[[int, int], None]


class State(StrEnum):
    """How a database stands to this code."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    COPY_UNFINISHED = "copy_unfinished"


class TableReport(msgspec.Struct, frozen=True):
    """A table's rows and, where the engine can tell, its bytes with its indexes."""

    name: str
    rows: int
    bytes: int | None


class CheckReport(msgspec.Struct, frozen=True):
    """What was found. `slices` are those whose tables it holds; `differences` from the code's tables."""

    database: str
    engine: str
    engine_version: str
    version: int
    supported: int
    state: State
    bytes: int
    slices: list[str]
    differences: list[str]
    tables: list[TableReport]
    audit: AuditReport | None = None

    @property
    def ok(self) -> bool:
        """Whether this code can use it, and nothing is wrong."""
        sound = self.audit is None or self.audit.ok
        return self.state is State.CURRENT and not self.differences and sound


def check(url: str, *, audit: bool = False, on_progress: Progress | None = None) -> CheckReport:
    """Look at a database; `audit` reads the whole journal too, where this code understands it.

    Raises: InvalidInput `database_url_unknown`, `database_missing`, `database_foreign`; Unavailable
    `database_unwritable`.
    """
    with looking(url) as rows:
        report = _look(rows, place_of(url))
    if not audit or report.state is not State.CURRENT or "ledger" not in report.slices or report.differences:
        return report
    storage = Storage.open(url, tables=ledger.TABLES, read_only=True)
    try:
        return msgspec.structs.replace(report, audit=audited(storage, on_progress))
    finally:
        storage.close()


def _look(rows: Rows, place: str) -> CheckReport:
    present = store.names(rows)
    if VERSION_TABLE not in present:
        raise InvalidInput("database_foreign", file=place)
    called, version = store.version(rows)
    state = _state(called, version)
    ours = {str(table.name): table for table in TABLES if table.name in present}
    sizes = store.sizes(rows, set(ours))
    engine, engine_version = store.engine(rows)
    return CheckReport(
        database=place,
        engine=engine,
        engine_version=engine_version,
        version=version,
        supported=SCHEMA_VERSION,
        state=state,
        bytes=store.size(rows),
        slices=[name for name, tables in SLICES.items() if any(table.name in present for table in tables)],
        differences=store.differences(rows, present) if state is State.CURRENT else [],
        tables=[TableReport(name, store.count(rows, table), sizes.get(name)) for name, table in ours.items()],
    )


def _state(called: str, version: int) -> State:
    if called == COPY_NAME:
        return State.COPY_UNFINISHED
    if version == SCHEMA_VERSION:
        return State.CURRENT
    return State.NEWER if version > SCHEMA_VERSION else State.OLDER
