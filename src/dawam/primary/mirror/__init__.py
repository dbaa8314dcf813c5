"""Our copy of a primary's accounts, from its feed: every event once, in order, or not at all."""

from dawam.primary.mirror.model import Applied, BookedHours, FeedPosition, MirrorBalance, MirrorSettings
from dawam.primary.mirror.past import Held
from dawam.primary.mirror.service import Mirror
from dawam.primary.mirror.tables import TABLES

__all__ = [
    "TABLES",
    "Applied",
    "BookedHours",
    "FeedPosition",
    "Held",
    "Mirror",
    "MirrorBalance",
    "MirrorSettings",
]
