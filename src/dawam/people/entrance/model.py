"""On what device a visitor is, and where they may be sent; pure."""

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


def safe_next(wanted: str, otherwise: str) -> str:
    """A page of our own to go on to; `otherwise` where the wish leads anywhere else."""
    if len(wanted) > _NEXT_MAX or not wanted.startswith("/") or not wanted.isprintable():
        return otherwise
    path = wanted.partition("?")[0]
    first = path[1:].partition("/")[0]
    if "\\" in wanted or "//" in wanted or ".." in path or first not in LOCALES:
        return otherwise
    return wanted
