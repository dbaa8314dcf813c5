"""A ledger of version 1 becomes one of version 2: the same records at the same positions, in blocks.

The old chain of seals is checked record by record while it is read; what version 2 derives from the records
(tree, checkpoint, ids, holds, waypoints, postings, late bookings) is derived anew, and nothing is taken over
but the counters and pointers that stood beside a transfer, which an audit works out again. Memory: a stretch
of records and one of postings, the open holds, two bytes a position, and a time and a mark for each account.
"""

from array import array

from dawam import kernel
from dawam.kernel import IntegrityBroken
from dawam.migrations.version_1 import Account, Progress, Record, Transfer, read_journal
from dawam.migrations.version_1 import tables as version_1
from dawam.migrations.version_2 import store, tables
from dawam.migrations.version_2.postings import chunks
from dawam.migrations.version_2.records import (
    ACCOUNT,
    TRANSFER,
    TRANSFER_LEAF_BYTES,
    ZERO_ID,
    pack_account,
    pack_transfer,
)
from dawam.storage import Rows

_STRETCH = 8192
_BLOCK = 18
_RUN, _RUN_SPAN = 32, 64
_FILED_TOGETHER = 131_072  # postings
_TIME_EVERY = 64
_PENDING, _POST, _VOID, _EXPIRED = 2, 4, 8, 32768
_WAYPOINT_MASK, _MARK_MASK = 63, 7
_LATE = 0x8000
_NS_PER_S = 1_000_000_000


def convert(rows: Rows, on_progress: Progress | None = None, *, stretch: int = _STRETCH) -> None:
    """Bring a database's ledger and wallet, if it has them, and the writers' lease from version 1 to 2.

    Raises: IntegrityBroken `old_journal_broken`, with the position and what is wrong; as `read_journal`,
    and `pending_not_open`, `account_unknown`.
    """
    if not store.has(rows, tables.writer_lease):
        tables.writer_lease.create(rows.connection)
    store.widen(rows)
    if not store.has(rows, version_1.ledger_transfers):
        return
    store.make(rows)
    conversion = _Conversion()
    for record in read_journal(rows, on_progress):
        conversion.take(record)
        if not record[0] % stretch:
            conversion.write(rows)
    conversion.end(rows)
    store.change_accounts(rows)


class _Conversion:
    """What is known of the journal up to the record that was taken last."""

    def __init__(self) -> None:
        self._stretch = store.Stretch()
        self._frontier = kernel.merkle.Frontier()
        self._flags = array("H", [0])  # of the account whose record stands at a position
        self._marks: dict[int, int] = {}  # an account's last mark, by its position
        self._happened: dict[int, int] = {}  # an account's latest effective time, by its position
        self._holds: dict[bytes, tuple[int, int | None]] = {}  # the open ones: position, when they expire
        self._block: list[bytes] = []
        self._block_kind = self._block_seq = 0
        self._run: list[tuple[bytes, int]] = []  # ids in ascending order, and their positions
        self._ordered_id = self._max_id = ZERO_ID
        self._postings: list[tuple[int, int]] = []  # account and position, not filed yet

    def take(self, record: Record) -> None:
        """The record at the next position."""
        if isinstance(record, Account):
            self._flags.append(record.flags)
            self._append(record.number, ACCOUNT, pack_account(record))
            return
        self._flags.append(0)
        sides = (record.debit, record.credit)
        flags = [self._flags_of(record, number) | self._late(record, number) for number in sides]
        marks = [self._marks.get(number, 0) for number in sides]
        leaf = self._append(record.seq, TRANSFER, pack_transfer(record, marks, flags))
        if not leaf[0] & _MARK_MASK:
            self._marks.update(dict.fromkeys(sides, record.seq))
        if not leaf[0] & _WAYPOINT_MASK:
            for number in sides:
                passed = (number, record.timestamp, record.seq, self._happened[number])
                self._stretch.waypoints.append(passed)
        if record.id is not None:
            self._index_id(record.id, record.seq)
        self._follow_hold(record)
        self._postings += [(number, record.seq) for number in sides]
        if not record.seq % _TIME_EVERY:
            self._stretch.times.append((record.timestamp, record.seq))

    def _flags_of(self, record: Transfer, number: int) -> int:
        if not 0 < number < record.seq:
            raise IntegrityBroken("old_journal_broken", position=record.seq, finding="account_unknown")
        return self._flags[number]

    def _late(self, record: Transfer, number: int) -> int:
        """A flag if it happened before a booking of the account's that was recorded before it."""
        happened = record.effective_at or record.timestamp
        newest = self._happened.get(number, happened)
        self._happened[number] = max(newest, happened)
        if happened >= newest:
            return 0
        self._stretch.lates.append((number, record.seq, happened))
        return _LATE

    def _append(self, seq: int, kind: int, stored: bytes) -> bytes:
        """Append to the journal and its tree; returns the leaf's hash."""
        if kind != self._block_kind or len(self._block) == _BLOCK:
            self._end_block()
        if not self._block:
            self._block_kind, self._block_seq = kind, seq
        self._block.append(stored)
        leaf_input = stored[1:TRANSFER_LEAF_BYTES] if kind == TRANSFER else stored[1:]
        leaf = kernel.merkle.leaf_hash(leaf_input)
        self._stretch.nodes += self._frontier.append(leaf)
        return leaf

    def _end_block(self) -> None:
        if self._block:
            self._stretch.blocks.append((self._block_seq, self._block_kind, b"".join(self._block)))
            self._block.clear()

    def _index_id(self, identifier: bytes, seq: int) -> None:
        """Ids that ascend are found between the ends of their run, the others one by one."""
        self._max_id = max(self._max_id, identifier)
        if identifier <= self._ordered_id:
            self._stretch.ids.append((identifier, seq))
            return
        self._ordered_id = identifier
        if self._run and (len(self._run) == _RUN or seq - self._run[0][1] >= _RUN_SPAN):
            self._end_run()
        self._run.append((identifier, seq))

    def _end_run(self) -> None:
        if self._run:
            self._stretch.runs.append((*self._run[0], self._run[-1][1]))
            self._run.clear()

    def _follow_hold(self, record: Transfer) -> None:
        if record.flags & _PENDING and record.id is not None:
            expires_at = record.timestamp + record.timeout * _NS_PER_S if record.timeout else None
            self._holds[record.id] = (record.seq, expires_at)
        elif record.flags & (_POST | _VOID | _EXPIRED):
            held = self._holds.pop(record.pending_id, None)
            if held is None:
                raise IntegrityBroken("old_journal_broken", position=record.seq, finding="pending_not_open")
            status = 1 if record.flags & _POST else 2 if record.flags & _VOID else 3
            self._stretch.holds.append((held[0], status, None))

    def write(self, rows: Rows) -> None:
        """Write what has gathered; the last block may grow no more."""
        self._end_block()
        if len(self._postings) >= _FILED_TOGETHER:
            self._file_postings()
        self._stretch.write(rows)

    def _file_postings(self) -> None:
        if self._postings:
            self._stretch.postings += chunks(self._postings[0][1], self._postings)
            self._postings.clear()

    def end(self, rows: Rows) -> None:
        """Write the rest: open holds, the checkpoint, up to where the indexes go."""
        self._stretch.holds += [(seq, 0, expires_at) for seq, expires_at in self._holds.values()]
        self._end_run()
        self._file_postings()
        self.write(rows)
        if self._frontier.size:
            store.seal(
                rows,
                size=self._frontier.size,
                root=self._frontier.root(),
                ordered_id=self._ordered_id,
                max_id=self._max_id,
            )
