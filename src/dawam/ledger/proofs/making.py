"""Making a checkpoint that says what all accounts have, beside the running writer.

A reader's snapshot is read; only what is kept of it goes through the writer, a little at a time. The trees
count from their last row on; of those that were finished before, the newest one stays beside them.
"""

from collections.abc import Callable
from functools import partial

import msgspec

from dawam.kernel import IntegrityBroken, InvalidInput, Unavailable
from dawam.ledger import loading
from dawam.ledger import store as books
from dawam.ledger.books import Seal
from dawam.ledger.exports.money import commodity_of
from dawam.ledger.proofs import store
from dawam.ledger.proofs.balances import BalancesRoot
from dawam.ledger.proofs.building import Built, Progress, build, time_of
from dawam.ledger.proofs.checkpoint import (
    Checkpoint,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
    time_line,
)
from dawam.ledger.proofs.files import balances_line, balances_roots
from dawam.ledger.proofs.keys import salt_key
from dawam.ledger.proofs.notes import SigningKey
from dawam.storage import Rows, Storage, Tx

_KEPT_TREES = 2
_ROWS_AT_ONCE = 512


class Balances(msgspec.Struct, frozen=True, gc=False):
    """What a checkpoint says of the balances of a ledger."""

    ledger: int
    currency: str
    accounts: int
    owed_minor: int
    owing_minor: int


class Checkpointed(msgspec.Struct, frozen=True, gc=False):
    """A checkpoint with balances that was made."""

    size: int
    time_ns: int
    ledgers: list[Balances]
    checkpoint: str


def sealing(storage: Storage, key: SigningKey) -> Seal:
    """What signs the checkpoint of every commit.

    Raises: InvalidInput `signing_key_of_another_log`.
    """
    storage.read(lambda rows: _check_log(rows, key))
    return lambda size, root: sign_checkpoint(Checkpoint(key.name, size, root), key).text


class Making:
    """One checkpoint with balances."""

    def __init__(
        self, storage: Storage, key: SigningKey, on_progress: Progress, stopping: Callable[[], bool]
    ) -> None:
        self._storage = storage
        self._key = key
        self._on_progress = on_progress
        self._stopping = stopping
        self._waiting: list[store.LeafRow] = []

    def run(self) -> Checkpointed:
        """Build, keep, sign, and let go of what is older."""
        self._storage.read(lambda rows: _check_log(rows, self._key))
        made = self._storage.read(lambda rows: _made(rows, self._key))
        self._drop()
        if isinstance(made, Checkpointed):
            return made
        if made is not None:
            self._drop_size(made)
        size, root, time_ns, built = self._storage.read(self._build)
        self._write_leaves()
        for each in built:
            self._write(partial(store.add_nodes, size=size, ledger=each.root.ledger, kept=each.nodes))
        lines = (time_line(time_ns), *(balances_line(each.root) for each in built))
        note = sign_checkpoint(Checkpoint(self._key.name, size, root, lines), self._key).text
        self._write(lambda tx: _finish(tx, size, root, note, built))
        self._drop()
        return Checkpointed(size, time_ns, [_said(each.root) for each in built], note)

    def _build(self, rows: Rows) -> tuple[int, bytes, int, list[Built]]:
        with rows.snapshot():
            size = loading.end_of(rows)
            if not size:
                raise InvalidInput("journal_empty")
            root = loading.tree(rows, size).root()
            sealed = books.checkpoint(rows, size)
            if sealed is not None and sealed[1] != root:
                raise IntegrityBroken("journal_contradicts_checkpoint", size=size)
            built = build(rows, size, salt_key(self._key), keep=self._keep, on_progress=self._tell)
            return size, root, time_of(rows), built

    def _tell(self, done: int, total: int) -> None:
        if self._stopping():
            raise Unavailable("storage_closed")
        self._on_progress(done, total)

    def _keep(self, found: list[store.LeafRow]) -> None:
        self._waiting += found
        if len(self._waiting) >= _ROWS_AT_ONCE and not self._storage.inline:
            self._write_leaves()

    def _write_leaves(self) -> None:
        found, self._waiting = self._waiting, []
        if found:
            self._write(lambda tx: store.add_leaves(tx, found))

    def _write(self, verb: Callable[[Tx], None]) -> None:
        self._storage.write_now(verb)

    def _drop(self) -> None:
        """Let go of what was never finished, and of all but the newest finished trees."""
        kept = self._storage.read(store.sizes)[:_KEPT_TREES]
        for size in self._storage.read(store.begun_sizes) - set(kept):
            self._drop_size(size)

    def _drop_size(self, size: int) -> None:
        while self._storage.write_now(partial(store.drop_some, size=size)):
            pass


def _finish(tx: Tx, size: int, root: bytes, note: str, built: list[Built]) -> None:
    store.add_trees(tx, [store.Tree(size, each.root.ledger, each.root.count, each.key) for each in built])
    if books.checkpoint(tx, size) is None:
        books.add_checkpoint(tx, size, root, note)
    else:
        books.set_note(tx, size, note)


def _made(rows: Rows, key: SigningKey) -> Checkpointed | int | None:
    """The checkpoint with balances of the journal as it is, if this key made it; its size, if another did."""
    size = loading.end_of(rows)
    sealed = books.checkpoint(rows, size)
    if size not in store.sizes(rows) or sealed is None or sealed[2] is None:
        return None
    try:
        checkpoint = open_checkpoint(sealed[2], key.verifying).checkpoint
    except InvalidInput:
        return size
    roots = balances_roots(checkpoint).values()
    return Checkpointed(size, checkpoint.time_ns or 0, [_said(root) for root in roots], sealed[2])


def _said(root: BalancesRoot) -> Balances:
    return Balances(root.ledger, commodity_of(root.ledger).symbol, root.count, root.owed, root.owing)


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def _check_log(rows: Rows, key: SigningKey) -> None:
    """Whether the key is that of the log that the books have been so far."""
    last = store.last_signed(rows)
    if last is None:
        return
    log = read_checkpoint(last[2]).checkpoint.origin
    if log != key.name:
        raise InvalidInput("signing_key_of_another_log", log=key.name[:80], expected=log[:80])
