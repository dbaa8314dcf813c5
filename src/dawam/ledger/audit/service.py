"""Verify the books without trusting them: read every record in order, and work everything out again.

What is checked, in this order: positions without a gap, timestamps that increase, accounts that exist, what
posts or voids what, flags, pointers and counters after each record, and the root of every checkpoint; at the
end the kept nodes of the tree, the indexes, and that every ledger's debits equal its credits.
"""

from collections.abc import Callable
from typing import Any

from dawam.ledger import loading, records, store
from dawam.ledger.audit.indexes import compare
from dawam.ledger.audit.replay import Replay
from dawam.ledger.audit.store import checkpoints as all_checkpoints
from dawam.ledger.model import AuditReport
from dawam.storage import Rows

Progress = Callable[[int, int], None]
_EVERY = 4096


def verify(rows: Rows, on_progress: Progress | None = None) -> AuditReport:
    """Audit the books as of one moment; names the first bad record and what is wrong with it."""
    replay = Replay()
    unreadable: Any = rows.connection.dialect.dbapi.DatabaseError  # type: ignore[union-attr]
    with rows.snapshot():
        try:
            bad = _verify_journal(rows, replay, on_progress) or compare(rows, replay)
        except unreadable:
            bad = (replay.seq + 1, "unreadable")
    return AuditReport(
        ok=bad is None,
        records=replay.seq,
        accounts=len(replay.accounts),
        head=replay.frontier.root().hex(),
        bad_seq=bad[0] if bad else None,
        finding=bad[1] if bad else None,
    )


def _verify_journal(rows: Rows, replay: Replay, on_progress: Progress | None) -> tuple[int, str] | None:
    last = loading.end_of(rows)
    checkpoints = _Checkpoints(rows)
    for chunk in store.blocks(rows, 1, last):
        if chunk.seq != replay.seq + 1:
            return replay.seq + 1, "record_missing"
        wrong = replay.take(chunk)
        if wrong is not None:
            return replay.seq, wrong
        wrong = checkpoints.compare(replay)
        if wrong is not None:
            return replay.seq, wrong
        if on_progress is not None and replay.seq % _EVERY < records.BLOCK:
            on_progress(replay.seq, last)
    return (replay.seq + 1, "record_missing") if checkpoints.size else None


class _Checkpoints:
    """What was sealed, next to what the records come to."""

    def __init__(self, rows: Rows) -> None:
        self._rows = all_checkpoints(rows)
        self.size, self._root = next(self._rows, (0, b""))

    def compare(self, replay: Replay) -> str | None:
        """A word for what is wrong with the checkpoint of this size, or None."""
        if not self.size or self.size > replay.seq:
            return None
        if self.size < replay.seq:
            return "checkpoint_differs"
        if self._root != replay.frontier.root():
            return "seal_differs"
        self.size, self._root = next(self._rows, (0, b""))
        return None
