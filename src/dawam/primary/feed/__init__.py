"""Following a primary's feed into the mirror, and how fresh that is."""

from dawam.primary.feed.follower import FeedFollower
from dawam.primary.feed.model import FeedSettings, Freshness

__all__ = ["FeedFollower", "FeedSettings", "Freshness"]
