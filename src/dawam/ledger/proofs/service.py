"""Making checkpoints with balances, and proofs against them, from the books as they are kept.

The former takes its time, in a thread of its own; the latter a millisecond. Page: docs/proofs.md.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec
import structlog

from dawam.kernel import ID_MAX, DawamError, IntegrityBroken, InvalidInput, NotFound, Unavailable, id_to_text
from dawam.ledger import loading, records
from dawam.ledger import store as books
from dawam.ledger.exports.money import commodity_of
from dawam.ledger.proofs import leaves, store
from dawam.ledger.proofs.balances import BLOCK, Leaves, prove_leaf
from dawam.ledger.proofs.building import Progress
from dawam.ledger.proofs.checkpoint import Checkpoint, read_checkpoint
from dawam.ledger.proofs.files import balances_roots, format_proof
from dawam.ledger.proofs.growth import Growth, format_growth
from dawam.ledger.proofs.inclusion import RecordProof, format_record, stands
from dawam.ledger.proofs.making import Checkpointed, Making, silent
from dawam.ledger.proofs.notes import SigningKey
from dawam.storage import Rows, Storage

T = TypeVar("T")

_EMPTY = "journal_empty"
_UNTIL_FILLED_S = 1.0
_log = structlog.get_logger("dawam.ledger")


class AccountProof(msgspec.Struct, frozen=True, gc=False):
    """A proof of a balance with its checkpoint, both as files; and what they prove."""

    account_id: int
    ledger: int
    currency: str
    balance_minor: int
    size: int
    time_ns: int | None
    proof: str
    checkpoint: str


class Proved(msgspec.Struct, frozen=True, gc=False):
    """Any other proof with its checkpoint, both as files."""

    proof: str
    checkpoint: str


class Proofs:
    """Checkpoints with balances, and proofs. `key` is needed for the former only."""

    def __init__(self, storage: Storage, key: SigningKey | None = None) -> None:
        self._storage = storage
        self._key = key
        self._thread: ThreadPoolExecutor | None = None
        self._closed = False

    # Checkpoints with balances

    async def checkpoint(self, on_progress: Progress | None = None) -> Checkpointed:
        """Make a checkpoint of the journal as it is now that says what all accounts have.

        Takes some seconds a million accounts and 16 bytes of memory for each; the loop and the writer go on
        meanwhile. `on_progress`, which may be called in another thread, is told (done, of how many).
        Raises: as `checkpoint_now`.
        """
        if self._storage.inline:
            return self.checkpoint_now(on_progress)
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dawam-checkpoint")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.checkpoint_now, on_progress)

    async def keep_making(self, pause_s: float) -> None:
        """Make a checkpoint as soon as there are balances, and after each pause another, until cancelled.

        One that fails is logged, and made with the next.
        """
        while True:
            wait_s = pause_s
            try:
                await self.checkpoint()
            except DawamError as error:
                if error.code == _EMPTY:
                    wait_s = min(pause_s, _UNTIL_FILLED_S)
                else:
                    _log.error("checkpoint_failed", code=error.code)
            await asyncio.sleep(wait_s)

    def checkpoint_now(self, on_progress: Progress | None = None) -> Checkpointed:
        """The same for callers without an event loop; blocks until it is made.

        Raises: InvalidInput `signing_key_of_another_log`, `journal_empty`; Unavailable `signing_key_missing`,
        `storage_closed`, and what writing raises; IntegrityBroken `balances_unequal`,
        `journal_contradicts_checkpoint`.
        """
        if self._key is None:
            raise Unavailable("signing_key_missing")
        return Making(self._storage, self._key, on_progress or silent, self._stopping).run()

    def _stopping(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Give up a checkpoint that is being made; nothing of it counts."""
        self._closed = True
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    # Proofs

    def has_account(self, account_id: int) -> bool:
        """Whether an account of this id is in the books."""
        return self._within(lambda rows: books.account(rows, account_id) is not None)

    def has_transfer(self, transfer_id: int) -> bool:
        """The same of a transfer."""
        return self._within(lambda rows: _find_transfer(rows, transfer_id) is not None)

    def prove(self, account_id: int) -> AccountProof:
        """The balance of an account at the last checkpoint with balances.

        Raises: NotFound `ledger_account_unknown`, `newer_than_checkpoint`; Unavailable `proof_not_available`;
        IntegrityBroken `balances_differ`.
        """
        return self._within(lambda rows: _prove(rows, account_id))

    def prove_record(self, seq: int) -> Proved:
        """That the record at a position of the journal, from 1, stands in the log of the last checkpoint.

        Raises: NotFound `record_unknown`, `newer_than_checkpoint`; Unavailable `proof_not_available`;
        IntegrityBroken `journal_contradicts_checkpoint`.
        """
        return self._within(lambda rows: _prove_record(rows, seq))

    def prove_transfer(self, transfer_id: int) -> Proved:
        """The same of a transfer.

        Raises: NotFound `transfer_unknown`; and as `prove_record`.
        """
        return self._within(lambda rows: _prove_record(rows, _seq_of(rows, transfer_id)))

    def prove_growth(self, old: Checkpoint) -> Proved:
        """That the log of the last checkpoint begins with that of an earlier one.

        Raises: InvalidInput `checkpoint_beyond_journal`, `growth_contradicts_checkpoints`,
        `checkpoint_of_another_log`; Unavailable `proof_not_available`.
        """
        return self._within(lambda rows: _prove_growth(rows, old))

    def _within(self, query: Callable[[Rows], T]) -> T:
        def read(rows: Rows) -> T:
            with rows.snapshot():
                return query(rows)

        return self._storage.read(read)


def _prove(rows: Rows, account_id: int) -> AccountProof:
    index = books.account(rows, account_id)
    if index is None:
        raise NotFound("ledger_account_unknown", account=id_to_text(account_id))
    size = store.newest(rows)
    if size is None:
        raise Unavailable("proof_not_available")
    if index.number > size:
        raise NotFound("newer_than_checkpoint", size=size)
    ledger = records.unpack_account(books.record(rows, index.number)).ledger
    sealed, tree = books.checkpoint(rows, size), store.tree(rows, size, ledger)
    block = None if tree is None else store.block_of(rows, tree, index.number)
    if sealed is None or sealed[2] is None or tree is None or block is None:
        raise IntegrityBroken("balances_differ", ledger=ledger, first=0)
    checkpoint = read_checkpoint(sealed[2]).checkpoint
    root = balances_roots(checkpoint).get(ledger)
    kept = _unpacked(block)
    place = leaves.place_of(kept, account_id)
    if root is None or place is None:
        raise IntegrityBroken("balances_differ", ledger=ledger, first=block.block * BLOCK)
    proof = prove_leaf(
        block.block * BLOCK + place,
        kept,
        root=root,
        size=size,
        key=tree.key,
        node=lambda number: store.node(rows, tree, number),
    )
    return AccountProof(
        account_id,
        ledger,
        commodity_of(ledger).symbol,
        proof.balance,
        size,
        checkpoint.time_ns,
        format_proof(proof, log=checkpoint.origin),
        sealed[2],
    )


def _unpacked(block: store.LeafRow) -> Leaves:
    try:
        return leaves.unpack(block.leaves)
    except ValueError:
        raise IntegrityBroken("balances_differ", ledger=block.ledger, first=block.block * BLOCK) from None


def _prove_record(rows: Rows, seq: int) -> Proved:
    size, root, note = _last_signed(rows)
    if not 0 < seq <= loading.end_of(rows):
        raise NotFound("record_unknown", seq=seq)
    if seq > size:
        raise NotFound("newer_than_checkpoint", size=size)
    stored = books.record(rows, seq)
    content = stored[1 : records.LEAF_BYTES.get(stored[1], len(stored))]
    path = tuple(loading.tree(rows, size).inclusion_proof(seq - 1))
    proof = RecordProof(size, seq - 1, content, path)
    if not stands(proof, root):
        raise IntegrityBroken("journal_contradicts_checkpoint", size=size)
    return Proved(format_record(proof, log=read_checkpoint(note).checkpoint.origin), note)


def _seq_of(rows: Rows, transfer_id: int) -> int:
    seq = _find_transfer(rows, transfer_id)
    if seq is None:
        raise NotFound("transfer_unknown", transfer=id_to_text(transfer_id))
    return seq


def _find_transfer(rows: Rows, transfer_id: int) -> int | None:
    """The position of a transfer, indexed already or not; None if there is none of this id."""
    seq = books.seq_of(rows, transfer_id) if 0 < transfer_id < ID_MAX else None
    if seq is None:
        state = books.read_state(rows)
        seq = _newer_seq_of(rows, transfer_id, state.indexed_seq if state else 0)
    is_transfer = seq is not None and books.record(rows, seq)[1] == records.TRANSFER
    return seq if is_transfer else None


def _newer_seq_of(rows: Rows, transfer_id: int, indexed_seq: int) -> int | None:
    for chunk in books.blocks(rows, indexed_seq + 1, loading.end_of(rows)):
        if chunk.kind == records.TRANSFER:
            for seq, _, stored in records.each(chunk.kind, chunk.seq, chunk.stored):
                if records.id_of(stored[2:18]) == transfer_id:
                    return seq
    return None


def _prove_growth(rows: Rows, old: Checkpoint) -> Proved:
    size, _, note = _last_signed(rows)
    log = read_checkpoint(note).checkpoint.origin
    if old.origin != log:
        raise InvalidInput("checkpoint_of_another_log", log=old.origin[:80], expected=log)
    if old.size > size:
        raise InvalidInput("checkpoint_beyond_journal", size=old.size, end=size)
    tree = loading.tree(rows, size)
    if tree.root(old.size) != old.root:
        raise InvalidInput("growth_contradicts_checkpoints", old=old.size, new=size)
    hashes = tree.consistency_proof(old.size)
    return Proved(format_growth(Growth(log, old.size, size), hashes), note)


def _last_signed(rows: Rows) -> tuple[int, bytes, str]:
    last = store.last_signed(rows)
    if last is None:
        raise Unavailable("proof_not_available")
    return last
