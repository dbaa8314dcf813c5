"""From the version that is found to the one that this code needs, as a whole or not at all."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from alembic import command
from alembic.config import Config

from dawam.kernel import Conflict, IntegrityBroken, InvalidInput
from dawam.migrations import store
from dawam.migrations.checking import check
from dawam.migrations.tables import VERSION_TABLE
from dawam.storage import SCHEMA_NAME, SCHEMA_VERSION, Rows, alone, back_up, looking, place_of, whole

Progress = Callable[[str, int, int], None]
"""What is done now, how far it has come, and where it ends."""


class Migration(msgspec.Struct, frozen=True):
    """What was done: versions before and after (0: an empty database), the backup's file, records audited."""

    database: str
    before: int
    after: int
    backup: str | None = None
    records: int | None = None


def migrate(
    url: str,
    *,
    backup: bool = True,
    audit: bool = True,
    on_progress: Progress | None = None,
    to: int = SCHEMA_VERSION,
) -> Migration:
    """Bring a database to this code's version; a file is copied beside itself first, and audited afterwards.

    Raises: InvalidInput `database_url_unknown`, `database_missing`, `database_foreign`, `database_newer`;
    Conflict `database_in_use`, `database_copy_unfinished`, `backup_exists`; Unavailable
    `database_unwritable`, `backup_failed`; IntegrityBroken `old_journal_broken`. Then nothing was changed.
    After the change: IntegrityBroken `migrated_books_broken`.
    """
    place = place_of(url)
    with looking(url) as rows:  # makes no file
        check_version(rows, place)
    with alone(url) as rows:
        before = check_version(rows, place)
        if before == to:
            return Migration(place, before, to)
        kept = back_up(rows, f".version-{before}") if backup and before else None
        try:
            with whole(rows):
                _upgrade(rows, to, partial(on_progress, "Migrating") if on_progress else None)
        except Exception:
            _discard(kept)
            raise
    audited = _audited(url, on_progress) if audit and before and to == SCHEMA_VERSION else None
    return Migration(place, before, to, None if kept is None else str(kept), audited)


def check_version(rows: Rows, place: str) -> int:
    """The version of a database of ours, 0 of an empty one.

    Raises: InvalidInput `database_foreign`, `database_newer`; Conflict `database_copy_unfinished`.
    """
    present = store.names(rows)
    if not present:
        return 0
    if VERSION_TABLE not in present:
        raise InvalidInput("database_foreign", file=place)
    called, found = store.version(rows)
    if called != SCHEMA_NAME:
        raise Conflict("database_copy_unfinished", file=place)
    if found > SCHEMA_VERSION:
        raise InvalidInput("database_newer", file=place, found=found, supported=SCHEMA_VERSION)
    return found


def _audited(url: str, on_progress: Progress | None) -> int | None:
    """How many records the audit has verified; None without a ledger."""
    found = check(
        url, audit=True, on_progress=partial(on_progress, "Auditing") if on_progress else None
    ).audit
    if found is not None and not found.ok:
        raise IntegrityBroken("migrated_books_broken", position=found.bad_seq, finding=found.finding)
    return None if found is None else found.records


def _upgrade(rows: Rows, to: int, on_progress: Callable[[int, int], None] | None) -> None:
    config = Config()
    config.set_main_option("script_location", "dawam:migrations")
    config.attributes["connection"] = rows.connection
    config.attributes["rows"] = rows
    config.attributes["on_progress"] = on_progress
    command.upgrade(config, f"{to:04}")


def _discard(kept: Path | None) -> None:
    """The database is as it was, so its copy is of no use."""
    if kept is not None:
        kept.unlink(missing_ok=True)
