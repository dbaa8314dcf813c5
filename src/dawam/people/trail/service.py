"""Adding to the trail in the transaction of the act, reading it, and checking that nobody touched it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from dawam.kernel import InvalidInput
from dawam.people.trail import store
from dawam.people.trail.model import FIRST, Entry, Finding, Found, fault_of, sealed
from dawam.storage import Rows, Storage, Tx

SYSTEM = "system"
"""Who acts when no person does."""

_SUBJECT_MAX = 200
_REASON_MAX = 500
_DETAILS_MAX = 8_000


class Trail:
    """The trail of one database."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def note(
        self,
        tx: Tx,
        *,
        by: str,
        act: str,
        institution: str | None,
        subject: str,
        reason: str = "",
        details: Mapping[str, object] | None = None,
        now: datetime,
    ) -> Entry:
        """Add an act to the facts of the open transaction. No name, number or balance belongs in it.

        Raises: InvalidInput `trail_entry_too_long`.
        """
        told = msgspec.json.encode(details or {}).decode()
        if len(subject) > _SUBJECT_MAX or len(reason) > _REASON_MAX or len(told) > _DETAILS_MAX:
            raise InvalidInput("trail_entry_too_long", subject_max=_SUBJECT_MAX, reason_max=_REASON_MAX)
        number, before = store.last(tx)
        entry = Entry(
            number=number + 1,
            at=now,
            by=by,
            act=act,
            institution=institution,
            subject=subject,
            reason=reason,
            details=told,
            before=before,
            seal=b"",
        )
        entry = msgspec.structs.replace(entry, seal=sealed(entry))
        store.append(tx, entry)
        return entry

    def entries(
        self, before: int | None = None, limit: int = 50, institution: str | None = None
    ) -> list[Entry]:
        """Entries from the newest on; `before` is an entry's number, exclusive.

        With `institution` those about it, and those about no institution.
        """
        return self._storage.read(
            lambda rows: store.newest(rows, before=before, limit=limit, institution=institution)
        )

    def head(self) -> tuple[int, str]:
        """Number and seal of the last entry: kept elsewhere, they show later that nothing was cut off."""
        number, seal = self._storage.read(store.last)
        return number, seal.hex()

    def check(self, *, known: tuple[int, str] | None = None) -> Found:
        """Read all of it and name the first broken entry; `known` is an earlier `head`."""
        return self._storage.read(lambda rows: checked(rows, known=known))


def checked(rows: Rows, *, known: tuple[int, str] | None = None) -> Found:
    """The check on a connection of the caller's."""
    number, before = 0, FIRST
    with rows.snapshot():
        for entry in store.each(rows):
            finding = fault_of(entry, number=number + 1, before=before)
            if finding is None and known is not None and entry.number == known[0]:
                finding = None if entry.seal.hex() == known[1] else Finding.CHANGED
            if finding is not None:
                return Found(number, before.hex(), number + 1, finding)
            number, before = entry.number, entry.seal
    if known is not None and number < known[0]:
        return Found(number, before.hex(), number + 1, Finding.CUT)
    return Found(number, before.hex())
