"""Whose notices a feed holds, and the addresses and ids that all forms of it share.

An id is a tag URI (RFC 4151) of our host and the notice's id: it stays when addresses change, as long as the
host does. A notice that was taken back stays in the feed and says so.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlsplit

import msgspec

from dawam.kernel import EPOCH
from dawam.status.notices import Notice, grouped, harmless
from dawam.web import Locale, text

_SINCE = "2026"
"""When the ids of this form began; a tag URI must say it, and it never changes."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """An institution's notices in a language, at the address of our pages."""

    origin: str
    institution: str
    name: str
    locale: Locale

    @property
    def host(self) -> str:
        """Our host, which stands in ids."""
        return urlsplit(self.origin).hostname or "localhost"

    @property
    def sender_name(self) -> str:
        """What the institution is called, as it may stand in a file."""
        return harmless(self.name)

    @property
    def title(self) -> str:
        """What the feed is called."""
        return harmless(text("Notices of {institution}", self.locale, institution=self.name))

    @property
    def home(self) -> str:
        """The page for people."""
        return f"{self.origin}/{self.locale}/status/{self._place}"

    @property
    def id(self) -> str:
        """The feed's id."""
        return f"tag:{self.host},{_SINCE}:feed/{self._place}/{self.locale}"

    def feed(self, kind: str, before: str | None = None) -> str:
        """The address of a page of the feed; `kind` is atom or json."""
        page = f"?before={quote(before)}" if before else ""
        return f"{self.origin}/feeds/{self._place}/{self.locale}.{kind}{page}"

    def cap(self, name: str) -> str:
        """The address of a warning, or of their index."""
        return f"{self.origin}/feeds/{self._place}/cap/{name}.xml"

    def entry_id(self, notice: Notice) -> str:
        """The id of a notice, the same in every form and language."""
        return f"tag:{self.host},{_SINCE}:notice/{notice.id}"

    def page_of(self, notice: Notice) -> str:
        """Where a person reads a notice."""
        return f"{self.origin}/{self.locale}/check?code={grouped(notice.code)}"

    def title_of(self, notice: Notice) -> str:
        """A notice's title; of one that was taken back, that it was."""
        title = harmless(notice.texts[self.locale].title)
        if notice.withdrawn_at is None:
            return title
        return text("Taken back: {title}", self.locale).replace("{title}", title)

    def body_of(self, notice: Notice) -> str:
        """A notice's words and its code."""
        if notice.withdrawn_at is None:
            body = harmless(notice.texts[self.locale].body)
        else:
            body = text("We have taken this notice back; it does not hold any more.", self.locale)
        return f"{body}\n\n{text('Code', self.locale)}: {grouped(notice.code)}"

    @property
    def _place(self) -> str:
        return quote(self.institution, safe="")


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Notices, newest first; `older` asks for the page after, `before` is what this one was asked by."""

    notices: Sequence[Notice]
    before: str | None = None
    older: str | None = None


def changed_at(notice: Notice) -> datetime:
    """When it was last changed: published, or taken back."""
    return notice.withdrawn_at or notice.published_at


def last_change(notices: Sequence[Notice]) -> datetime:
    """When the newest of them was changed; the beginning of time where there is none."""
    return max((changed_at(one) for one in notices), default=EPOCH)
