"""Who visits a page: anybody, a customer or a member of the staff, known by a cookie that says nothing.

The cookie is 32 random bytes; what it stands for is kept on the server, under its SHA-256.
"""

from base64 import urlsafe_b64encode
from enum import StrEnum
from http.cookies import SimpleCookie
from random import Random
from typing import Any, Protocol

import msgspec
from litestar.connection import ASGIConnection

COOKIE = "dawam"
COOKIE_OVER_TLS = "__Host-dawam"
_BYTES = 32


class Kind(StrEnum):
    """What a visitor is to the institution."""

    ANYBODY = "anybody"
    CUSTOMER = "customer"
    STAFF = "staff"


class Role(StrEnum):
    """What a member of the staff may do."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    COMMUNICATOR = "communicator"
    ADMINISTRATOR = "administrator"


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. `id` and `name` are empty for anybody; `key` is the cookie's value, empty without one."""

    kind: Kind = Kind.ANYBODY
    id: str = ""
    name: str = ""
    roles: frozenset[Role] = frozenset()
    institutions: tuple[str, ...] = ()
    """For staff: which institutions they may see and command; empty for all."""
    key: str = ""

    def may(self, *roles: Role) -> bool:
        """Whether this is a member of the staff with one of the roles."""
        return self.kind is Kind.STAFF and not self.roles.isdisjoint(roles)


ANYBODY = Visitor()


class Sessions(Protocol):
    """Where open sessions are kept; `dawam.people` has one."""

    def visitor(self, key: str) -> Visitor | None:
        """Whose session the cookie's value opens; None when it has ended or never began."""
        ...


def new_key(entropy: Random) -> str:
    """A fresh value for the cookie."""
    return urlsafe_b64encode(entropy.randbytes(_BYTES)).rstrip(b"=").decode()


def key_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The value of the request's cookie; empty without one.

    Over TLS only the cookie that a browser takes from this very host counts: another one may come from a
    neighbouring site, with a value that somebody else knows. Source: RFC 6265bis, 4.1.3.2.
    """
    name = COOKIE_OVER_TLS if connection.app.state.get("secure") else COOKIE
    found = connection.cookies.get(name, "")
    return found if len(found) <= 2 * _BYTES and found.isascii() else ""


def visitor_of(connection: ASGIConnection[Any, Any, Any, Any], sessions: Sessions) -> Visitor:
    """Who asks: by the cookie, else anybody (with the cookie's value, so that a form can be bound to it)."""
    key = key_of(connection)
    found = sessions.visitor(key) if key else None
    return found or msgspec.structs.replace(ANYBODY, key=key)


def visiting(connection: ASGIConnection[Any, Any, Any, Any]) -> Visitor:
    """Who asks, as the guard of all pages has found out."""
    found = connection.scope.get("visitor")
    return found if isinstance(found, Visitor) else ANYBODY


def set_cookie(key: str, *, secure: bool, lasts_s: int | None = None) -> tuple[str, str]:
    """The header that gives a browser its cookie; an empty key takes it away."""
    jar: SimpleCookie = SimpleCookie()
    name = COOKIE_OVER_TLS if secure else COOKIE
    jar[name] = key
    jar[name]["path"] = "/"
    jar[name]["httponly"] = True
    jar[name]["samesite"] = "Lax"
    if secure:
        jar[name]["secure"] = True
    if not key:
        jar[name]["max-age"] = 0
    elif lasts_s is not None:
        jar[name]["max-age"] = lasts_s
    return "Set-Cookie", jar[name].OutputString()
