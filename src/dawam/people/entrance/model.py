"""Where a visitor comes from, on what device, and where they may be sent; pure."""

from ipaddress import IPv6Address, ip_address

import msgspec

from dawam.web import LOCALES
from dawam.web.pages import Kind

_NEXT_MAX = 500
_BROWSERS = (
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


class Entered(msgspec.Struct, frozen=True):
    """Somebody who has just signed in; `key` is what their browser must hold from now on."""

    key: str
    kind: Kind
    person: str


def device_of(user_agent: str) -> str:
    """`Firefox/Android`, as far as the browser tells; either part may be empty."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser}/{system}"


def place_of_address(address: str) -> str:
    """Who shares a limit: an IPv4 address, or the 64 bits of IPv6 that one customer of a provider has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{int(found) >> 64:x}"
    return str(found)


def safe_next(wanted: str, otherwise: str) -> str:
    """A page of our own to go on to; `otherwise` where the wish leads anywhere else."""
    if len(wanted) > _NEXT_MAX or not wanted.startswith("/") or not wanted.isprintable():
        return otherwise
    path = wanted.partition("?")[0]
    first = path[1:].partition("/")[0]
    if "\\" in wanted or "//" in wanted or ".." in path or first not in LOCALES:
        return otherwise
    return wanted
