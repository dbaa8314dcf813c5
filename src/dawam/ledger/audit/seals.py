"""What was sealed, next to what the records come to: size, root, and, with keys, who signed.

Rules: each checkpoint ends with a commit and has the root of the records so far. A signed one must be signed
by one of the keys; unsigned ones, of a time without a key, are counted, and covered by the next signed one.
Without keys no signature is looked at.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from dawam.kernel import InvalidInput, invariant
from dawam.ledger.audit import store
from dawam.ledger.audit.replay import Replay
from dawam.ledger.proofs import VerifyingKey, open_checkpoint
from dawam.storage import Rows

_OF_SIGNATURES = {
    "checkpoint_malformed",
    "checkpoint_of_another_log",
    "checkpoint_signature_missing",
    "checkpoint_signature_wrong",
}


class Seals:
    """The checkpoints in their order."""

    def __init__(self, rows: Rows, keys: Sequence[VerifyingKey]) -> None:
        self._rows = store.checkpoints(rows)
        self._keys = keys
        self._next = next(self._rows, None)
        self.count = 0
        self.reached = 0
        self.signed = 0
        self.signed_seq = 0

    @property
    def are_left(self) -> bool:
        """Whether there are more, of records that are not there."""
        return self._next is not None

    def compare(self, replay: Replay) -> str | None:
        """A word for what is wrong with the checkpoint of this size, or None."""
        if self._next is None or self._next[0] > replay.seq:
            return None
        size, root, note = self._next
        if size < replay.seq or not _says(note, size, root):
            return "checkpoint_differs"
        if root != replay.frontier.root():
            return "seal_differs"
        wrong = self._verify(size, note)
        if wrong is not None:
            return wrong
        if size == replay.indexed:
            replay.indexed_is_sealed = True
        self.reached = size
        self.count += 1
        self._next = next(self._rows, None)
        return None

    def wrong_at_the_end(self) -> str | None:
        """A word for what is wrong with all of them together, or None."""
        return "checkpoint_signature_missing" if self._keys and self.count and not self.signed else None

    def _verify(self, size: int, note: str | None) -> str | None:
        if note is None or not self._keys:
            return None
        try:
            open_checkpoint(note, *self._keys)
        except InvalidInput as error:
            invariant(error.code in _OF_SIGNATURES, "an audit's findings are those of its page")
            return error.code
        self.signed += 1
        self.signed_seq = size
        return None


def _says(note: Any, size: int, root: bytes) -> bool:
    """Whether a checkpoint's text, if it has one, is about this size and root."""
    if note is None:
        return True
    return isinstance(note, str) and note.split("\n")[1:3] == [str(size), b64encode(root).decode()]
