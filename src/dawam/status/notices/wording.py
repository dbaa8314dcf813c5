"""How a notice stands in a message: the short form of an SMS, the long form of an e-mail.

The frame around the notice's own words has no words of its own, so that a message can be compared with the
notice for ever: institution, title, body, the code, and where to check it.
"""

import unicodedata
from collections.abc import Callable

from dawam.status.notices.codes import grouped
from dawam.status.notices.model import Notice
from dawam.web import Locale

NameOf = Callable[[str, Locale], str]
"""How an institution is called in a language, by its key."""


def plain_name(institution: str, locale: Locale) -> str:
    """An institution without a name of its own goes by its key."""
    return institution


_HARMLESS = frozenset("\n\u00a0\u202f\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
"""Spaces that do not break, joiners, and the marks that keep a number in its place within a sentence."""


def harmless(text: str) -> str:
    """A text that people wrote, as it may stand in a page: what would reverse what follows is written out."""
    return "".join(letter if _is_harmless(letter) else f"\\u{ord(letter):04x}" for letter in text)


def _is_harmless(letter: str) -> bool:
    return letter in _HARMLESS or letter == " " or unicodedata.category(letter)[0] not in "CZ"


_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " "} | dict.fromkeys("\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
)


def bare(text: str) -> str:
    """A text without special spaces and marks of direction: as it may stand within another sentence."""
    return text.translate(_SPACES)


class Wording:
    """The forms of a notice, for the address of our pages."""

    def __init__(self, origin: str, name_of: NameOf = plain_name) -> None:
        self.origin = origin
        self.name_of = name_of

    def check_url(self, locale: Locale) -> str:
        """Where people check a message."""
        return f"{self.origin}/{locale}/check"

    def sms(self, notice: Notice, locale: Locale) -> str:
        """Who, what, the code, and where to check it and read on."""
        title = notice.texts[locale].title.rstrip(".")
        name = self.name_of(notice.institution, locale)
        return f"{name}: {title}. {grouped(notice.code)} {self.check_url(locale)}"

    def email(self, notice: Notice, locale: Locale) -> tuple[str, str]:
        """Subject and plain text."""
        said = notice.texts[locale]
        name = self.name_of(notice.institution, locale)
        frame = f"{name}\n{grouped(notice.code)}\n{self.check_url(locale)}"
        return f"{name}: {said.title}", f"{said.title}\n\n{said.body}\n\n{frame}\n"

    def forms(self, notice: Notice, locale: Locale) -> list[str]:
        """Every form in which the notice may have reached somebody, without its code and our links."""
        said = notice.texts[locale]
        name = self.name_of(notice.institution, locale)
        whole = f"{said.title} {said.body}"
        return [
            said.title,
            said.body,
            whole,
            f"{whole} {name}",
            f"{name} {said.title}",
            f"{name} {whole}",
            f"{name} {said.title} {whole} {name}",
        ]
