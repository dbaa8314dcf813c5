"""JSON Feed 1.1. Source: https://www.jsonfeed.org/version/1.1/"""

import msgspec

from dawam.kernel import to_rfc3339
from dawam.status.notices import Notice, grouped
from dawam.status.publishing.feeds.channel import Channel, FeedPage, changed_at

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel, page: FeedPage) -> bytes:
    """A page of the feed."""
    feed: dict[str, object] = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.feed("json", page.before),
        "language": channel.locale,
        "authors": [{"name": channel.sender_name, "url": channel.home}],
        "items": [_item(channel, notice) for notice in page.notices],
    }
    if page.older:
        feed["next_url"] = channel.feed("json", page.older)
    return msgspec.json.encode(feed)


def _item(channel: Channel, notice: Notice) -> dict[str, object]:
    return {
        "id": channel.entry_id(notice),
        "url": channel.page_of(notice),
        "title": channel.title_of(notice),
        "content_text": channel.body_of(notice),
        "date_published": to_rfc3339(notice.published_at),
        "date_modified": to_rfc3339(changed_at(notice)),
        "language": channel.locale,
        "tags": [notice.kind, *notice.capabilities],
        "attachments": [{"url": channel.cap(notice.id), "mime_type": "application/cap+xml"}],
        "_dawam": {
            "code": grouped(notice.code),
            "subject": notice.subject_id,
            "sequence": notice.sequence,
            "withdrawn": notice.withdrawn_at is not None,
        },
    }
