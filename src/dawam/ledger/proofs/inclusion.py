"""Proofs of single records as files: that a record of the journal stands in the log of a checkpoint.

The file holds the record itself, byte by byte; the hashes are the inclusion proof of RFC 9162, section 2.1.3.
Page: docs/proofs.md.
"""

from dataclasses import dataclass

from dawam import kernel
from dawam.kernel import InvalidInput
from dawam.ledger.proofs.checkpoint import open_checkpoint
from dawam.ledger.proofs.lines import Lines, hash_of, whole
from dawam.ledger.proofs.notes import VerifyingKey, decode, encode

FORMAT = "dawam-record-proof 1"


@dataclass(frozen=True)
class RecordProof:
    """A record, where it stands (`index`, from 0) among how many, and the siblings, lowest first."""

    size: int
    index: int
    record: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class ProvedRecord:
    """What has been proved: the log's record number `index`, from 0, of `size`, is this one."""

    log: str
    size: int
    index: int
    record: bytes
    time_ns: int | None


def format_record(proof: RecordProof, *, log: str) -> str:
    """The file of a proof against a checkpoint of this log."""
    lines = [
        FORMAT,
        f"log {log}",
        f"size {proof.size}",
        f"leaf {proof.index}",
        f"record {encode(proof.record)}",
        *map(encode, proof.path),
    ]
    return "".join(f"{line}\n" for line in lines)


def parse_record(given: str | bytes) -> tuple[str, RecordProof]:
    """The log's name and the proof that a file holds; whether it is right is another question.

    Raises: InvalidInput `proof_malformed`, with the line from which on it cannot be read; `proof_truncated`.
    """
    reader = Lines(given, FORMAT)
    log = reader.take("log ", lambda line: line or None)
    size = reader.take("size ", whole(64))
    index = reader.take("leaf ", lambda line: _below(line, size))
    record = reader.take("record ", lambda line: decode(line) or None)
    path = kernel.merkle.inclusion_path(index, size)
    hashes = tuple(reader.take("", hash_of) for _ in path)
    reader.end()
    return log, RecordProof(size, index, record, hashes)


def verify_record(proof: str | bytes, checkpoint: str | bytes, key: VerifyingKey | str) -> ProvedRecord:
    """What a proof file proves, given a checkpoint and the key of its log.

    Raises: InvalidInput `verifying_key_malformed`; `checkpoint_malformed`, `checkpoint_of_another_log`,
    `checkpoint_signature_missing`, `checkpoint_signature_wrong`; `proof_malformed`, `proof_truncated`;
    `proof_of_another_log`, `proof_of_another_checkpoint`, `record_contradicts_checkpoint`. In this order.
    """
    signer = VerifyingKey.parse(key) if isinstance(key, str) else key
    signed = open_checkpoint(checkpoint, signer).checkpoint
    log, claim = parse_record(proof)
    if log != signed.origin:
        raise InvalidInput("proof_of_another_log", log=log[:80], expected=signed.origin)
    if claim.size != signed.size:
        raise InvalidInput("proof_of_another_checkpoint", size=claim.size, expected=signed.size)
    if not stands(claim, signed.root):
        raise InvalidInput("record_contradicts_checkpoint", index=claim.index)
    return ProvedRecord(log, signed.size, claim.index, claim.record, signed.time_ns)


def stands(proof: RecordProof, root: bytes) -> bool:
    """Whether the proof leads to this root."""
    leaf = kernel.merkle.leaf_hash(proof.record)
    return kernel.merkle.verify_inclusion(leaf, proof.index, proof.size, proof.path, root)


def _below(text: str, size: int) -> int | None:
    index = whole(64)(text)
    return index if index is not None and index < size else None
