"""Pending transfers: which are open, and which expire next."""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import repeat
from typing import TYPE_CHECKING, Any

from dawam.kernel import unreachable
from dawam.ledger import loading, records, store
from dawam.ledger.model import Pending, PendingStatus, Transfer
from dawam.ledger.recent import Hold
from dawam.ledger.rules import NEVER, PENDING, expires_at
from dawam.storage import Rows, Tx

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_AT_HAND_MAX = 200_000


class Holds:
    """The holds of a ledger's books. `next_expiry` is never later than the next expiry."""

    def __init__(self, books: "Books") -> None:
        self._books = books
        self._expiries: list[tuple[int, int]] = []  # a heap of moment and id, of holds that are not indexed
        self.next_expiry = 0
        self._open: dict[int, Hold] = {}  # by id, as far as they are at hand
        self.ended: list[tuple[int, int]] = []  # status and position, of indexed ones, in this commit
        self.popped: list[tuple[int, int]] = []  # moment and id, in this commit no longer watched
        self.added: list[int] = []  # ids, in this commit
        self.removed: list[tuple[int, Hold | None]] = []  # by id, ended in this commit

    def pending(self, rows: Rows, transfer_id: int) -> Pending | None:
        """A transfer that another one names, and what became of it if it is a hold."""
        seq = self._books.seq_of(rows, transfer_id)
        transfer = None if seq is None else self._books.transfer(rows, seq)
        if seq is None or transfer is None:
            return None
        return Pending(seq, transfer, self.status(rows, seq, transfer))

    def status(self, rows: Rows, seq: int, transfer: Transfer) -> PendingStatus | None:
        """What became of a hold; None for other transfers."""
        if not transfer.flags & PENDING:
            return None
        known = self._books.fresh.statuses.get(transfer.id) or self._books.shown.statuses.get(transfer.id)
        return known or store.status(rows, seq)

    def load(self, rows: Rows, transfer_ids: Iterable[int]) -> None:
        """Bring open holds that are not at hand into memory."""
        unknown = [each for each in transfer_ids if each not in self._open]
        for transfer_id, seq in self._books.seqs_of(rows, unknown).items():
            transfer = self._books.transfer(rows, seq)
            if transfer is not None and self.status(rows, seq, transfer) is PendingStatus.PENDING:
                line = records.Line(self._books.record(rows, seq))
                self._open[transfer_id] = loading.hold_of(self._books, rows, seq, line)

    def open(self, transfer_ids: Iterable[int]) -> list[Hold | None]:
        """The holds of these ids, None where none is at hand and open. Slots may be others' by now."""
        return list(map(self._open.get, transfer_ids))

    def add(self, transfer_ids: Sequence[int], holds: Sequence[Hold]) -> None:
        """Remember holds that have been recorded."""
        fresh = self._books.fresh
        fresh.holds.update(zip(transfer_ids, holds, strict=True))
        fresh.statuses.update(zip(transfer_ids, repeat(PendingStatus.PENDING)))
        self._open.update(zip(transfer_ids, holds, strict=True))
        self.added += transfer_ids
        for transfer_id, hold in zip(transfer_ids, holds, strict=True):
            if hold.expires_at != NEVER:
                heappush(self._expiries, (hold.expires_at, transfer_id))
                self.next_expiry = min(self.next_expiry, hold.expires_at)

    def end(
        self, transfer_ids: Sequence[int], seqs: Sequence[int], statuses: Sequence[PendingStatus]
    ) -> None:
        """Holds have been posted, voided, or have expired."""
        self._books.fresh.statuses.update(zip(transfer_ids, statuses, strict=True))
        gone = map(self._open.pop, transfer_ids, repeat(None))
        self.removed += zip(transfer_ids, gone, strict=True)
        indexed = 0 if self._books.state is None else self._books.state.indexed_seq
        if min(seqs) <= indexed:
            numbers = store.STATUS_NUMBERS
            ended = zip(seqs, statuses, strict=True)
            self.ended += [(numbers[status], seq) for seq, status in ended if seq <= indexed]

    def write_ended(self, tx: Tx) -> None:
        """Write what became of indexed holds. Again at the end of the commit: a verb may be rolled back."""
        if self.ended:
            store.end_holds(tx, self.ended)

    def watch(self) -> None:
        """Know again when the next hold expires; the indexed ones are asked for once."""
        self._expiries = [
            (hold.expires_at, transfer_id)
            for transfer_id, hold in self._books.shown.holds.items()
            if hold.expires_at != NEVER and self._books.shown.statuses[transfer_id] is PendingStatus.PENDING
        ]
        heapify(self._expiries)
        self.next_expiry = 0  # the first batch looks

    def _due_in_memory(self, tx: Tx, moment_ns: int) -> list[Pending]:
        found: dict[int, Pending] = {}
        while self._expiries and self._expiries[0][0] <= moment_ns:
            watched = heappop(self._expiries)
            self.popped.append(watched)
            pending = self.pending(tx, watched[1])
            # What was watched may have been taken back, and made anew.
            if (
                pending is not None
                and pending.status is PendingStatus.PENDING
                and expires_at(pending.transfer) <= moment_ns
            ):
                found[pending.seq] = pending
        return list(found.values())

    def due(self, tx: Tx, moment_ns: int) -> list[Pending]:
        """Some of the open holds that have expired by then; none when there are no more.

        Call after call they come in the order of their expiry, and of their positions where that is the same.
        """
        self.write_ended(tx)
        found = []
        for seq in store.due(tx, moment_ns):
            transfer = self._books.transfer(tx, seq)
            if transfer is None:
                unreachable("an indexed hold is a transfer")
            found.append(Pending(seq, transfer, PendingStatus.PENDING))
        if found:  # the next page may begin with the very moment that this one ends with
            moment_ns = expires_at(found[-1].transfer) - 1
        found += self._due_in_memory(tx, moment_ns)
        found.sort(key=lambda pending: (expires_at(pending.transfer), pending.seq))
        if not found:
            soonest = [store.next_expiry(tx), *[moment for moment, _ in self._expiries[:1]]]
            self.next_expiry = min((moment for moment in soonest if moment is not None), default=NEVER)
        return found

    def logs(self) -> tuple[list[Any], ...]:
        """What this commit has done, in lists that only grow."""
        return (self.ended, self.popped, self.added, self.removed)

    def go_back(self, lengths: Sequence[int]) -> None:
        """Back to where the logs had these lengths."""
        _, popped, added, removed = lengths
        for watched in self.popped[popped:]:
            heappush(self._expiries, watched)
        if len(self.popped) > popped or len(self.removed) > removed:
            self.next_expiry = 0  # look again: what had ended, indexed or not, may be next
        for transfer_id, hold in reversed(self.removed[removed:]):
            if hold is not None:
                self._open[transfer_id] = hold
        for transfer_id in self.added[added:]:
            self._open.pop(transfer_id, None)

    def indexed(self) -> None:
        """All holds are in the database now."""
        self._expiries.clear()
        self.next_expiry = 0  # look again

    def clear_commit(self) -> None:
        """A new commit begins."""
        for log in self.logs():
            log.clear()
        if len(self._open) > _AT_HAND_MAX:
            self._open.clear()
