"""Proofs of growth as files: that the log of a later checkpoint begins with the log of an earlier one.

So whoever has kept one checkpoint can tell whether anything before it was changed, without reading a record.
The hashes are the consistency proof of RFC 9162, section 2.1.4. Page: docs/proofs.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dawam import kernel
from dawam.kernel import InvalidInput
from dawam.ledger.proofs.checkpoint import open_checkpoint
from dawam.ledger.proofs.lines import Lines, hash_of, whole
from dawam.ledger.proofs.notes import VerifyingKey, encode

FORMAT = "dawam-growth-proof 1"


@dataclass(frozen=True)
class Growth:
    """What has been proved: of the log's `new_size` records the first `old_size` are those of before."""

    log: str
    old_size: int
    new_size: int


def format_growth(growth: Growth, hashes: Sequence[bytes]) -> str:
    """The file of a consistency proof between two checkpoints of a log."""
    lines = [
        FORMAT,
        f"log {growth.log}",
        f"from {growth.old_size}",
        f"to {growth.new_size}",
        *map(encode, hashes),
    ]
    return "".join(f"{line}\n" for line in lines)


def parse_growth(given: str | bytes) -> tuple[Growth, list[bytes]]:
    """What a file says to prove, and the hashes that it holds.

    Raises: InvalidInput `proof_malformed`, with the line from which on it cannot be read; `proof_truncated`.
    """
    reader = Lines(given, FORMAT)
    log = reader.take("log ", lambda line: line or None)
    old_size = reader.take("from ", whole(64))
    new_size = reader.take("to ", lambda line: _larger(line, old_size))
    path = kernel.merkle.consistency_path(old_size, new_size)
    hashes = [reader.take("", hash_of) for _ in path]
    reader.end()
    return Growth(log, old_size, new_size), hashes


def verify_growth(proof: str | bytes, old: str | bytes, new: str | bytes, key: VerifyingKey | str) -> Growth:
    """What a proof of growth proves, given both checkpoints and the key of their log.

    Raises: InvalidInput `verifying_key_malformed`; `checkpoint_malformed`, `checkpoint_of_another_log`,
    `checkpoint_signature_missing`, `checkpoint_signature_wrong`; `proof_malformed`, `proof_truncated`;
    `proof_of_another_log`, `proof_of_another_checkpoint`, `growth_contradicts_checkpoints`. In this order.
    """
    signer = VerifyingKey.parse(key) if isinstance(key, str) else key
    earlier, later = open_checkpoint(old, signer).checkpoint, open_checkpoint(new, signer).checkpoint
    growth, hashes = parse_growth(proof)
    if growth.log != signer.name:
        raise InvalidInput("proof_of_another_log", log=growth.log[:80], expected=signer.name)
    for claimed, checkpoint in ((growth.old_size, earlier), (growth.new_size, later)):
        if claimed != checkpoint.size:
            raise InvalidInput("proof_of_another_checkpoint", size=claimed, expected=checkpoint.size)
    if not kernel.merkle.verify_consistency(earlier.size, later.size, earlier.root, later.root, hashes):
        raise InvalidInput("growth_contradicts_checkpoints", old=earlier.size, new=later.size)
    return growth


def _larger(text: str, old_size: int) -> int | None:
    size = whole(64)(text)
    return size if size is not None and size >= old_size else None
