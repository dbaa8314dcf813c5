"""Verify the books without trusting them: read every record in order, and work everything out again.

What is checked, in this order: positions without a gap, timestamps that increase, accounts that exist, what
posts or voids what, flags, pointers and counters after each record, and the root of every checkpoint, the
last of which is the journal's; at the end the indexes, the kept nodes of the tree, and the engine's own file.
That debits equal credits follows: a record is one amount and two accounts of one ledger.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from dawam.ledger.audit import store
from dawam.ledger.audit.indexes import compare
from dawam.ledger.audit.replay import Replay
from dawam.ledger.model import AuditReport
from dawam.ledger.records import BLOCK
from dawam.storage import Rows

Progress = Callable[[int, int], None]
Bad = tuple[int, str]
_EVERY = 4096


def verify(rows: Rows, on_progress: Progress | None = None) -> AuditReport:
    """Audit the books as of one moment; names the first bad record and what is wrong with it."""
    replay = Replay()
    unreadable: Any = rows.connection.dialect.dbapi.DatabaseError  # type: ignore[union-attr]
    with rows.snapshot():
        try:
            replay = Replay(_indexed(rows))
            bad = _verify_journal(rows, replay, on_progress) or compare(rows, replay)
            if bad is None and not store.is_sound(rows):
                bad = (replay.seq, "file_damaged")
        except (unreadable, UnicodeDecodeError):  # the latter, where a damaged name stands in a message
            bad = (replay.seq + 1, "unreadable")
    return AuditReport(
        ok=bad is None,
        records=replay.seq,
        accounts=len(replay.accounts),
        head=replay.frontier.root().hex(),
        bad_seq=bad[0] if bad else None,
        finding=bad[1] if bad else None,
    )


def _indexed(rows: Rows) -> int:
    """Up to where the indexes say that they go; what is wrong with that is looked for later."""
    try:
        return max((row.indexed_seq for row in store.read_state(rows)), default=0)
    except store.MalformedRow:
        return 0


def _verify_journal(rows: Rows, replay: Replay, on_progress: Progress | None) -> Bad | None:
    last = store.last_block(rows)
    checkpoints = _Checkpoints(rows)
    for chunk in store.blocks(rows):
        if chunk.seq > replay.seq + 1:
            return replay.seq + 1, "record_missing"
        if chunk.seq <= replay.seq:
            return chunk.seq, "record_misplaced"
        wrong = replay.take(chunk) or checkpoints.compare(replay)
        if wrong is not None:
            return replay.seq, wrong
        if on_progress is not None and replay.seq % _EVERY < BLOCK:
            on_progress(replay.seq, max(last, replay.seq))
    if checkpoints.next is not None:
        return replay.seq + 1, "record_missing"
    return (replay.seq, "checkpoint_missing") if checkpoints.reached < replay.seq else None


class _Checkpoints:
    """What was sealed, next to what the records come to."""

    def __init__(self, rows: Rows) -> None:
        self._rows = store.checkpoints(rows)
        self.next = next(self._rows, None)
        self.reached = 0

    def compare(self, replay: Replay) -> str | None:
        """A word for what is wrong with the checkpoint of this size, or None."""
        if self.next is None or self.next[0] > replay.seq:
            return None
        size, root, note = self.next
        if size < replay.seq or not _says(note, size, root):
            return "checkpoint_differs"
        if root != replay.frontier.root():
            return "seal_differs"
        if size == replay.indexed:
            replay.indexed_is_sealed = True
        self.reached = size
        self.next = next(self._rows, None)
        return None


def _says(note: Any, size: int, root: bytes) -> bool:
    """Whether a checkpoint's text, if it has one, is about this size and root. Its signature needs a key."""
    if note is None:
        return True
    return isinstance(note, str) and note.split("\n")[1:3] == [str(size), b64encode(root).decode()]
