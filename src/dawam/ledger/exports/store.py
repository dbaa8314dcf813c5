"""All SQL of exports: the newest metadata of many accounts or transfers at once."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from dawam.ledger.records import id_bytes, id_of
from dawam.ledger.tables import notes
from dawam.storage import Rows

_CHUNK = 128
_wanted: list[Any] = [bindparam(f"wanted_{number}") for number in range(_CHUNK)]
_notes_of = select(notes.c.id, notes.c.seq).where(notes.c.kind == bindparam("kind"), notes.c.id.in_(_wanted))


def notes_of(rows: Rows, kind: int, subject_ids: Iterable[int]) -> dict[int, int]:
    """The positions of the newest indexed metadata, by id; those without any are missing."""
    wanted = [id_bytes(each) for each in subject_ids]
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        values = wanted[start : start + _CHUNK]
        values += values[-1:] * (_CHUNK - len(values))
        found.update((id_of(identifier), seq) for identifier, seq in rows.fetch(_notes_of, (kind, *values)))
    return found
