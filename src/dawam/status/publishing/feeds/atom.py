"""Atom. Sources: RFC 4287; paging RFC 5005, section 3; categories are kind and capabilities."""

from collections.abc import Sequence
from datetime import datetime

from dawam.kernel import to_rfc3339
from dawam.status.notices import Notice
from dawam.status.publishing.feeds.cap import Warned
from dawam.status.publishing.feeds.channel import Channel, FeedPage, changed_at, last_change
from dawam.status.publishing.feeds.xml import LANGUAGE, Element, below, root, written
from dawam.web import text

ATOM = "http://www.w3.org/2005/Atom"


def atom_feed(channel: Channel, page: FeedPage) -> bytes:
    """A page of the feed."""
    feed = _feed(channel, channel.id, channel.title, last_change(page.notices))
    _link(feed, "self", channel.feed("atom", page.before), "application/atom+xml")
    _link(feed, "alternate", channel.home, "text/html")
    _link(feed, "alternate", channel.feed("json"), "application/feed+json")
    _link(feed, "related", channel.cap("index"), "application/atom+xml")
    _link(feed, "first", channel.feed("atom"), "application/atom+xml")
    if page.older:
        _link(feed, "next", channel.feed("atom", page.older), "application/atom+xml")
    for notice in page.notices:
        entry = _entry(feed, channel, notice, channel.entry_id(notice), changed_at(notice))
        below(entry, "title", channel.title_of(notice))
        below(entry, "content", channel.body_of(notice), type="text")
        _link(entry, "alternate", channel.page_of(notice), "text/html")
        _link(entry, "related", channel.cap(notice.id), "application/cap+xml")
        for word in (notice.kind, *notice.capabilities):
            below(entry, "category", None, term=word)
    return written(feed)


def cap_index(channel: Channel, warnings: Sequence[Warned]) -> bytes:
    """The newest warnings, each a CAP file of its own."""
    title = text("Warnings of {institution} (CAP)", channel.locale, institution=channel.name)
    newest = max((one.at for one in warnings), default=last_change(()))
    feed = _feed(channel, channel.id + "/cap", title, newest)
    _link(feed, "self", channel.cap("index"), "application/atom+xml")
    _link(feed, "alternate", channel.home, "text/html")
    for one in warnings:
        notice = one.notice
        entry = _entry(feed, channel, notice, f"{channel.entry_id(notice)}/cap/{one.identifier}", one.at)
        below(entry, "title", channel.title_of(one.notice))
        _link(entry, "alternate", channel.cap(one.identifier), "application/cap+xml")
        below(entry, "summary", one.kind, type="text")
    return written(feed)


def _feed(channel: Channel, id: str, title: str, updated: datetime) -> Element:
    feed = root(ATOM, "feed")
    feed.set(LANGUAGE, channel.locale)
    below(feed, "id", id)
    below(feed, "title", title)
    below(feed, "updated", to_rfc3339(updated))
    author = below(feed, "author")
    below(author, "name", channel.sender_name)
    return feed


def _entry(feed: Element, channel: Channel, notice: Notice, id: str, updated: datetime) -> Element:
    entry = below(feed, "entry")
    below(entry, "id", id)
    below(entry, "published", to_rfc3339(notice.published_at))
    below(entry, "updated", to_rfc3339(updated))
    return entry


def _link(parent: Element, rel: str, href: str, kind: str) -> None:
    below(parent, "link", None, rel=rel, type=kind, href=href)
