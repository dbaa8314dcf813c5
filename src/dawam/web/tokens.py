"""Bearer tokens, kept as SHA-256 only and compared in constant time. Source: RFC 6750, section 2.1."""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_address

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from dawam.kernel import Forbidden


def token_digest(token: str) -> str:
    """How a token stands in settings: its SHA-256 in hexadecimal."""
    return sha256(token.encode()).hexdigest()


def bearer(digests: Sequence[str]) -> list[Guard]:
    """Guards that let in only who brings one of the tokens; without tokens there is no guard.

    The guard raises: Forbidden `token_missing`, `token_wrong`.
    """
    if not digests:
        return []
    expected = [digest.lower().encode() for digest in digests]

    def check(connection: ASGIConnection, route: BaseRouteHandler) -> None:  # type: ignore[type-arg]
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Forbidden("token_missing")
        given = token_digest(token.strip()).encode()
        matches = [hmac.compare_digest(given, digest) for digest in expected]
        if not any(matches):
            raise Forbidden("token_wrong")

    return [check]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
