"""Verify the books without trusting them: read every record in order, and work everything out again.

What is checked, in this order: positions without a gap, timestamps that increase, accounts that exist, what
posts or voids what, flags, pointers and counters after each record, and the root of every checkpoint, with
keys its signature too, the last of which is the journal's; at the end the indexes, the kept nodes of the
tree, and the engine's own file.
That debits equal credits follows: a record is one amount and two accounts of one ledger.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dawam.ledger.audit import store
from dawam.ledger.audit.indexes import compare
from dawam.ledger.audit.replay import Replay
from dawam.ledger.audit.seals import Seals
from dawam.ledger.model import AuditReport
from dawam.ledger.proofs import VerifyingKey
from dawam.ledger.records import BLOCK
from dawam.storage import Rows

Progress = Callable[[int, int], None]
Bad = tuple[int, str]
_EVERY = 4096


def verify(rows: Rows, on_progress: Progress | None = None, keys: Sequence[VerifyingKey] = ()) -> AuditReport:
    """Audit the books as of one moment; names the first bad record and what is wrong with it."""
    replay, seals = Replay(), None
    unreadable: Any = rows.connection.dialect.dbapi.DatabaseError  # type: ignore[union-attr]
    with rows.snapshot():
        try:
            replay = Replay(_indexed(rows))
            seals = Seals(rows, keys)
            bad = _verify_journal(rows, replay, seals, on_progress) or compare(rows, replay)
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
        checkpoints=seals.count if seals else 0,
        signed=seals.signed if seals and keys else None,
        signed_seq=seals.signed_seq if seals and keys else None,
    )


def _indexed(rows: Rows) -> int:
    """Up to where the indexes say that they go; what is wrong with that is looked for later."""
    try:
        return max((row.indexed_seq for row in store.read_state(rows)), default=0)
    except store.MalformedRow:
        return 0


def _verify_journal(rows: Rows, replay: Replay, seals: Seals, on_progress: Progress | None) -> Bad | None:
    last = store.last_block(rows)
    for chunk in store.blocks(rows):
        if chunk.seq > replay.seq + 1:
            return replay.seq + 1, "record_missing"
        if chunk.seq <= replay.seq:
            return chunk.seq, "record_misplaced"
        wrong = replay.take(chunk) or seals.compare(replay)
        if wrong is not None:
            return replay.seq, wrong
        if on_progress is not None and replay.seq % _EVERY < BLOCK:
            on_progress(replay.seq, max(last, replay.seq))
    if seals.are_left:
        return replay.seq + 1, "record_missing"
    missing = "checkpoint_missing" if seals.reached < replay.seq else seals.wrong_at_the_end()
    return None if missing is None else (replay.seq, missing)
