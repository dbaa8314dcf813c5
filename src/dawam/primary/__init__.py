"""The link to a primary: the contract's messages and client, and the mirror that its feed fills.

Promises: an answer is decoded strictly or refused; a request whose outcome is unknown is never told as known;
every event is mirrored once, in order, up to the first that cannot be right. What an answer is worth is not
judged here but by the guard. Pages: docs/primary-contract.md, docs/mirror.md.
"""

from dawam.primary.contract import HttpPrimary, LinkSettings
from dawam.primary.feed import FeedFollower, FeedSettings, Freshness
from dawam.primary.link import Fault, PrimaryFailure, PrimaryLink
from dawam.primary.messages import (
    Advice,
    AdviceAnswer,
    AdviceStatus,
    BalanceAnswer,
    Event,
    EventPage,
    Health,
    Payment,
    PaymentAnswer,
    PaymentStatus,
    SnapshotEnd,
    SnapshotLine,
)
from dawam.primary.mirror import (
    TABLES,
    Applied,
    BookedHours,
    FeedPosition,
    Held,
    Mirror,
    MirrorBalance,
    MirrorSettings,
)

__all__ = [
    "TABLES",
    "Advice",
    "AdviceAnswer",
    "AdviceStatus",
    "Applied",
    "BalanceAnswer",
    "BookedHours",
    "Event",
    "EventPage",
    "Fault",
    "FeedFollower",
    "FeedPosition",
    "FeedSettings",
    "Freshness",
    "Health",
    "Held",
    "HttpPrimary",
    "LinkSettings",
    "Mirror",
    "MirrorBalance",
    "MirrorSettings",
    "Payment",
    "PaymentAnswer",
    "PaymentStatus",
    "PrimaryFailure",
    "PrimaryLink",
    "SnapshotEnd",
    "SnapshotLine",
]
