"""Who may use a channel: bearer tokens, of which only the SHA-256 is known."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from hmac import compare_digest

from dawam.kernel import Forbidden, InvalidInput
from dawam.web import is_loopback

Headers = Iterable[tuple[bytes, bytes]]


class Access:
    """The bearers of a channel, by the SHA-256 of their token in hexadecimal."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {digest.encode(): name for digest, name in names.items()}

    @property
    def open(self) -> bool:
        """Whether nobody has a token."""
        return not self._names

    def name_of(self, headers: Headers) -> str:
        """Whose token a request carries.

        Raises: Forbidden `token_missing`, `token_wrong`.
        """
        for name, value in headers:
            if name == b"authorization":
                return self._bearer(value)
        raise Forbidden("token_missing")

    def _bearer(self, value: bytes) -> str:
        scheme, _, token = value.partition(b" ")
        if scheme.lower() != b"bearer" or not token.strip():
            raise Forbidden("token_missing")
        digest = sha256(token.strip()).hexdigest().encode()
        found = [name for known, name in self._names.items() if compare_digest(known, digest)]
        if not found:
            raise Forbidden("token_wrong")
        return found[0]


def check_binding(host: str, access: Access) -> None:
    """Without tokens everybody who reaches the port may ask: then only this machine may reach it.

    Raises: InvalidInput `channel_open_to_network`.
    """
    if access.open and not is_loopback(host):
        raise InvalidInput("channel_open_to_network", host=host)
