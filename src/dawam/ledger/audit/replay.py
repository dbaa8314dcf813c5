"""The books worked out again from the records alone."""

from array import array
from collections.abc import Callable
from hashlib import sha256

from dawam.kernel.merkle import Frontier, Subtree
from dawam.ledger import records
from dawam.ledger.model import PendingStatus
from dawam.ledger.postings import TIME_EVERY
from dawam.ledger.recent import Chunk
from dawam.ledger.records import LEAF_BYTES, Line
from dawam.ledger.rules import CLOSED, CLOSING, EXPIRED, NEVER, NS_PER_S, PENDING, POST, RESOLVES, VOID

CLOSING_DEBIT, CLOSING_CREDIT = 64, 128


class Book:
    """An account as the replay knows it."""

    __slots__ = (
        "counters",
        "flags",
        "happened_ns",
        "id",
        "indexed_seq",
        "last_seq",
        "ledger",
        "mark",
        "terms",
    )

    def __init__(self, identifier: int, ledger: int, flags: int) -> None:
        self.id, self.ledger, self.flags = identifier, ledger, flags
        self.counters = [0, 0, 0, 0]
        self.happened_ns = -(2**63)
        self.last_seq = self.mark = self.indexed_seq = self.terms = 0


class Held:
    """A hold as the replay knows it."""

    __slots__ = ("amount", "credit", "debit", "expires_at", "flags", "seq", "status")

    def __init__(self, seq: int, line: Line) -> None:
        self.seq, self.debit, self.credit = seq, line.debit, line.credit
        self.amount, self.flags, timeout = line.fields[5], line.fields[13], line.fields[10]
        self.expires_at = line.timestamp + timeout * NS_PER_S if timeout else NEVER
        self.status = PendingStatus.PENDING


class Replay:
    """All that the records say, up to `seq`; and what indexes that go up to `indexed` must say."""

    def __init__(self, indexed: int = 0) -> None:
        self.seq = 0
        self.indexed = indexed
        self.indexed_is_sealed = indexed == 0
        self.frontier = Frontier()
        self.nodes: list[Subtree] = []
        self.accounts: dict[int, Book] = {}  # by number
        self.numbers: dict[int, int] = {}  # by id
        self.held: dict[int, Held] = {}  # by id
        self.ids: dict[int, int] = {}  # positions by transfer id, burnt ones too
        self.burnt: set[int] = set()
        self.indexed_notes: dict[tuple[int, int], int] = {}
        self.waypoints: set[tuple[int, int, int, int]] = set()
        self.debits, self.credits = array("q"), array("q")  # account numbers by position, 0: no transfer
        self.times: set[tuple[int, int]] = set()
        self.lates: set[tuple[int, int, int]] = set()
        self._timestamps = dict.fromkeys(range(1, 6), 0)
        self._takers: dict[int, Callable[[bytes, bytes], str | None]] = {
            records.ACCOUNT: self._take_account,
            records.TRANSFER: self._take_transfer,
            records.TERMS: self._take_terms,
            records.METADATA: self._take_metadata,
            records.BURNT: self._take_burnt,
        }

    def take(self, chunk: Chunk) -> str | None:
        """The next block; a word for what is wrong with its record at `seq`, or None."""
        try:
            if not records.is_whole(chunk.kind, chunk.stored):
                self.seq = chunk.seq
                return "record_malformed"
            for seq, kind, stored in records.each(chunk.kind, chunk.seq, chunk.stored):
                self.seq = seq
                leaf = sha256(stored[: LEAF_BYTES.get(kind, len(stored))]).digest()
                if stored[0] != 0 or stored[1] != kind:
                    return "record_malformed"
                timestamp = records.timestamp_of(kind, stored)
                if timestamp <= self._timestamps[kind] and kind != records.BURNT:
                    return "timestamp_not_increasing"
                self._timestamps[kind] = timestamp
                wrong = self._takers[kind](stored, leaf)
                if wrong is not None:
                    return wrong
                self.nodes += self.frontier.append(leaf)
                self._follow_sides(kind, stored, timestamp)
        except records.MALFORMED:
            self.seq = max(self.seq, chunk.seq)
            return "record_malformed"
        return None

    def _follow_sides(self, kind: int, stored: bytes, timestamp: int) -> None:
        """Where the postings of accounts are, and when."""
        if self.seq > self.indexed:
            return
        line = Line(stored) if kind == records.TRANSFER else None
        self.debits.append(line.debit if line else 0)
        self.credits.append(line.credit if line else 0)
        if line and not self.seq % TIME_EVERY:
            self.times.add((timestamp, self.seq))

    def _take_account(self, stored: bytes, _leaf: bytes) -> str | None:
        account = records.unpack_account(stored)
        if account.id in self.numbers:
            return "account_twice"
        self.accounts[self.seq] = Book(account.id, account.ledger, account.flags)
        self.numbers[account.id] = self.seq
        return None

    def _take_terms(self, stored: bytes, _leaf: bytes) -> str | None:
        book = self.accounts.get(records.unpack_terms(stored)[0])
        if book is None:
            return "account_unknown"
        book.terms = self.seq
        return None

    def _take_metadata(self, stored: bytes, _leaf: bytes) -> str | None:
        kind, identifier, _, _ = records.unpack_metadata(stored)
        known = self.numbers if kind == records.ACCOUNT else self.ids
        if identifier not in known or (kind == records.TRANSFER and identifier in self.burnt):
            return "subject_unknown"
        if self.seq <= self.indexed:
            self.indexed_notes[kind, identifier] = self.seq
        return None

    def _take_burnt(self, stored: bytes, _leaf: bytes) -> str | None:
        identifier = records.unpack_burnt(stored)[0]
        self.burnt.add(identifier)
        return self._take_id(identifier)

    def _take_id(self, identifier: int) -> str | None:
        if identifier in self.ids:
            return "id_twice"
        self.ids[identifier] = self.seq
        return None

    def _take_transfer(self, stored: bytes, leaf: bytes) -> str | None:
        line = Line(stored)
        debit, credit = self.accounts.get(line.debit), self.accounts.get(line.credit)
        if debit is None or credit is None or debit is credit:
            return "account_unknown"
        if not debit.ledger == credit.ledger == line.fields[11]:
            return "ledger_differs"
        flags = line.fields[13]
        wrong = None if flags & EXPIRED else self._take_id(line.id)
        if wrong is None and flags & (RESOLVES | EXPIRED):
            wrong = self._end_hold(line, debit, credit)
        if wrong is not None:
            return wrong
        self._move(line, debit, credit)
        return self._follow(line, leaf, debit, credit)

    def _end_hold(self, line: Line, debit: Book, credit: Book) -> str | None:
        held, flags = self.held.get(line.pending_id), line.fields[13]
        if held is None or held.status is not PendingStatus.PENDING:
            return "pending_not_open"
        if (held.debit, held.credit) != (line.debit, line.credit) or line.fields[5] > held.amount:
            return "pending_differs"
        ended = PendingStatus.POSTED if flags & POST else PendingStatus.VOIDED
        held.status = PendingStatus.EXPIRED if flags & EXPIRED else ended
        debit.counters[0] -= held.amount
        credit.counters[2] -= held.amount
        if held.flags & CLOSING and not flags & POST:
            debit.flags &= ~CLOSED if held.flags & CLOSING_DEBIT else -1
            credit.flags &= ~CLOSED if held.flags & CLOSING_CREDIT else -1
        return None

    def _move(self, line: Line, debit: Book, credit: Book) -> None:
        flags, amount = line.fields[13], line.fields[5]
        if flags & PENDING:
            self.held[line.id] = Held(self.seq, line)
            debit.counters[0] += amount
            credit.counters[2] += amount
            debit.flags |= CLOSED if flags & CLOSING_DEBIT else 0
            credit.flags |= CLOSED if flags & CLOSING_CREDIT else 0
        elif not flags & (VOID | EXPIRED):
            debit.counters[1] += amount
            credit.counters[3] += amount

    def _follow(self, line: Line, leaf: bytes, debit: Book, credit: Book) -> str | None:
        """What stands beside the sealed record follows from it: pointers, flags, counters."""
        derived, happened = line.fields[16:], line.happened_ns
        late = [records.LATE * (happened < book.happened_ns) for book in (debit, credit)]
        if derived[:4] != (debit.last_seq, credit.last_seq, debit.mark, credit.mark):
            return "pointer_differs"
        if derived[4:6] != (debit.flags | late[0], credit.flags | late[1]):
            return "flags_differ"
        if [*derived[6:]] != debit.counters + credit.counters:
            return "counters_differ"
        for number, book in ((line.debit, debit), (line.credit, credit)):
            self._pass(line, leaf, number, book)
        return None

    def _pass(self, line: Line, leaf: bytes, number: int, book: Book) -> None:
        """What one of its accounts is after a transfer."""
        if line.happened_ns < book.happened_ns:
            self.lates.add((number, self.seq, line.happened_ns))
        book.last_seq = self.seq
        book.happened_ns = max(book.happened_ns, line.happened_ns)
        if self.seq <= self.indexed:
            book.indexed_seq = self.seq
        if records.is_mark(leaf):
            book.mark = self.seq
        if records.is_waypoint(leaf):
            self.waypoints.add((number, line.timestamp, self.seq, book.happened_ns))
