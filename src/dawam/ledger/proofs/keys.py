"""The files that a person gives: keys, proofs, checkpoints. And the secret that salts are made of."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.ledger.proofs.notes import KEY_SIZE, LOG_KEY, SigningKey

_FILE_SIZE_MAX = 1 << 20
_SALT_LABEL = b"dawam-balances salt key 1"


def read_file(file: Path) -> bytes:
    """What a file holds; of one that is too large for what we read, as much as shows that it is.

    Raises: InvalidInput `file_missing`, `file_unreadable`.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(_FILE_SIZE_MAX + 1)
    except FileNotFoundError:
        raise InvalidInput("file_missing", file=str(file)) from None
    except OSError as error:
        raise InvalidInput("file_unreadable", file=str(file), reason=_reason(error)) from None


def write_file(file: Path, text: str, *, secret: bool = False) -> None:
    """Write a new file, durably; a secret one for its owner only. Nothing is ever overwritten.

    Raises: Conflict `file_exists`; Unavailable `file_unwritable`.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        opened = os.open(file, flags, 0o600 if secret else 0o666)
    except FileExistsError:
        raise Conflict("file_exists", file=str(file)) from None
    except OSError as error:
        raise Unavailable("file_unwritable", file=str(file), reason=_reason(error)) from None
    try:
        with os.fdopen(opened, "wb") as target:
            target.write(text.encode())
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        file.unlink(missing_ok=True)
        raise Unavailable("file_unwritable", file=str(file), reason=_reason(error)) from None


def read_signing_key(file: Path) -> SigningKey:
    """The log's key, from its file.

    Raises: InvalidInput `file_missing`, `file_unreadable`, `signing_key_malformed`.
    """
    try:
        key = SigningKey.parse(read_file(file).decode("utf-8"))
    except UnicodeDecodeError:
        raise InvalidInput("signing_key_malformed") from None
    if key.verifying.kind != LOG_KEY:
        raise InvalidInput("signing_key_malformed")
    return key


def salt_key(key: SigningKey) -> bytes:
    """The secret that salts are made of: HKDF-SHA256 of the signing key's seed, so that there is one file.

    From the one nothing can be learned about the other. Page: docs/proofs.md, "Salts and privacy".
    """
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=_SALT_LABEL).derive(key.seed)


def _reason(error: OSError) -> str:
    return os.strerror(error.errno or 0)
