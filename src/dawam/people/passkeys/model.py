"""A passkey, and the site that all of them are bound to; pure."""

from datetime import datetime

import msgspec

from dawam.web.pages import Kind

PER_PERSON = 20
LABEL_MAX = 60


class Site(msgspec.Struct, frozen=True):
    """Where passkeys count: the relying party's id (a host) and the origin that browsers name."""

    host: str
    origin: str


class Fresh(msgspec.Struct, frozen=True):
    """A credential that was registered just now."""

    credential: bytes
    public_key: bytes
    count: int
    backed_up: bool
    transports: tuple[str, ...] = ()


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """One passkey of a person. `backed_up`: their devices share it."""

    id: str
    credential: bytes
    kind: Kind
    person: str
    public_key: bytes
    count: int
    backed_up: bool
    transports: tuple[str, ...]
    label: str
    added_at: datetime
    used_at: datetime | None


def site_of(origin: str) -> Site:
    """The site of a public URL as browsers write it: lower case, without a port that goes without saying."""
    scheme, _, rest = origin.lower().partition("://")
    host, colon, port = rest.rpartition(":")
    if not colon or not port.isdigit():
        host, port = rest, ""
    usual = {"https": "443", "http": "80"}[scheme]
    shown = host if port in ("", usual) else f"{host}:{port}"
    return Site(host, f"{scheme}://{shown}")
