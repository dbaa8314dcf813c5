"""The text of a letter on a page: nothing of it is markup, and only links to Dawam's own pages are links."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"]+")
_TOKEN = re.compile(r"[\w-]{20,}$")


def pieces(line: str, site: str) -> Iterator[tuple[str, bool]]:
    """A line cut into (text, whether it is a link to the site)."""
    end = 0
    for found in _LINK.finditer(line):
        if found[0].startswith(f"{site}/"):
            yield line[end : found.start()], False
            yield found[0], True
            end = found.end()
    yield line[end:], False


def linked(line: str, site: str) -> Markup:
    """A line as HTML."""
    link = Markup('<a href="{}" target="_blank" dir="ltr">{}</a>')
    return Markup("").join(
        link.format(said, _brief(said)) if is_link else escape(said) for said, is_link in pieces(line, site)
    )


def _brief(link: str) -> str:
    """A link as it is read: without its scheme, and without the token at its end."""
    return _TOKEN.sub("…", link.partition("://")[2])
