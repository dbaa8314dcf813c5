"""What an account held as of a moment, by the sealed journal: what the mirror keeps in memory is not asked.

Rules: the account's bookings are those with a `seq` up to the one that the mirror had then, in the order of
`seq`. The last of them booked by the moment says what the account held; where it was booked at that very
moment, the account held meanwhile what it had before it, and so on back. Before its first booking an account
held 0; an account of a snapshot has no past before it. Page: docs/mirror.md, "Time".
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from dawam.kernel import to_ns
from dawam.ledger import Entry, Ledger, TransferFlags
from dawam.primary.mirror import numbers, store
from dawam.primary.mirror.numbers import Code
from dawam.storage import Storage

_FIRST_PAGE, _PAGE = 8, 200
_FAR = 2_000
_MOVE_NOTHING = int(TransferFlags.PENDING | TransferFlags.VOID_PENDING)


class Held(msgspec.Struct, frozen=True):
    """What the account held after all its bookings by the moment, in minor units of its currency.

    `meanwhile_minor`: what it held at that very moment too, before and between the bookings of it.
    """

    currency: str
    balance_minor: int
    meanwhile_minor: frozenset[int] = frozenset()


class Past:
    """The past of one institution's accounts."""

    def __init__(self, ledger: Ledger, storage: Storage, institution: int) -> None:
        self._ledger = ledger
        self._storage = storage
        self._institution = institution

    def held(self, account: str, *, as_of: datetime, seq: int) -> Held | None:
        """What the account held as of a moment, of the events up to `seq`.

        None when the books cannot say: not mirrored, or more than 2,000 entries since.
        Raises: Unavailable `storage_unreadable`.
        """
        found = self._storage.read(lambda rows: store.row_and_feed(rows, self._institution, account))
        if found is None:
            return None
        row, _ = found
        entries = self._entries(numbers.customer_account(self._institution, row.ordinal))
        amounts = amounts_at(entries, to_ns(as_of), seq)
        return None if amounts is None else Held(row.currency, amounts[0], frozenset(amounts[1:]))

    def _entries(self, ledger_id: int) -> Iterator[Entry | None]:
        """The account's entries, newest first; None at the end where there may be more."""
        before: int | None = None
        seen = 0
        while seen < _FAR:
            limit = _PAGE if seen else _FIRST_PAGE
            page = self._ledger.statement(ledger_id, before=before, limit=limit)
            yield from page
            if len(page) < limit:
                return
            seen, before = seen + limit, page[-1].seq
        yield None


def amounts_at(entries: Iterable[Entry | None], as_of_ns: int, seq: int) -> list[int] | None:
    """The rules above over an account's entries, newest first: what it held, then what it held meanwhile.

    None when the entries end before it is known.
    """
    held: list[int] = []
    for entry in entries:
        if entry is None:
            return None
        transfer = entry.transfer
        booked_ns = transfer.effective_at or transfer.timestamp
        if transfer.flags & _MOVE_NOTHING or transfer.user_data_64 > seq or booked_ns > as_of_ns:
            continue
        held.append(entry.balance_minor)
        if booked_ns < as_of_ns or transfer.code == Code.OPENING_BALANCE:
            return held
    return [*held, 0]
