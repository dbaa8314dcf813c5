"""Links that need no sign-in, and codes: made of an id and our key, so that nothing about them is kept.

A link is the id and 128 bits of an HMAC of what it is for; a code is six digits of another. Neither tells
whose it is.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from dawam.delivery import Way
from dawam.kernel import DawamError, NotFound, id_from_text, id_to_text

_MARK_BYTES = 16
_TOKEN_BYTES = 16 + _MARK_BYTES
_CODES = 1_000_000


class Tokens:
    """Makes and reads them with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, purpose: str, id_text: str) -> str:
        """43 characters for a link."""
        raw = id_from_text(id_text).to_bytes(16)
        return urlsafe_b64encode(raw + self._mark(purpose, raw)).rstrip(b"=").decode()

    def read(self, purpose: str, token: str) -> str:
        """The id of a link. Raises: NotFound `subscription_link_unknown`."""
        try:
            raw = urlsafe_b64decode(token + "=")
        except ValueError:
            raw = b""
        given = raw[16:]
        if len(raw) != _TOKEN_BYTES or not hmac.compare_digest(given, self._mark(purpose, raw[:16])):
            raise NotFound("subscription_link_unknown")
        return id_to_text(int.from_bytes(raw[:16]))

    def code(self, ask_id: str) -> str:
        """Six digits for an ask."""
        digest = hmac.digest(self._key, b"code\0" + ask_id.encode(), sha256)
        return f"{int.from_bytes(digest[:8]) % _CODES:06}"

    def is_code(self, ask_id: str, given: str) -> bool:
        """Whether these are the six digits, compared in the same time whatever they are."""
        return hmac.compare_digest(self.code(ask_id).encode(), given.encode())

    def address_hash(self, way: Way, address: str) -> bytes:
        """What an address is found by; without the key it cannot be guessed from it."""
        return hmac.digest(self._key, f"{way.value}\0{address}".encode(), sha256)

    def _mark(self, purpose: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + raw, sha256)[:_MARK_BYTES]


def is_id(text: str) -> bool:
    """Whether a text is an id of ours."""
    try:
        id_from_text(text)
    except DawamError:
        return False
    return True
