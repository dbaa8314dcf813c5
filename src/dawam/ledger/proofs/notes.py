"""Signed notes and their keys: text, an empty line, and a line for each signature.

Keys and notes are those of C2SP `signed-note` and Go's `sumdb/note`, so that tools for either can read ours.
Two kinds of Ed25519 key: 1 signs the text itself; 4 is a witness, which signs it together with a time.
Out of scope: other algorithms. Their signatures are kept, never checked, and never counted.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dawam.kernel import InvalidInput

LOG_KEY = 1
WITNESS_KEY = 4
KEY_SIZE = 32
NOTE_SIZE_MAX = 1 << 20
SIGNATURES_MAX = 100

_PRIVATE = "PRIVATE+KEY+"
_KEY_TEXT = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")


class _KeyParts(NamedTuple):
    name: str
    id: bytes
    kind: int
    content: bytes


def encode(content: bytes) -> str:
    """Base 64 of RFC 4648, section 4, padded."""
    return b64encode(content).decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes of a base 64 text, if it is the one text that `encode` gives them; else None."""
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        return None
    return content if encode(content) == text else None


def as_text(given: str | bytes) -> str | None:
    """What was given, as text; None if it is not UTF-8."""
    try:
        return given.decode("utf-8") if isinstance(given, bytes) else given.encode("utf-8").decode("utf-8")
    except UnicodeError:
        return None


@dataclass(frozen=True)
class VerifyingKey:
    """What tells a signature of a log, or of a witness, from any other: may be given to everybody."""

    name: str
    public: bytes
    kind: int = LOG_KEY

    @classmethod
    def parse(cls, text: str) -> "VerifyingKey":
        """The key of a text `name+id+base64`.

        Raises: InvalidInput `verifying_key_malformed`.
        """
        parts = _key_parts(text.strip())
        key = cls(parts.name, parts.content, parts.kind) if parts else None
        if not parts or not key or key.id != parts.id:
            raise InvalidInput("verifying_key_malformed")
        return key

    @cached_property
    def id(self) -> bytes:
        """Four bytes that, together with the name, say which key made a signature."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as it is written down."""
        return f"{self.name}+{self.id.hex()}+{encode(bytes([self.kind]) + self.public)}"

    @property
    def short(self) -> str:
        """Its name and id: which key it is, for people."""
        return f"{self.name}+{self.id.hex()}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature of the message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)


class SigningKey:
    """The secret of a log, or of a witness."""

    def __init__(self, name: str, seed: bytes, kind: int = LOG_KEY) -> None:
        self.seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifying = VerifyingKey(name, self._key.public_key().public_bytes_raw(), kind)

    @classmethod
    def generate(cls, name: str, entropy: bytes, *, kind: int = LOG_KEY) -> "SigningKey":
        """A new key from 32 bytes that nobody else knows, or can guess.

        Raises: InvalidInput `log_name_malformed`, where the name is empty, has a space, a plus or a control
        character; `signing_key_malformed`, where the entropy is not 32 bytes.
        """
        if not _is_name(name):
            raise InvalidInput("log_name_malformed", name=ascii(name[:80]))
        if len(entropy) != KEY_SIZE:
            raise InvalidInput("signing_key_malformed")
        return cls(name, entropy, kind)

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """The key of a text `PRIVATE+KEY+name+id+base64`.

        Raises: InvalidInput `signing_key_malformed`.
        """
        secret, _, rest = text.strip().partition(_PRIVATE)
        parts = None if secret else _key_parts(rest)
        key = cls(parts.name, parts.content, parts.kind) if parts else None
        if not parts or not key or key.verifying.id != parts.id:
            raise InvalidInput("signing_key_malformed")
        return key

    @property
    def name(self) -> str:
        """The name that its signatures bear: of a log, the log's origin."""
        return self.verifying.name

    @property
    def text(self) -> str:
        """The key as it is written down: a secret."""
        kept = bytes([self.verifying.kind]) + self.seed
        return f"{_PRIVATE}{self.name}+{self.verifying.id.hex()}+{encode(kept)}"

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes; always the same one."""
        return self._key.sign(message)


@dataclass(frozen=True)
class NoteSignature:
    """One line below a note. `content` is the bare signature; of a witness, 8 bytes of time before it."""

    name: str
    key_id: bytes
    content: bytes

    @property
    def line(self) -> str:
        """The line, without its end."""
        return f"— {self.name} {encode(self.key_id + self.content)}"

    def is_by(self, key: VerifyingKey) -> bool:
        """Whether it says that this key has made it."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text that ends its last line, and the signatures of it."""

    body: str
    signatures: tuple[NoteSignature, ...]

    @property
    def text(self) -> str:
        """The note as it is sent and kept."""
        return f"{self.body}\n" + "".join(f"{each.line}\n" for each in self.signatures)


def parse_note(given: str | bytes) -> Note:
    """The note of a text; no signature is checked.

    Raises: InvalidInput `checkpoint_malformed`, with the line from which on it cannot be read.
    """
    text = as_text(given) if len(given) <= NOTE_SIZE_MAX else None
    if text is None:
        raise InvalidInput("checkpoint_malformed", line=1)
    control = _CONTROL.search(text)
    if control:
        raise InvalidInput("checkpoint_malformed", line=text.count("\n", 0, control.start()) + 1)
    body, gap, below = text.rpartition("\n\n")
    lines = below.split("\n")
    first = body.count("\n") + 3
    if not gap or not body or len(lines) > SIGNATURES_MAX + 1:
        raise InvalidInput("checkpoint_malformed", line=text.count("\n") + 1)
    if lines.pop() or not lines:
        raise InvalidInput("checkpoint_malformed", line=first + len(lines))
    return Note(f"{body}\n", tuple(_signature(line, first + place) for place, line in enumerate(lines)))


def _signature(line: str, number: int) -> NoteSignature:
    parts = _SIGNATURE_LINE.fullmatch(line)
    content = decode(parts[2]) if parts and _is_name(parts[1]) else None
    if not parts or content is None or len(content) < 5:
        raise InvalidInput("checkpoint_malformed", line=number)
    return NoteSignature(parts[1], content[:4], content[4:])


def _key_parts(text: str) -> _KeyParts | None:
    """What a key's text says, if it can be read; whether the id fits is another question."""
    parts = _KEY_TEXT.fullmatch(text)
    content = decode(parts[3]) if parts and _is_name(parts[1]) else None
    if not parts or not content or len(content) != KEY_SIZE + 1 or content[0] not in (LOG_KEY, WITNESS_KEY):
        return None
    return _KeyParts(parts[1], bytes.fromhex(parts[2]), content[0], content[1:])


def _is_name(name: str) -> bool:
    return bool(name) and as_text(name) is not None and not re.search(r"[\s+\x00-\x1f]", name)
