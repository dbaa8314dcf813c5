"""What the journal has and its indexes have not yet: by id, by hold, by account.

Two of them are in use. The writer's own holds the commit that is being made, and can be cut back to an
earlier length. The shared one holds what was committed since the indexes were brought up to date; only
complete commits are added to it, so that readers may use it from any thread. What neither knows is in the
database.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import NamedTuple

import msgspec

from dawam.ledger import records
from dawam.ledger.model import PendingStatus
from dawam.ledger.postings import Posted, posted


class Head(NamedTuple):
    """Where the journal ends, and the newest timestamps: of anything, of a transfer, of an account."""

    seq: int
    timestamp: int
    transfer_ns: int
    account_ns: int
    max_id: int


class Chunk(NamedTuple):
    """Records of one kind at consecutive positions."""

    seq: int
    kind: int
    stored: bytes


class Waypoint(NamedTuple):
    """A transfer from which an account's past is found: when, where, the latest effective time by then."""

    timestamp: int
    seq: int
    happened_ns: int


class Late(NamedTuple):
    """A booking that happened before one of the account's that was recorded before it: where, and when."""

    seq: int
    happened_ns: int


class Hold(msgspec.Struct, frozen=True, gc=False):
    """A pending transfer: where it is, whose money it holds, how much, until when.

    Accounts are named by slot of the cache, which is theirs as long as it holds the account's number.
    """

    seq: int
    debit: int
    credit: int
    debit_number: int
    credit_number: int
    amount: int
    ledger: int
    code: int
    user_data_128: int
    user_data_64: int
    user_data_32: int
    expires_at: int
    flags: int


class Recent:
    """What is newer than the indexes. Chunks are kept by the writer's alone."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.ids: dict[int, int] = {}  # position by transfer id, in order of position
        self.holds: dict[int, Hold] = {}  # by transfer id
        self.statuses: dict[int, PendingStatus] = {}  # by transfer id, of holds made or ended here
        self.burnt: dict[int, int] = {}  # position by id
        self.waypoints: dict[int, list[Waypoint]] = {}  # by account number
        self.lates: dict[int, list[Late]] = {}  # by account number
        self.posted: list[Posted] = []  # the transfers that are in the journal already, in order
        self.notes: dict[tuple[int, int], list[int]] = {}  # positions by kind and id of the subject
        self.count = 0

    def add(self, chunk: Chunk) -> None:
        """Append records."""
        self.chunks.append(chunk)
        self.count += records.count(chunk.kind, chunk.stored)

    def record(self, seq: int) -> bytes | None:
        """The record at a position of this commit; None if it is not here."""
        place = bisect_right(self.chunks, seq, key=_start) - 1
        if place < 0:
            return None
        chunk = self.chunks[place]
        return records.record(chunk.kind, chunk.stored, seq - chunk.seq)

    def waypoint_after(self, number: int, moment_ns: int) -> int | None:
        """The account's first waypoint later than a moment."""
        return _first_after(self.waypoints.get(number, []), moment_ns, _timestamp)

    def waypoint_happened_after(self, number: int, moment_ns: int) -> int | None:
        """The account's first waypoint by which something had happened later than a moment."""
        return _first_after(self.waypoints.get(number, []), moment_ns, _happened)

    def merged(self) -> list[Chunk]:
        """The chunks, neighbours of one kind joined."""
        joined: list[Chunk] = []
        for kind, run in groupby(self.chunks, key=_kind):
            chunks = list(run)
            if kind == records.METADATA:
                joined += chunks
            else:
                joined.append(Chunk(chunks[0].seq, kind, b"".join([chunk.stored for chunk in chunks])))
        return joined

    def take_postings(self, written: Iterable[Chunk]) -> None:
        """These chunks are in the journal."""
        self.posted += [posted(each.seq, each.stored) for each in written if each.kind == records.TRANSFER]

    def drop_postings(self, seq: int) -> None:
        """What was written after a position is not in the journal any more."""
        while self.posted and self.posted[-1].seq > seq:
            self.posted.pop()

    def absorb(self, newer: "Recent") -> None:
        """Take over what has been committed."""
        self.count += newer.count
        self.posted += newer.posted
        self.ids.update(newer.ids)
        self.holds.update(newer.holds)
        self.statuses.update(newer.statuses)
        self.burnt.update(newer.burnt)
        for subject, positions in newer.notes.items():
            self.notes[subject] = positions
        for number, passed in newer.waypoints.items():
            self.waypoints.setdefault(number, []).extend(passed)
        for number, late in newer.lates.items():
            self.lates.setdefault(number, []).extend(late)

    def clear(self) -> None:
        """Forget all of it, in place."""
        for kept in (self.chunks, self.ids, self.holds, self.statuses, self.burnt):
            kept.clear()
        for of_many in (self.waypoints, self.lates, self.notes):
            of_many.clear()
        self.count = 0

    def cut(self, chunks: int) -> None:
        """Back to an earlier number of chunks, as if the later ones had never been."""
        for chunk in reversed(self.chunks[chunks:]):
            self.count -= records.count(chunk.kind, chunk.stored)
            for seq, kind, stored in reversed(list(records.each(chunk.kind, chunk.seq, chunk.stored))):
                self._take_back(seq, kind, stored)
        del self.chunks[chunks:]

    def _take_back(self, seq: int, kind: int, stored: bytes) -> None:
        if kind == records.TRANSFER:
            self._take_back_transfer(seq, records.Line(stored))
        elif kind == records.BURNT:
            del self.burnt[records.unpack_burnt(stored)[0]]
        elif kind == records.METADATA:
            subject = records.unpack_metadata(stored)[:2]
            self.notes[subject].pop()
            if not self.notes[subject]:
                del self.notes[subject]

    def _take_back_transfer(self, seq: int, line: records.Line) -> None:
        self.ids.pop(line.id, None)
        if self.holds.pop(line.id, None) is not None:
            self.statuses.pop(line.id, None)
        ended = line.pending_id
        if ended in self.holds:
            self.statuses[ended] = PendingStatus.PENDING
        else:
            self.statuses.pop(ended, None)
        for number in (line.debit, line.credit):
            for kept in (self.waypoints.get(number), self.lates.get(number)):
                if kept and kept[-1].seq == seq:
                    kept.pop()


def _start(chunk: Chunk) -> int:
    return chunk.seq


def _kind(chunk: Chunk) -> int:
    return chunk.kind


def _timestamp(passed: Waypoint) -> int:
    return passed.timestamp


def _happened(passed: Waypoint) -> int:
    return passed.happened_ns


def _first_after(passed: list[Waypoint], moment_ns: int, key: Callable[[Waypoint], int]) -> int | None:
    place = bisect_right(passed, moment_ns, key=key)
    return passed[place].seq if place < len(passed) else None
