"""Checkpoints: what a log says of itself, signed. Its name, how many records it has, and the root over them.

The text is that of C2SP `tlog-checkpoint`; what witnesses add is that of C2SP `tlog-cosignature`, version 1.
Rules: a checkpoint counts only with the signature of the log's own key; the log's name is the key's name;
a signature that bears a known key's name and id must verify; signatures of unknown keys are kept and ignored.
Out of scope: whether it grew out of an earlier checkpoint. That is what consistency proofs are for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dawam import kernel
from dawam.kernel import InvalidInput, invariant
from dawam.ledger.proofs.notes import (
    LOG_KEY,
    WITNESS_KEY,
    Note,
    NoteSignature,
    SigningKey,
    VerifyingKey,
    decode,
    encode,
    parse_note,
)

TIME_LINE = "dawam-time"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,38}", re.ASCII)
_TIME_SIZE = 8
_SIGNATURE_SIZE = 64


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its number of records, their root, and lines of our own below."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), encode(self.root), *self.extensions)
        invariant(all(line and "\n" not in line for line in lines), "each line of a checkpoint is one line")
        return "".join(f"{line}\n" for line in lines)

    @property
    def time_ns(self) -> int | None:
        """When the last record was written, nanoseconds since 1970, if a line says so."""
        return next((parse_number(line.split(" ")[1]) for line in self.lines_of(TIME_LINE)), None)

    def lines_of(self, word: str) -> list[str]:
        """Its own lines that begin with a word and have more to say."""
        return [line for line in self.extensions if line.startswith(f"{word} ")]


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint and every signature of it, checked or not."""

    checkpoint: Checkpoint
    signatures: tuple[NoteSignature, ...]

    @property
    def text(self) -> str:
        """The checkpoint as it is kept and published."""
        return Note(self.checkpoint.body, self.signatures).text


@dataclass(frozen=True)
class Cosignature:
    """A witness has seen the log grow up to this checkpoint without rewriting anything, at `time_s`."""

    name: str
    time_s: int


def time_line(time_ns: int) -> str:
    """The line that says when the checkpoint's last record was written."""
    return f"{TIME_LINE} {time_ns}"


def parse_number(text: str) -> int | None:
    """A number written as it must be: digits, no zero before them; else None."""
    return int(text) if _NUMBER.fullmatch(text) else None


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> SignedCheckpoint:
    """The checkpoint with the log's signature."""
    invariant(checkpoint.origin == key.name, "a log signs with the key that bears its name")
    signature = key.sign(checkpoint.body.encode())
    return SignedCheckpoint(checkpoint, (NoteSignature(key.name, key.verifying.id, signature),))


def read_checkpoint(text: str | bytes) -> SignedCheckpoint:
    """The checkpoint that a text holds; no signature is checked, so do not believe it.

    Raises: InvalidInput `checkpoint_malformed`, with the line from which on it cannot be read.
    """
    note = parse_note(text)
    lines = note.body.split("\n")[:-1]
    for number, line in enumerate(lines, 1):
        if not line:
            raise InvalidInput("checkpoint_malformed", line=number)
    if len(lines) < 3:
        raise InvalidInput("checkpoint_malformed", line=len(lines) + 1)
    size, root = parse_number(lines[1]), decode(lines[2])
    if size is None or size > kernel.merkle.SIZE_MAX:
        raise InvalidInput("checkpoint_malformed", line=2)
    if root is None or len(root) != kernel.merkle.HASH_SIZE:
        raise InvalidInput("checkpoint_malformed", line=3)
    for number, line in enumerate(lines[3:], 4):
        if line.startswith(f"{TIME_LINE} ") and parse_number(line.removeprefix(f"{TIME_LINE} ")) is None:
            raise InvalidInput("checkpoint_malformed", line=number)
    return SignedCheckpoint(Checkpoint(lines[0], size, root, tuple(lines[3:])), note.signatures)


def open_checkpoint(text: str | bytes, *keys: VerifyingKey) -> SignedCheckpoint:
    """The checkpoint that a text holds, signed by this key; or by one of these, where one followed another.

    Raises: InvalidInput `checkpoint_malformed`, `checkpoint_of_another_log`, `checkpoint_signature_missing`,
    `checkpoint_signature_wrong`; `verifying_key_malformed`, where the key is a witness's.
    """
    if not keys or any(key.kind != LOG_KEY for key in keys):
        raise InvalidInput("verifying_key_malformed")
    signed = read_checkpoint(text)
    log = signed.checkpoint.origin
    own = [key for key in keys if key.name == log]
    if not own:
        raise InvalidInput("checkpoint_of_another_log", log=log[:80], expected=keys[0].name)
    made = [(key, each) for key in own for each in signed.signatures if each.is_by(key)]
    if not made:
        raise InvalidInput("checkpoint_signature_missing", key=", ".join(key.short for key in own))
    message = signed.checkpoint.body.encode()
    for key, signature in made:
        if not key.verifies(message, signature.content):
            raise InvalidInput("checkpoint_signature_wrong", key=key.short)
    return signed


def cosign(signed: SignedCheckpoint, key: SigningKey, *, time_s: int) -> SignedCheckpoint:
    """The checkpoint with a witness's signature added.

    The witness must have checked before that it grew out of the last one that it signed.
    """
    invariant(key.verifying.kind == WITNESS_KEY, "a witness signs with a witness's key")
    content = time_s.to_bytes(_TIME_SIZE, "big") + key.sign(_witnessed(signed.checkpoint, time_s))
    added = NoteSignature(key.name, key.verifying.id, content)
    return SignedCheckpoint(signed.checkpoint, (*signed.signatures, added))


def cosignatures(signed: SignedCheckpoint, witnesses: Iterable[VerifyingKey]) -> tuple[Cosignature, ...]:
    """Which of these witnesses have signed, and when; one entry for each of their signatures.

    Raises: InvalidInput `checkpoint_signature_wrong`, where a signature that bears a witness's name and id is
    not one.
    """
    return tuple(
        _cosignature(signed.checkpoint, each, key)
        for key in witnesses
        for each in signed.signatures
        if each.is_by(key)
    )


def _cosignature(checkpoint: Checkpoint, made: NoteSignature, key: VerifyingKey) -> Cosignature:
    time_s = int.from_bytes(made.content[:_TIME_SIZE], "big")
    is_whole = key.kind == WITNESS_KEY and len(made.content) == _TIME_SIZE + _SIGNATURE_SIZE
    if not is_whole or not key.verifies(_witnessed(checkpoint, time_s), made.content[_TIME_SIZE:]):
        raise InvalidInput("checkpoint_signature_wrong", key=key.short)
    return Cosignature(key.name, time_s)


def _witnessed(checkpoint: Checkpoint, time_s: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{checkpoint.body}".encode()
