"""One batch of transfers: decided in memory against copies of its accounts, then written at once.

Two lanes. The fast one takes runs of plain transfers of which a few comparisons show that no rule refuses
them; everything else, refusals too, goes through `rules.judge_transfer`. Both end in the same record.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import islice
from struct import error as PackError
from typing import Any

from msgspec.structs import replace

from dawam.kernel import AMOUNT_MAX, ID_MAX, InvalidInput
from dawam.ledger import store
from dawam.ledger.journal import (
    ABSENT,
    TRANSFER,
    TRANSFER_RECORD,
    WAYPOINT_MASK,
    ZERO_ID,
    id_bytes,
    is_waypoint,
    seal_transfer,
)
from dawam.ledger.model import AccountRow, Head, Pending, PendingStatus, Transfer
from dawam.ledger.ranges import check_transfer
from dawam.ledger.results import TransferResult
from dawam.ledger.rules import (
    BALANCING,
    CLOSED,
    CLOSING,
    CREDIT_LIMITED,
    DEBIT_LIMITED,
    EXPIRED,
    IMPORTED,
    LINKED,
    NEVER,
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
from dawam.storage import Tx

Write = Callable[[list[Any]], None]

_OK = TransferResult.OK
_STRETCH = 256
_WRITE_AT = _STRETCH * store.COLUMNS


def _keep(values: list[Any]) -> None:
    """Write nothing yet."""


class _Mark:
    """Where a linked chain began, to go back to if it fails."""

    def __init__(self, batch: "Batch") -> None:
        self.head = (batch.seq, batch.seal, batch.timestamp, batch.max_id)
        self.lengths = [len(rows) for rows in (batch.values, batch.held, batch.resolved, batch.passed)]
        self.accounts: dict[int, AccountRow] = {}
        self.named: dict[int, Pending | None] = {}


class Batch:
    """The transfers of one call, and what they change."""

    def __init__(self, head: Head, now_ns: int) -> None:
        self.seq = head.seq
        self.seal = head.seal
        self.timestamp = head.timestamp
        self.max_id = head.max_id
        self.next_expiry = head.next_expiry
        self._first = head.seq + 1
        self._now_ns = now_ns
        self._mark: _Mark | None = None
        self.accounts: dict[int, AccountRow] = {}  # copies, by id
        self.named: dict[int, Pending] = {}  # by id: found in the database, or recorded by the slow lane
        self.fresh: dict[int, Transfer] = {}  # by id: recorded by the fast lane
        self.values: list[Any] = []  # the rows' columns, one row after another
        self.held: list[tuple[int, int, int | None]] = []
        self.resolved: list[tuple[int, int]] = []
        self.passed: list[tuple[int, int, int]] = []

    def post(self, transfers: Sequence[Transfer], write: Write = _keep) -> list[TransferResult]:
        """Decide all of them in order; one result each.

        `write` is given the rows' values every few hundred transfers, while the processor still has them at
        hand, and takes out what it has written; the rest is for `save`.
        """
        results: list[TransferResult] = []
        count = len(transfers)
        while len(results) < count:
            start = len(results)
            results.extend([_OK] * self._stretch(transfers, start))
            if len(results) < min(count, start + _STRETCH):
                if transfers[len(results)].flags & LINKED:
                    results.extend(self._post_chain(transfers, len(results)))
                else:
                    results.append(self._post_one(transfers[len(results)]))
            if len(self.values) >= _WRITE_AT:
                write(self.values)
        return results

    def _stretch(self, transfers: Sequence[Transfer], start: int) -> int:
        try:
            return self._post_plain(transfers, start)
        except (PackError, OverflowError):
            for transfer in transfers:
                _check(transfer)
            raise

    def expire(self, pending: Pending) -> None:
        """Release a pending transfer whose time is over."""
        transfer = expiry_of(pending.transfer)
        self._record(transfer, pending)
        self._resolve(pending, PendingStatus.EXPIRED)

    def save(self, tx: Tx) -> dict[int, AccountRow]:
        """Write everything; returns the accounts that have changed, by id."""
        if self.seq < self._first:
            return {}
        first = self._first
        touched = {row_id: row for row_id, row in self.accounts.items() if row.last_seq >= first}
        store.add_transfer_groups(tx, self.values)
        store.add_transfers(tx, self.values)
        store.point_accounts(tx, touched.values())
        if self.held:
            store.add_pendings(tx, self.held)
        if self.resolved:
            store.resolve_pendings(tx, self.resolved)
        if self.passed:
            store.add_waypoints(tx, self.passed)
        return touched

    def head(self) -> Head:
        """Where the journal ends after this batch."""
        return Head(self.seq, self.seal, self.timestamp, self.max_id, self.next_expiry)

    # The whole of it is one loop, because calls would cost more than what they do.
    def _post_plain(self, transfers: Sequence[Transfer], start: int) -> int:  # noqa: C901
        """The fast lane: record a stretch of plain transfers, up to the first that needs the rules."""
        accounts, named, fresh, passed = self.accounts, self.named, self.fresh, self.passed
        seq, seal, timestamp, max_id = self.seq, self.seal, self.timestamp, self.max_id
        now_ns, add, pack = self._now_ns, self.values.extend, TRANSFER.pack
        first = seq
        for transfer in islice(transfers, start, start + _STRETCH):
            if transfer.flags or transfer.pending_id or transfer.timeout or transfer.timestamp:
                break
            transfer_id = transfer.id
            if not max_id < transfer_id < ID_MAX and (
                transfer_id in fresh or transfer_id in named or not 0 < transfer_id < ID_MAX
            ):
                break
            debit = accounts.get(transfer.debit_account_id)
            credit = accounts.get(transfer.credit_account_id)
            if debit is None or credit is None or debit is credit or (debit.flags | credit.flags) & CLOSED:
                break
            ledger, code, amount = transfer.ledger, transfer.code, transfer.amount
            if ledger != debit.ledger or ledger != credit.ledger or not code or amount < 0:
                break
            debits = debit.debits_posted + amount
            credits_ = credit.credits_posted + amount
            if debits + debit.debits_pending > AMOUNT_MAX or credits_ + credit.credits_pending > AMOUNT_MAX:
                break
            if debit.flags & DEBIT_LIMITED and debits + debit.debits_pending > debit.credits_posted:
                break
            if credit.flags & CREDIT_LIMITED and credits_ + credit.credits_pending > credit.debits_posted:
                break
            seq += 1
            timestamp = now_ns if now_ns > timestamp else timestamp + 1
            id_stored = bytearray(transfer_id.to_bytes(16, "big"))
            data_128 = id_bytes(transfer.user_data_128) if transfer.user_data_128 else ABSENT
            data_64, data_32 = transfer.user_data_64, transfer.user_data_32
            effective_at = transfer.effective_at
            debit_number, credit_number = debit.number, credit.number
            # fmt: off
            seal = sha256(pack(
                seal, TRANSFER_RECORD, seq, id_stored, debit_number, credit_number, amount, ZERO_ID,
                data_128 or ZERO_ID, data_64, data_32, 0, ledger, code, 0, effective_at, timestamp,
            )).digest()
            add((
                seq, id_stored, debit_number, credit_number, amount, ABSENT,
                data_128, data_64, data_32, 0, ledger, code, 0, effective_at, timestamp,
                debit.last_seq, credit.last_seq,
                debit.debits_pending, debits, debit.credits_pending, debit.credits_posted,
                credit.debits_pending, credit.debits_posted, credit.credits_pending, credits_,
                bytearray(seal),
            ))
            # fmt: on
            debit.debits_posted = debits
            credit.credits_posted = credits_
            debit.last_seq = credit.last_seq = seq
            if not seal[0] & WAYPOINT_MASK:
                passed += ((debit_number, timestamp, seq), (credit_number, timestamp, seq))
            fresh[transfer_id] = transfer
            if transfer_id > max_id:
                max_id = transfer_id
        self.seq, self.seal, self.timestamp, self.max_id = seq, seal, timestamp, max_id
        return seq - first

    def _post_one(self, transfer: Transfer) -> TransferResult:
        """The slow lane: by the rules."""
        _check(transfer)
        if transfer.flags & (CLOSING | IMPORTED):  # not kept by these tables
            return TransferResult.RESERVED_FLAG
        pending = self._find(transfer.pending_id)
        existing = self._find(transfer.id)
        debit, credit = map(self.accounts.get, sides_of(transfer, pending))
        result = judge_transfer(
            transfer,
            existing=existing.transfer if existing else None,
            pending=pending,
            debit=debit,
            credit=credit,
            timestamp=self._next_timestamp(),
        )
        if result is not _OK:
            return result
        resolves = pending if transfer.flags & RESOLVES else None
        if resolves is not None:
            transfer = completed(transfer, resolves.transfer)
        elif transfer.flags & BALANCING and debit is not None and credit is not None:
            transfer = replace(transfer, amount=amount_of(transfer, debit, credit))
        self._record(transfer, resolves)
        if resolves is not None:
            self._resolve(resolves, PendingStatus.POSTED if transfer.flags & POST else PendingStatus.VOIDED)
        return _OK

    def _post_chain(self, transfers: Sequence[Transfer], start: int) -> list[TransferResult]:
        """A chain of linked transfers: all or none. A chain that the batch leaves open fails."""
        end = start
        while end < len(transfers) and transfers[end].flags & LINKED:
            end += 1
        is_open = end == len(transfers)
        chain = transfers[start:end] if is_open else transfers[start : end + 1]
        self._mark = mark = _Mark(self)
        failed, reason = None, _OK
        for position, transfer in enumerate(chain):
            last_of_open = is_open and position == len(chain) - 1
            reason = TransferResult.LINKED_EVENT_CHAIN_OPEN if last_of_open else self._post_one(transfer)
            if reason is not _OK:
                failed = position
                break
        self._mark = None
        if failed is None:
            return [_OK] * len(chain)
        self._go_back(mark)
        results = [TransferResult.LINKED_EVENT_FAILED] * len(chain)
        results[failed] = reason
        if is_open:
            results[-1] = TransferResult.LINKED_EVENT_CHAIN_OPEN
        return results

    def _go_back(self, mark: _Mark) -> None:
        self.seq, self.seal, self.timestamp, self.max_id = mark.head
        tables: tuple[list[Any], ...] = (self.values, self.held, self.resolved, self.passed)
        for rows, length in zip(tables, mark.lengths, strict=True):
            del rows[length:]
        self.accounts.update(mark.accounts)
        for identifier, pending in mark.named.items():
            if pending is None:
                del self.named[identifier]
            else:
                self.named[identifier] = pending

    def _next_timestamp(self) -> int:
        return max(self._now_ns, self.timestamp + 1)

    def _find(self, transfer_id: int) -> Pending | None:
        """The transfer of an id, from the database or from this batch."""
        if not transfer_id:
            return None
        found = self.named.get(transfer_id)
        if found is None and transfer_id in self.fresh:
            return Pending(0, self.fresh[transfer_id], None)
        return found

    def _name(self, transfer_id: int, pending: Pending) -> None:
        if self._mark is not None:
            self._mark.named.setdefault(transfer_id, self.named.get(transfer_id))
        self.named[transfer_id] = pending

    def _record(self, transfer: Transfer, resolves: Pending | None) -> None:
        """Move the money, write the row, seal it."""
        debit = self._to_change(transfer.debit_account_id)
        credit = self._to_change(transfer.credit_account_id)
        self.seq += 1
        self.timestamp = self._next_timestamp()
        previous = (debit.last_seq, credit.last_seq)
        move(transfer, resolves.transfer.amount if resolves else 0, debit, credit)
        fields = (
            self.seq,
            id_bytes(transfer.id) if transfer.id else None,
            debit.number,
            credit.number,
            transfer.amount,
            id_bytes(transfer.pending_id),
            id_bytes(transfer.user_data_128),
            transfer.user_data_64,
            transfer.user_data_32,
            transfer.timeout,
            transfer.ledger,
            transfer.code,
            transfer.flags,
            transfer.effective_at,
            self.timestamp,
        )
        self.seal = seal_transfer(self.seal, fields)
        self.values.extend((*fields, *previous, *_counters(debit), *_counters(credit), bytearray(self.seal)))
        for row in (debit, credit):
            row.last_seq = self.seq
            if is_waypoint(self.seal):
                self.passed.append((row.number, self.timestamp, self.seq))
        if transfer.flags & EXPIRED:
            return
        self.max_id = max(self.max_id, transfer.id)
        self._hold(transfer)

    def _hold(self, transfer: Transfer) -> None:
        """Remember the transfer by its id, and when it expires if it is pending."""
        recorded = _with_timestamp(transfer, self.timestamp)
        status = PendingStatus.PENDING if transfer.flags & PENDING else None
        self._name(transfer.id, Pending(self.seq, recorded, status))
        if status is not None:
            moment = expires_at(recorded)
            self.next_expiry = min(self.next_expiry, moment)
            number = store.STATUS_NUMBERS[PendingStatus.PENDING]
            self.held.append((self.seq, number, None if moment == NEVER else moment))

    def _resolve(self, pending: Pending, status: PendingStatus) -> None:
        self.resolved.append((store.STATUS_NUMBERS[status], pending.seq))
        self._name(pending.transfer.id, Pending(pending.seq, pending.transfer, status))

    def _to_change(self, account_id: int) -> AccountRow:
        row = self.accounts[account_id]
        if self._mark is not None and account_id not in self._mark.accounts:
            self._mark.accounts[account_id] = row.__copy__()
        return row


def _check(transfer: Transfer) -> None:
    check_transfer(transfer)
    if transfer.user_data_64 >> 63:  # these columns are signed
        raise InvalidInput("transfer_field_out_of_range", field="user_data_64", bits=63)


def _counters(row: AccountRow) -> tuple[int, int, int, int]:
    return (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)


def _with_timestamp(transfer: Transfer, timestamp: int) -> Transfer:
    return Transfer(
        transfer.id,
        transfer.debit_account_id,
        transfer.credit_account_id,
        transfer.amount,
        transfer.pending_id,
        transfer.user_data_128,
        transfer.user_data_64,
        transfer.user_data_32,
        transfer.timeout,
        transfer.ledger,
        transfer.code,
        transfer.flags,
        transfer.effective_at,
        timestamp,
    )
