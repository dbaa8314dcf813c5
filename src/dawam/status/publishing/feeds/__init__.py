"""Notices for other programs: Atom, JSON Feed, Common Alerting Protocol. Pure: notices in, bytes out."""

from dawam.status.publishing.feeds.atom import atom_feed, cap_index
from dawam.status.publishing.feeds.cap import Warned, cap_alert, message_type
from dawam.status.publishing.feeds.channel import Channel, FeedPage, changed_at
from dawam.status.publishing.feeds.json_feed import json_feed

__all__ = [
    "Channel",
    "FeedPage",
    "Warned",
    "atom_feed",
    "cap_alert",
    "cap_index",
    "changed_at",
    "json_feed",
    "message_type",
]
