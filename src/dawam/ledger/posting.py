"""One call of transfers: stretches decided together where that is possible, the rest by the rules one by one.

Both ways end in the same records; a property test holds them to each other.
"""

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from dawam.kernel import unreachable
from dawam.ledger import records
from dawam.ledger.columns import Columns
from dawam.ledger.model import AccountRow, Pending, PendingStatus, Transfer
from dawam.ledger.ranges import check_transfer
from dawam.ledger.recent import Hold, Late, Waypoint
from dawam.ledger.results import TRANSIENT, TransferResult
from dawam.ledger.rules import (
    IMPORTED,
    LINKED,
    PENDING,
    POST,
    RESOLVES,
    amount_of,
    completed,
    expires_at,
    expiry_of,
    judge_transfer,
    move,
    sides_of,
)
from dawam.ledger.stretch import Stretch
from dawam.storage import Tx

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_OK = TransferResult.OK
TOGETHER_MIN = 16  # below it, columns cost more than they save
_WINDOW = 8_192
_NO_TIMESTAMPS: frozenset[int] = frozenset()


class Posting:
    """The transfers of one call."""

    def __init__(
        self,
        books: "Books",
        tx: Tx,
        now_ns: int,
        taken: Container[int] = _NO_TIMESTAMPS,
        *,
        together_min: int = TOGETHER_MIN,
    ) -> None:
        self._books = books
        self._tx = tx
        self._now_ns = now_ns
        self._taken = taken
        self._importing = False
        self._together_min = together_min
        self._window = _WINDOW

    def post(self, transfers: Sequence[Transfer]) -> list[TransferResult]:
        """Decide all of them in order; one result each."""
        count = len(transfers)
        self._importing = bool(transfers) and bool(transfers[0].flags & IMPORTED)
        columns = None
        if count >= self._together_min and not self._importing:
            columns = Columns.of(transfers, self._books, self._tx)
        results: list[TransferResult] = []
        while len(results) < count:
            start = len(results)
            if columns is not None:
                results += [_OK] * self._stretch(columns, start)
                start = len(results)
            if start < count:
                if transfers[start].flags & LINKED:
                    results += self._post_chain(transfers, start)
                else:
                    results.append(self._post_one(transfers[start]))
        self._books.write_ahead(self._tx)
        return results

    def expire(self, pending: Pending) -> None:
        """Release a hold whose time is over."""
        self._record(expiry_of(pending.transfer), pending, self._rows_of(pending.transfer))
        self._books.holds.end([pending.transfer.id], [pending.seq], [PendingStatus.EXPIRED])

    def _stretch(self, columns: Columns, start: int) -> int:
        """Post transfers together from `start` on; returns how many."""
        done = start
        count = len(columns.ids)
        while done < count:
            ahead = columns.together[done : done + self._window]
            end = done + (len(ahead) if ahead.all() else int(np.argmin(ahead)))
            if end - done < self._together_min:
                break
            moment = self._books.next_timestamp(self._now_ns)
            accepted = Stretch(self._books, columns, done, end, moment).post(self._tx)
            done += accepted
            if done < end:
                self._window = max(self._window // 4, 2 * TOGETHER_MIN)
                break
            self._window = min(self._window * 2, _WINDOW)
        return done - start

    def _post_one(self, transfer: Transfer) -> TransferResult:
        result = self._judged(transfer)
        if result in TRANSIENT:
            self._books.burn(transfer.id, result, self._now_ns)
        return result

    def _judged(self, transfer: Transfer) -> TransferResult:
        """By the rules; recorded if they allow it."""
        check_transfer(transfer)
        books, tx = self._books, self._tx
        pending = books.holds.pending(tx, transfer.pending_id) if transfer.pending_id else None
        seq = books.seq_of(tx, transfer.id)
        existing = None if seq is None else books.transfer(tx, seq)
        sides = self._sides(transfer, pending)
        result = judge_transfer(
            transfer,
            existing=existing,
            failed=seq is not None and existing is None,
            pending=pending,
            debit=sides[0],
            credit=sides[1],
            timestamp=books.next_timestamp(self._now_ns),
            importing=self._importing,
            last=books.head.transfer_ns,
            taken=self._taken,
        )
        if result is not _OK:
            return result
        debit, credit = sides
        if debit is None or credit is None:
            unreachable("a transfer without its accounts is refused")
        resolves = pending if transfer.flags & RESOLVES else None
        if resolves is not None:
            transfer = completed(transfer, resolves.transfer)
        else:
            transfer = _moving(transfer, amount_of(transfer, debit, credit))
        self._record(transfer, resolves, (debit, credit))
        if resolves is not None:
            status = PendingStatus.POSTED if transfer.flags & POST else PendingStatus.VOIDED
            books.holds.end([resolves.transfer.id], [resolves.seq], [status])
        return _OK

    def _sides(
        self, transfer: Transfer, pending: Pending | None
    ) -> tuple[AccountRow | None, AccountRow | None]:
        books, tx = self._books, self._tx
        debit, credit = (books.slot(tx, each) for each in sides_of(transfer, pending))
        return (
            None if debit is None else books.cache.row(debit),
            None if credit is None else books.cache.row(credit),
        )

    def _rows_of(self, transfer: Transfer) -> tuple[AccountRow, AccountRow]:
        debit, credit = self._sides(transfer, None)
        if debit is None or credit is None:
            unreachable("the accounts of a recorded transfer are there")
        return debit, credit

    def _post_chain(self, transfers: Sequence[Transfer], start: int) -> list[TransferResult]:
        """A chain of linked transfers: all or none. A chain that the call leaves open fails."""
        end = start
        while end < len(transfers) and transfers[end].flags & LINKED:
            end += 1
        is_open = end == len(transfers)
        chain = transfers[start:end] if is_open else transfers[start : end + 1]
        mark = self._books.mark()
        failed, reason = None, _OK
        for position, transfer in enumerate(chain):
            last_of_open = is_open and position == len(chain) - 1
            reason = TransferResult.LINKED_EVENT_CHAIN_OPEN if last_of_open else self._judged(transfer)
            if reason is not _OK:
                failed = position
                break
        if failed is None:
            return [_OK] * len(chain)
        self._books.go_back(mark)
        if reason in TRANSIENT:
            self._books.burn(chain[failed].id, reason, self._now_ns)
        results = [TransferResult.LINKED_EVENT_FAILED] * len(chain)
        results[failed] = reason
        if is_open:
            results[-1] = TransferResult.LINKED_EVENT_CHAIN_OPEN
        return results

    def _record(
        self, transfer: Transfer, resolves: Pending | None, sides: tuple[AccountRow, AccountRow]
    ) -> None:
        """Move the money and append the record."""
        books = self._books
        debit, credit = sides
        slots = [books.cache.slots[debit.id], books.cache.slots[credit.id]]
        books.touch(np.array(slots, np.int64))
        previous = (debit.last_seq, credit.last_seq)
        held = resolves.transfer if resolves is not None else None
        move(transfer, held.amount if held else 0, debit, credit, held.flags if held else 0)
        timestamp = transfer.timestamp or books.next_timestamp(self._now_ns)
        happened = transfer.effective_at or timestamp
        flags = [row.flags | records.LATE * (happened < row.happened_ns) for row in sides]
        stored = records.pack_transfer(
            transfer,
            debit=debit.number,
            credit=credit.number,
            timestamp=timestamp,
            derived=(*previous, debit.mark, credit.mark, *flags, *_counters(debit), *_counters(credit)),
        )
        seq, leaf = books.append_transfer(transfer.id, stored, timestamp)
        for slot, row in zip(slots, sides, strict=True):
            if happened < row.happened_ns:
                books.fresh.lates.setdefault(row.number, []).append(Late(seq, happened))
            row.last_seq, row.happened_ns = seq, max(row.happened_ns, happened)
            if records.is_mark(leaf):
                row.mark = seq
            if records.is_waypoint(leaf):
                passed = Waypoint(timestamp, seq, row.happened_ns)
                books.fresh.waypoints.setdefault(row.number, []).append(passed)
            books.cache.set_row(slot, row)
        if transfer.flags & PENDING:
            books.holds.add([transfer.id], [_hold(seq, slots, sides, transfer, timestamp)])


def _counters(row: AccountRow) -> tuple[int, int, int, int]:
    return (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)


def _moving(transfer: Transfer, amount: int) -> Transfer:
    return transfer if amount == transfer.amount else msgspec.structs.replace(transfer, amount=amount)


def _hold(
    seq: int,
    slots: Sequence[int],
    sides: tuple[AccountRow, AccountRow],
    transfer: Transfer,
    timestamp: int,
) -> Hold:
    recorded = msgspec.structs.replace(transfer, timestamp=timestamp)
    return Hold(
        seq,
        slots[0],
        slots[1],
        sides[0].number,
        sides[1].number,
        transfer.amount,
        transfer.ledger,
        transfer.code,
        transfer.user_data_128,
        transfer.user_data_64,
        transfer.user_data_32,
        expires_at(recorded),
        transfer.flags,
    )
