"""The writer's books: the journal's end, the accounts in memory, and the commit that is being made.

Everything a verb changes is changed here, in memory, and can be taken back; `settle` writes it all at once
before the commit (of a very long verb, `write_ahead` writes the records earlier), and only the commit shows
it to readers. Rules: `rules/`; what is written: `tables.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from dawam.kernel import ID_MAX, unreachable
from dawam.kernel.merkle import Frontier, Subtree
from dawam.ledger import indexing, loading, records, store
from dawam.ledger.cache import NUMBER, AccountCache
from dawam.ledger.holds import Holds
from dawam.ledger.model import NO_TERMS, Account, AccountRow, PendingStatus, Terms, Transfer
from dawam.ledger.recent import Chunk, Head, Recent
from dawam.ledger.records import LEAF_BYTES, Array
from dawam.storage import Rows, Tx

INDEX_EVERY = 65_536
_NOBODY: Array = np.empty(0)  # stood in a slot before its account was opened
_NUMBERS_MAX = 100_000
Seal = Callable[[int, bytes], str]
"""Signs a checkpoint: the journal's size and root in, the signed note out."""


class _Mark(NamedTuple):
    """What to go back to."""

    head: Head
    frontier: Frontier
    lengths: tuple[int, ...]


class Books:
    """The state of one ledger's writer. One thread changes it; all may read `shown` and the cache."""

    def __init__(self, capacity: int, seal: Seal | None, index_every: int = INDEX_EVERY) -> None:
        self._seal = seal
        self._index_every = index_every
        self._write_every = max(index_every // 4, 1)
        self.cache = AccountCache(capacity)
        self.shown = Recent()  # committed, for readers too
        self.holds = Holds(self)
        self.head = Head(0, 0, 0, 0, 0)
        self.frontier = Frontier()
        self.fresh = Recent()
        self.state: store.State | None = None
        self._new_state: store.State | None = None
        self._ids_by_number: dict[int, int] = {}
        self.newest: dict[int, int] = {}  # by account number, transfers newer than the indexes at the opening
        self._clear_commit()

    def _clear_commit(self) -> None:
        self._before: _Mark | None = None  # this commit
        self._verb: _Mark | None = None
        self._undo: list[tuple[Array, Array]] = []  # slots, and their rows before
        self._old_terms: list[tuple[int, Terms]] = []  # slot, and its terms before
        self._opened: list[tuple[int, int]] = []  # number and id
        self._new_terms: list[tuple[int, int]] = []  # position and number
        self._nodes: list[Subtree] = []
        self._written = 0  # up to which position, ahead of the commit
        self.holds.clear_commit()
        self._logs: tuple[list[Any], ...] = (
            self.fresh.chunks,
            self._undo,
            self._old_terms,
            self._opened,
            self._new_terms,
            self._nodes,
            *self.holds.logs(),
        )

    def open(self, rows: Rows) -> None:
        """Read from the database where the books are, as of one moment.

        Raises: IntegrityBroken `journal_contradicts_checkpoint`.
        """
        self.cache.clear()
        self._ids_by_number.clear()
        with rows.snapshot():
            loading.open_books(rows, self)

    # The fate of a commit: dawam.storage.Staged

    def begin(self) -> None:
        """A verb begins to use the books. Every verb says so first."""
        if self._verb is None:
            self._verb = self.mark()
            if self._before is None:
                self._before = self._verb

    def keep(self) -> None:
        """The verb succeeded."""
        self._verb = None

    def drop(self) -> None:
        """The verb was rolled back."""
        if self._verb is not None:
            self.go_back(self._verb)
            self._verb = None

    def settle(self, tx: Tx) -> None:
        """Write the commit: records, nodes, checkpoint; and the indexes when they are due."""
        if not self.fresh.count:
            return
        self._write_records(tx)
        if self._new_terms:
            store.set_terms(tx, self._new_terms)
        if self._nodes:
            store.add_nodes(tx, self._nodes)
        self.holds.write_ended(tx)
        root = self.frontier.root()
        note = None if self._seal is None else self._seal(self.head.seq, root)
        store.add_checkpoint(tx, self.head.seq, root, note)
        if self.shown.count + self.fresh.count >= self._index_every or self.state is None:
            self._new_state = indexing.bring_up_to_date(tx, self.state, self)

    def write_ahead(self, tx: Tx) -> None:
        """Write the records of a long verb before its end, so that memory need not hold them all.

        Only of a verb that is the first of its commit to record anything: it is taken back whole or not at
        all, by its savepoint.
        """
        verb, commit = self._verb, self._before
        if verb is None or commit is None or verb.head.seq != commit.head.seq:
            return
        if self.head.seq - max(commit.head.seq, self._written) >= self._write_every:
            self._write_records(tx)
            self._written = self.head.seq
            self.fresh.chunks.clear()
            self._opened.clear()

    def _write_records(self, tx: Tx) -> None:
        chunks = self.fresh.merged()
        store.add_chunks(tx, chunks)
        self.fresh.take_postings(chunks)
        if self._opened:
            store.add_accounts(tx, self._opened)

    def publish(self) -> None:
        """The commit is durable."""
        self.cache.publish([slots for slots, _ in self._undo], [slot for slot, _ in self._old_terms])
        if self._new_state is not None:
            self.state, self._new_state = self._new_state, None
            self.holds.indexed()
            self.shown = Recent()
            self.newest = {}
            self.cache.dirty[:] = False
        elif self.fresh.count:
            self.shown.absorb(self.fresh)
        if self.fresh.count:
            self.fresh = Recent()
        self._clear_commit()
        self.cache.trim()

    def forget(self) -> None:
        """The commit failed: back to where it began."""
        if self._before is not None:
            self.go_back(self._before)
        self._new_state = None
        self._clear_commit()

    # Going back

    def mark(self) -> _Mark:
        """Where the commit is now."""
        return _Mark(self.head, self.frontier.copy(), tuple(map(len, self._logs)))

    def go_back(self, mark: _Mark) -> None:
        """Take back everything since the mark."""
        chunks, undo, terms, *_ = mark.lengths
        if mark.head.seq < self._written:  # to where nothing was recorded yet
            self.fresh.clear()
            self._written = 0
        else:
            self.fresh.cut(chunks)
        self.fresh.drop_postings(mark.head.seq)
        for slot, old in reversed(self._old_terms[terms:]):
            self.cache.set_terms(slot, old)
        for slots, rows in reversed(self._undo[undo:]):
            if rows is _NOBODY:
                self.cache.remove([self.cache.ids[slot] for slot in slots.tolist()])
            else:
                self.cache.now[slots] = rows
        self.holds.go_back(mark.lengths[-4:])
        for log, length in zip(self._logs[1:], mark.lengths[1:], strict=True):
            del log[length:]
        self.head, self.frontier = mark.head, mark.frontier.copy()

    # Accounts

    def index_of(self, rows: Rows, account_id: int) -> store.AccountIndex | None:
        """Where an account's records are, for whom it is not in memory."""
        index = store.account(rows, account_id)
        return None if index is None else self._newer(index)

    def _newer(self, index: store.AccountIndex) -> store.AccountIndex:
        newest = self.newest.get(index.number, 0)
        return index if newest <= index.latest else index._replace(latest=newest)

    def slot(self, rows: Rows, account_id: int) -> int | None:
        """The account's place in memory, from the database if need be; None if there is none."""
        found = self.cache.slots.get(account_id)
        if found is None:
            index = self.index_of(rows, account_id)
            if index is not None:
                found = int(self.cache.add([loading.account(rows, index)], shown=True)[0])
        return found

    def load(self, rows: Rows, account_ids: Iterable[int]) -> None:
        """Bring many accounts into memory, as far as they exist."""
        missing = {each for each in account_ids if each not in self.cache.slots}
        if missing:
            indexes = map(self._newer, store.accounts_by_id(rows, missing))
            self.cache.add([loading.account(rows, index) for index in indexes], shown=True)

    def touch(self, slots: Array) -> None:
        """These accounts are about to change."""
        self._undo.append((slots, self.cache.now[slots]))

    def open_accounts(self, accounts: Sequence[Account], timestamps: Sequence[int]) -> None:
        """Record new accounts."""
        stored = [records.pack_account(*each) for each in zip(accounts, timestamps, strict=True)]
        self._nodes += self.frontier.extend([sha256(each).digest() for each in stored])
        first, head = self.head.seq + 1, self.head
        self.fresh.add(Chunk(first, records.ACCOUNT, b"".join(stored)))
        newest = max(timestamps)
        self.head = head._replace(
            seq=head.seq + len(stored),
            timestamp=max(head.timestamp, newest),
            account_ns=max(head.account_ns, newest),
        )
        rows = [
            AccountRow(
                number,
                account.id,
                account.ledger,
                account.code,
                account.flags,
                account.user_data_128,
                account.user_data_64,
                account.user_data_32,
                timestamp,
                terms=NO_TERMS if account.terms == NO_TERMS else account.terms,
            )
            for number, (account, timestamp) in enumerate(zip(accounts, timestamps, strict=True), first)
        ]
        self._undo.append((self.cache.add(rows, shown=False), _NOBODY))
        self._opened += [(row.number, row.id) for row in rows]

    def set_terms(self, slot: int, terms: Terms, timestamp: int) -> None:
        """Record an account's new terms."""
        number = int(self.cache.facts[slot, NUMBER])
        seq = self.append(records.TERMS, records.pack_terms(number, terms, timestamp), timestamp)
        self.touch(np.array([slot]))
        self._old_terms.append((slot, self.cache.terms(slot)))
        self.cache.set_terms(slot, terms)
        self._new_terms.append((seq, number))

    # Records

    def next_timestamp(self, now_ns: int) -> int:
        """When the next record is made: now, but later than any other."""
        return max(now_ns, self.head.timestamp + 1)

    def append(self, kind: int, stored: bytes, timestamp: int) -> int:
        """Append one record; returns its position."""
        leaf = sha256(stored[: LEAF_BYTES.get(kind, len(stored))]).digest()
        self._nodes += self.frontier.append(leaf)
        seq = self.head.seq + 1
        self.fresh.add(Chunk(seq, kind, stored))
        self.head = self.head._replace(seq=seq, timestamp=max(self.head.timestamp, timestamp))
        return seq

    def append_transfers(self, stored: bytes, leaves: Sequence[bytes], timestamp: int, max_id: int) -> None:
        """Append many transfers whose leaf hashes are known; `timestamp` is the last one's."""
        self._nodes += self.frontier.extend(leaves)
        head = self.head
        self.fresh.add(Chunk(head.seq + 1, records.TRANSFER, stored))
        self.head = Head(
            head.seq + len(leaves), timestamp, timestamp, head.account_ns, max(head.max_id, max_id)
        )

    def append_transfer(self, transfer_id: int, stored: bytes, timestamp: int) -> tuple[int, bytes]:
        """Append one transfer, by id 0 an expiry; returns its position and its leaf's hash."""
        leaf = sha256(stored[: LEAF_BYTES[records.TRANSFER]]).digest()
        self._nodes += self.frontier.append(leaf)
        head = self.head
        seq = head.seq + 1
        self.fresh.add(Chunk(seq, records.TRANSFER, stored))
        if transfer_id:
            self.fresh.ids[transfer_id] = seq
        self.head = Head(
            seq, max(head.timestamp, timestamp), timestamp, head.account_ns, max(head.max_id, transfer_id)
        )
        return seq, leaf

    def record(self, rows: Rows, seq: int) -> bytes:
        """The record at a position, of this commit or an earlier one."""
        if self._before is not None and seq > max(self._before.head.seq, self._written):
            found = self.fresh.record(seq)
            if found is None:
                unreachable("a commit knows its own records")
            return found
        return store.record(rows, seq)

    def burn(self, transfer_id: int, code: int, now_ns: int) -> None:
        """Record that an id can never be used. Takes no moment of its own: it changes no account."""
        timestamp = max(now_ns, self.head.timestamp)
        stored = records.pack_burnt(transfer_id, code, timestamp)
        seq = self.append(records.BURNT, stored, self.head.timestamp)
        self.fresh.burnt[transfer_id] = seq
        self.head = self.head._replace(max_id=max(self.head.max_id, transfer_id))

    def annotate(self, kind: int, subject_id: int, encoded: bytes, now_ns: int) -> None:
        """Record the metadata of an account or a transfer."""
        timestamp = self.next_timestamp(now_ns)
        stored = records.pack_metadata(kind, subject_id, encoded, timestamp)
        seq = self.append(records.METADATA, stored, timestamp)
        self.fresh.notes.setdefault((kind, subject_id), []).append(seq)

    # Transfers by id

    def seq_of(self, rows: Rows, transfer_id: int) -> int | None:
        """The position of a transfer, or of what burnt its id; None if the id is new."""
        if not 0 < transfer_id <= self.head.max_id:
            return None
        for recent in (self.fresh, self.shown):
            found = recent.ids.get(transfer_id) or recent.burnt.get(transfer_id)
            if found is not None:
                return found
        return store.seq_of(rows, transfer_id)

    def seqs_of(self, rows: Rows, transfer_ids: Iterable[int]) -> dict[int, int]:
        """The same for many ids; new ones are missing."""
        found, unknown = {}, []
        newest = self.head.max_id
        for transfer_id in transfer_ids:
            if transfer_id > newest:
                continue
            for recent in (self.fresh, self.shown):
                seq = recent.ids.get(transfer_id) or recent.burnt.get(transfer_id)
                if seq is not None:
                    found[transfer_id] = seq
                    break
            else:
                unknown.append(transfer_id)
        if unknown and self.state is not None:
            found.update(store.seqs_of(rows, unknown))
        return found

    def transfer(self, rows: Rows, seq: int) -> Transfer | None:
        """The transfer at a position; None if an id was burnt there."""
        stored = self.record(rows, seq)
        if stored[1] != records.TRANSFER:
            return None
        line = records.Line(stored)
        return line.transfer(self.id_of_number(rows, line.debit), self.id_of_number(rows, line.credit))

    def id_of_number(self, rows: Rows, number: int) -> int:
        """The id of the account whose record stands at a position."""
        found = self._ids_by_number.get(number)
        if found is None:
            for opened, identifier in self._opened:
                if opened == number:
                    return identifier
            ((_, found, _, _),) = store.accounts_by_number(rows, [number])
            if len(self._ids_by_number) >= _NUMBERS_MAX:
                self._ids_by_number.clear()
            self._ids_by_number[number] = found
        return found

    # What readers see, from any thread

    def committed_transfer(self, rows: Rows, transfer_id: int) -> Transfer | None:
        """The transfer of an id, as committed."""
        seq = self.shown.ids.get(transfer_id) or (
            store.seq_of(rows, transfer_id) if 0 < transfer_id < ID_MAX else None
        )
        return None if seq is None else loading.transfer(rows, seq)

    def committed_status(self, rows: Rows, transfer_id: int) -> PendingStatus | None:
        """What became of a hold, as committed; None when there is none of this id."""
        known = self.shown.statuses.get(transfer_id)
        if known is not None:
            return known
        seq = store.seq_of(rows, transfer_id) if 0 < transfer_id < ID_MAX else None
        return None if seq is None else store.status(rows, seq)
