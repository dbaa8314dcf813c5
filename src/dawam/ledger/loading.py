"""Reading the books from the database: one account, or all that a new life of the writer must know."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from dawam.kernel import Bug, IntegrityBroken, invariant, unreachable
from dawam.kernel.merkle import EMPTY_ROOT, Tree
from dawam.ledger import records, store
from dawam.ledger.cache import NONE
from dawam.ledger.history.store import happened_by_waypoint
from dawam.ledger.model import NO_TERMS, AccountRow, PendingStatus, Transfer
from dawam.ledger.recent import Chunk, Head, Hold, Late, Recent, Waypoint
from dawam.ledger.rules import EXPIRED, NEVER, NS_PER_S, PENDING, POST, RESOLVES
from dawam.storage import Rows

if TYPE_CHECKING:
    from dawam.ledger.books import Books


def account(rows: Rows, index: store.AccountIndex) -> AccountRow:
    """An account as its records say."""
    facts = records.unpack_account(store.record(rows, index.number))
    terms = facts.terms
    if index.terms:
        _, terms, _ = records.unpack_terms(store.record(rows, index.terms))
    row = AccountRow(
        index.number,
        facts.id,
        facts.ledger,
        facts.code,
        facts.flags,
        facts.user_data_128,
        facts.user_data_64,
        facts.user_data_32,
        facts.timestamp,
        terms=NO_TERMS if terms == NO_TERMS else terms,
    )
    seq = index.latest
    if seq:
        stored = store.record(rows, seq)
        line = records.Line(stored)
        row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted = line.counters(
            index.number
        )
        row.flags, row.last_seq = line.flags(index.number), seq
        row.happened_ns = happened_by(rows, index.number, seq)
        row.mark = seq if records.is_mark(records.leaf_of(stored)) else line.mark(index.number)
    return row


def happened_by(rows: Rows, number: int, seq: int) -> int:
    """The latest effective time of an account's transfers up to one: that of the last that is not late."""
    while True:
        stored = store.record(rows, seq)
        line = records.Line(stored)
        if not line.is_late(number):
            return line.happened_ns
        if records.is_waypoint(records.leaf_of(stored)):
            known = happened_by_waypoint(rows, number, line.timestamp)
            if known is not None:  # it is indexed
                return known
        previous = line.previous(number)
        invariant(previous < seq, "pointers lead back")
        seq = previous


def transfer(rows: Rows, seq: int) -> Transfer | None:
    """The transfer at a position; None if another record stands there."""
    stored = store.record(rows, seq)
    if stored[1] != records.TRANSFER:
        return None
    line = records.Line(stored)
    ids = {index.number: index.id for index in store.accounts_by_number(rows, {line.debit, line.credit})}
    return line.transfer(ids[line.debit], ids[line.credit])


def taken(rows: Rows, kind: int, timestamps: Iterable[int]) -> set[int]:
    """Those of the timestamps at which a record of a kind stands, whose timestamps increase."""
    return {moment for moment in timestamps if _stands_at(rows, kind, moment)}


def _stands_at(rows: Rows, kind: int, moment: int) -> bool:
    low, high = 1, end_of(rows)
    while low <= high:  # blocks of the kind, by halves
        middle = (low + high) // 2
        chunk = store.last_of_kind_before(rows, kind, middle)
        if chunk is None:
            low = middle + 1
            continue
        times = [
            records.timestamp_of(kind, each) for _, _, each in records.each(kind, chunk.seq, chunk.stored)
        ]
        if moment in times:
            return True
        if times[0] > moment:
            high = chunk.seq - 1
        else:
            low = max(middle, chunk.seq + len(times) - 1) + 1
    return False


def leaf_source(rows: Rows, level: int, first: int, count: int) -> Sequence[bytes]:
    """The hashes of leaves, or of kept subtrees: what `kernel.merkle.Tree` is made from."""
    if level:
        return [store.node(rows, level, place) or b"" for place in range(first, first + count)]
    hashes: list[bytes] = []
    start = store.block_at(rows, first + 1)
    if start is not None:
        for chunk in store.blocks(rows, start.seq, first + count):
            hashes += map(_hash_of, records.leaves(chunk.kind, chunk.stored))
        del hashes[: first + 1 - start.seq]
    return hashes[:count]


def _hash_of(leaf_input: bytes) -> bytes:
    return sha256(leaf_input).digest()


def tree(rows: Rows, size: int) -> Tree:
    """The journal's tree up to a position, for a few proofs."""
    return Tree(size, lambda level, first, count: leaf_source(rows, level, first, count))


class _Tail:
    """What the journal's newest records say that the indexes do not."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.recent = Recent()
        self.latest: dict[int, int] = {}
        self._happened: dict[int, int] = {}
        self.holds: list[tuple[int, records.Line]] = []

    def take(self, chunk: Chunk) -> None:
        self.recent.take_postings([chunk])
        for seq, kind, stored in records.each(chunk.kind, chunk.seq, chunk.stored):
            self.recent.count += 1
            if kind == records.TRANSFER:
                self._take_transfer(seq, stored)
            elif kind == records.BURNT:
                self.recent.burnt[records.unpack_burnt(stored)[0]] = seq
            elif kind == records.METADATA:
                subject = records.unpack_metadata(stored)[:2]
                self.recent.notes.setdefault(subject, []).append(seq)

    def _take_transfer(self, seq: int, stored: bytes) -> None:
        line = records.Line(stored)
        recent, flags = self.recent, line.fields[13]
        self.latest[line.debit] = self.latest[line.credit] = seq
        if line.id:
            recent.ids[line.id] = seq
        if flags & PENDING:
            self.holds.append((seq, line))
            recent.statuses[line.id] = PendingStatus.PENDING
        elif flags & EXPIRED:
            recent.statuses[line.pending_id] = PendingStatus.EXPIRED
        elif flags & RESOLVES:
            recent.statuses[line.pending_id] = PendingStatus.POSTED if flags & POST else PendingStatus.VOIDED
        passes = records.is_waypoint(records.leaf_of(stored))
        for number in (line.debit, line.credit):
            happened = self._happened[number] = self._happened_by(number, line)
            if line.is_late(number):
                recent.lates.setdefault(number, []).append(Late(seq, line.happened_ns))
            if passes:
                recent.waypoints.setdefault(number, []).append(Waypoint(line.timestamp, seq, happened))

    def _happened_by(self, number: int, line: records.Line) -> int:
        """The latest effective time of an account's transfers up to this one, found once an account."""
        if not line.is_late(number):
            return line.happened_ns
        known = self._happened.get(number)
        return happened_by(self._rows, number, line.previous(number)) if known is None else known


def read_tail(rows: Rows, indexed_seq: int, seq: int) -> _Tail:
    """What is newer than the indexes."""
    tail = _Tail(rows)
    for chunk in store.blocks(rows, indexed_seq + 1, seq):
        tail.take(chunk)
    return tail


def end_of(rows: Rows) -> int:
    """The journal's last position, 0 when it is empty."""
    last = store.last_block(rows)
    return 0 if last is None else last.seq + records.count(last.kind, last.stored) - 1


def newest(rows: Rows, kind: int) -> int:
    """The timestamp of the newest record of a kind, 0 for none."""
    chunk = store.last_block(rows, kind)
    if chunk is None:
        return 0
    last = records.record(kind, chunk.stored, records.count(kind, chunk.stored) - 1)
    return records.timestamp_of(kind, last)


def open_books(rows: Rows, books: "Books") -> None:
    """Bring the writer's books to where the database is, if its newest records are what was sealed.

    Raises: IntegrityBroken `journal_contradicts_checkpoint`.
    """
    sealed = store.checkpoint(rows)
    size, root = sealed[:2] if sealed else (0, EMPTY_ROOT)
    try:
        _read_books(rows, books, size)
        is_sound = bool(books.frontier.root() == root)
    except (*records.MALFORMED, Bug):
        is_sound = False
    if not is_sound:
        raise IntegrityBroken("journal_contradicts_checkpoint", size=size)


def _read_books(rows: Rows, books: "Books", seq: int) -> None:
    books.state = store.read_state(rows)
    indexed = books.state.indexed_seq if books.state else 0
    invariant(end_of(rows) == seq and 0 <= indexed <= seq, "the journal ends with its checkpoint")
    tail = read_tail(rows, indexed, seq)
    times = {
        kind: newest(rows, kind)
        for kind in (records.ACCOUNT, records.TRANSFER, records.TERMS, records.METADATA)
    }
    max_id = max(
        books.state.max_id if books.state else 0,
        max(tail.recent.ids, default=0),
        max(tail.recent.burnt, default=0),
    )
    books.head = Head(seq, max(times.values()), times[records.TRANSFER], times[records.ACCOUNT], max_id)
    books.frontier = tree(rows, seq).frontier()
    books.shown = tail.recent
    books.newest = tail.latest
    for at, line in tail.holds:
        books.shown.holds[line.id] = _hold(at, line, debit=NONE, credit=NONE)
    books.holds.watch()


def hold_of(books: "Books", rows: Rows, seq: int, line: records.Line) -> Hold:
    """A hold as the books know it; its accounts are brought into memory."""
    debit = books.slot(rows, books.id_of_number(rows, line.debit))
    credit = books.slot(rows, books.id_of_number(rows, line.credit))
    if debit is None or credit is None:
        unreachable("the accounts of a hold are there")
    return _hold(seq, line, debit=debit, credit=credit)


def _hold(seq: int, line: records.Line, *, debit: int, credit: int) -> Hold:
    f = line.fields
    expires_at = line.timestamp + f[10] * NS_PER_S if f[10] else NEVER
    data_128 = records.id_of(f[7])
    numbers = (line.debit, line.credit)
    return Hold(seq, debit, credit, *numbers, f[5], f[11], f[12], data_128, f[8], f[9], expires_at, f[13])
