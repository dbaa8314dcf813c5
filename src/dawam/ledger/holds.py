"""Pending transfers: which are open, and which expire next."""

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import repeat
from typing import TYPE_CHECKING

from dawam.ledger import loading, records, store
from dawam.ledger.model import Pending, PendingStatus, Transfer
from dawam.ledger.recent import Hold
from dawam.ledger.rules import NEVER, PENDING, expires_at
from dawam.storage import Rows, Tx

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_KEPT_MAX = 200_000


class Holds:
    """The holds of a ledger's books. `next_expiry` is never later than the next expiry."""

    def __init__(self, books: "Books") -> None:
        self._books = books
        self._expiries: list[tuple[int, int]] = []  # a heap of moment and id, of holds that are not indexed
        self.next_expiry = 0
        self._kept: dict[int, Hold] = {}  # by id, indexed ones that were open when they were indexed
        self.ended: list[tuple[int, int]] = []  # status and position, of indexed ones, in this commit
        self.popped: list[tuple[int, int]] = []  # moment and id, in this commit no longer watched

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
        """Bring open holds that are only in the database into memory."""
        fresh, shown, kept = self._books.fresh, self._books.shown, self._kept
        unknown = [
            each
            for each in transfer_ids
            if each not in fresh.holds and each not in shown.holds and each not in kept
        ]
        for transfer_id, seq in self._books.seqs_of(rows, unknown).items():
            stored = self._books.record(rows, seq)
            ended = transfer_id in fresh.statuses or transfer_id in shown.statuses
            if stored[1] == records.TRANSFER and not ended:
                line = records.Line(stored)
                if store.status(rows, seq) is PendingStatus.PENDING:
                    self._keep(transfer_id, loading.hold_of(self._books, rows, seq, line))

    def opened(self) -> Callable[[int], Hold | None]:
        """Finds a hold by id, if it is in memory and open; its slots are yet to be checked."""
        fresh, shown = self._books.fresh, self._books.shown
        newer_status, status = fresh.statuses.get, shown.statuses.get
        places = (fresh.holds.get, shown.holds.get, self._kept.get)

        def find(transfer_id: int) -> Hold | None:
            known = newer_status(transfer_id) or status(transfer_id)
            if known is not None and known is not PendingStatus.PENDING:
                return None
            return places[0](transfer_id) or places[1](transfer_id) or places[2](transfer_id)

        return find

    def _keep(self, transfer_id: int, hold: Hold) -> None:
        if len(self._kept) >= _KEPT_MAX:
            self._kept.clear()
        self._kept[transfer_id] = hold

    def add_many(self, transfer_ids: Sequence[int], holds: Sequence[Hold]) -> None:
        """Remember holds that have been recorded."""
        fresh = self._books.fresh
        fresh.holds.update(zip(transfer_ids, holds, strict=True))
        fresh.statuses.update(zip(transfer_ids, repeat(PendingStatus.PENDING)))
        for transfer_id, hold in zip(transfer_ids, holds, strict=True):
            if hold.expires_at != NEVER:
                self._watch(hold.expires_at, transfer_id)

    def add(self, transfer_id: int, hold: Hold) -> None:
        """Remember a hold that has been recorded."""
        self._books.fresh.holds[transfer_id] = hold
        self._books.fresh.statuses[transfer_id] = PendingStatus.PENDING
        if hold.expires_at != NEVER:
            self._watch(hold.expires_at, transfer_id)

    def _watch(self, moment_ns: int, transfer_id: int) -> None:
        heappush(self._expiries, (moment_ns, transfer_id))
        self.next_expiry = min(self.next_expiry, moment_ns)

    def end(self, transfer_id: int, seq: int, status: PendingStatus) -> None:
        """A hold has been posted, voided, or has expired."""
        self._books.fresh.statuses[transfer_id] = status
        if self._books.state is not None and seq <= self._books.state.indexed_seq:
            self.ended.append((store.STATUS_NUMBERS[status], seq))

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
        """Some of the open holds that have expired by then, earliest first; none when there are no more."""
        self.write_ended(tx)
        found = []
        for seq in store.due(tx, moment_ns):
            transfer = self._books.transfer(tx, seq)
            assert transfer is not None
            found.append(Pending(seq, transfer, PendingStatus.PENDING))
        found += self._due_in_memory(tx, moment_ns)
        found.sort(key=lambda pending: (expires_at(pending.transfer), pending.seq))
        if not found:
            soonest = [store.next_expiry(tx), *[moment for moment, _ in self._expiries[:1]]]
            self.next_expiry = min((moment for moment in soonest if moment is not None), default=NEVER)
        return found

    def go_back(self, popped: int) -> None:
        """Watch again what was watched when `popped` had this length."""
        for watched in self.popped[popped:]:
            heappush(self._expiries, watched)
            self.next_expiry = 0  # look again

    def indexed(self) -> None:
        """All holds are in the database now; those that are open stay at hand."""
        for recent in (self._books.shown, self._books.fresh):
            for transfer_id in recent.statuses:
                self._kept.pop(transfer_id, None)
        ended = self._books.shown.statuses | self._books.fresh.statuses
        for recent in (self._books.shown, self._books.fresh):
            for transfer_id, hold in recent.holds.items():
                if ended[transfer_id] is PendingStatus.PENDING:
                    self._keep(transfer_id, hold)
        self._expiries.clear()
        self.next_expiry = 0  # look again

    def clear_commit(self) -> None:
        """A new commit begins."""
        self.ended.clear()
        self.popped.clear()
