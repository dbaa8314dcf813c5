"""Metadata of an account or a transfer: a small JSON object, always the same bytes for the same content.

Rules: at most 64 keys and 4,096 bytes. Keys are texts that are not empty; values are texts, booleans, or
whole numbers between -(2^53-1) and 2^53-1, which every reader of JSON keeps exactly. The bytes are those of
RFC 8785: keys in the order of their UTF-16 code units, no space, UTF-8. Texts are brought into Unicode's form
NFC when encoded, so that one word typed on two keyboards is one key; two keys that become one are refused.
Decoding accepts these bytes only, and leaves texts as they are, whatever Unicode holds to be NFC by then.
Out of scope: what the keys mean. Metadata moves no money, and is no place for a person's data: it is sealed
in the journal and cannot be taken back.
"""

import json
from collections.abc import Mapping
from unicodedata import normalize

from dawam.kernel import InvalidInput

Value = str | int | bool
Metadata = Mapping[str, Value]

BYTES_MAX = 4096
KEYS_MAX = 64
WHOLE_MAX = 2**53 - 1


def encode(metadata: Metadata) -> bytes:
    """The canonical bytes of the metadata.

    Raises: InvalidInput `metadata_too_large`, `metadata_malformed`, `metadata_entry_malformed`.
    """
    if not isinstance(metadata, Mapping):
        raise InvalidInput("metadata_malformed")
    if len(metadata) > KEYS_MAX:
        raise _too_large()
    composed: dict[str, Value] = {}
    for position, (key, value) in enumerate(metadata.items(), start=1):
        if not _is_key(key) or not _is_value(value):
            raise InvalidInput("metadata_entry_malformed", position=position)
        key = normalize("NFC", key)
        if key in composed:
            raise InvalidInput("metadata_entry_malformed", position=position)
        composed[key] = normalize("NFC", value) if isinstance(value, str) else value
    encoded = _canonical(composed)
    if len(encoded) > BYTES_MAX:
        raise _too_large()
    return encoded


def decode(encoded: bytes) -> dict[str, Value]:
    """The metadata of canonical bytes; of any others, none.

    Raises: InvalidInput `metadata_too_large`, `metadata_malformed`, `metadata_entry_malformed`.
    """
    if len(encoded) > BYTES_MAX:
        raise _too_large()
    try:
        found = json.loads(encoded.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InvalidInput("metadata_malformed") from None
    if not isinstance(found, dict):
        raise InvalidInput("metadata_malformed")
    if len(found) > KEYS_MAX:
        raise _too_large()
    for position, (key, value) in enumerate(found.items(), start=1):
        if not _is_key(key) or not _is_value(value):
            raise InvalidInput("metadata_entry_malformed", position=position)
    if (
        _canonical(found) != encoded
    ):  # another order, a space, a key twice, a number or text written otherwise
        raise InvalidInput("metadata_malformed")
    return found


def _canonical(metadata: Metadata) -> bytes:
    ordered = {key: metadata[key] for key in sorted(metadata, key=_utf16)}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key != "" and _is_text(key)


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return _is_text(value)
    return isinstance(value, int) and -WHOLE_MAX <= value <= WHOLE_MAX  # a bool is an int


def _is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: half of a surrogate pair cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _too_large() -> InvalidInput:
    return InvalidInput("metadata_too_large", bytes_max=BYTES_MAX, keys_max=KEYS_MAX)
