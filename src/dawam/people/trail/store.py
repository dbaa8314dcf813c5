"""All SQL of the trail."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, inspect, select

from dawam.kernel import from_ns, to_ns
from dawam.people.trail.model import FIRST, Entry
from dawam.people.trail.tables import people_trail
from dawam.storage import Rows, Tx

_t = people_trail.c
_NAMES = ("number", "at", "by", "act", "institution", "subject", "reason", "details", "before", "seal")
_COLUMNS = [people_trail.c[name] for name in _NAMES]
_INSERT = insert(people_trail).values({name: bindparam(f"the_{name}") for name in _NAMES})
_LAST = select(_t.number, _t.seal).order_by(_t.number.desc()).limit(1)
_AFTER = select(*_COLUMNS).where(_t.number > bindparam("after")).order_by(_t.number).limit(500)


def last(rows: Rows) -> tuple[int, bytes]:
    """Number and seal of the last entry; 0 and zeros before the first."""
    found = rows.fetch(_LAST)
    return (int(found[0][0]), bytes(found[0][1])) if found else (0, FIRST)


def has_tables(rows: Rows) -> bool:
    """Whether this database has a trail."""
    return str(people_trail.name) in inspect(rows.connection).get_table_names()


def append(tx: Tx, entry: Entry) -> None:
    """Add an entry."""
    values = {f"the_{name}": getattr(entry, name) for name in _NAMES}
    tx.execute(_INSERT, {**values, "the_at": to_ns(entry.at)})


def newest(rows: Rows, *, before: int | None, limit: int, institution: str | None) -> list[Entry]:
    """Entries from the newest on; with `institution` its own and those of none."""
    statement = select(*_COLUMNS).order_by(_t.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(_t.number < before)
    if institution is not None:
        statement = statement.where((_t.institution == institution) | _t.institution.is_(None))
    return [_entry(row) for row in rows.execute(statement)]


def each(rows: Rows) -> Iterator[Entry]:
    """All entries from the first on."""
    place = 0
    while found := rows.fetch(_AFTER, (place,)):
        for row in found:
            yield _entry(row)
        place = int(found[-1][0])


def _entry(row: Sequence[Any]) -> Entry:
    given = dict(zip(_NAMES, row, strict=True))
    given["at"] = from_ns(given["at"])
    given["before"], given["seal"] = bytes(given["before"]), bytes(given["seal"])
    return Entry(**given)
