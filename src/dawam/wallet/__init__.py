"""A small wallet core of our own: the reference primary.

Promises: wallets of several providers on one operator's books; a payment is booked once and completely or
not at all; nothing guarded goes below zero; every booking is an event, numbered without gaps; the primary
contract over HTTP. The other slices know it only through that contract. Page: docs/wallet.md.
"""

from dawam.wallet.api import create_app
from dawam.wallet.messages import (
    AccountStanding,
    AdviceAnswer,
    AdviceRequest,
    BalanceAnswer,
    Booking,
    Event,
    EventPage,
    OpenAccount,
    PaymentAnswer,
    PaymentRequest,
    SnapshotEnd,
    SnapshotLine,
)
from dawam.wallet.model import AccountKind, AccountStatus, AdviceStatus
from dawam.wallet.service import EVENTS_MAX, WAIT_MAX_S, Wallet
from dawam.wallet.tables import TABLES

__all__ = [
    "EVENTS_MAX",
    "TABLES",
    "WAIT_MAX_S",
    "AccountKind",
    "AccountStanding",
    "AccountStatus",
    "AdviceAnswer",
    "AdviceRequest",
    "AdviceStatus",
    "BalanceAnswer",
    "Booking",
    "Event",
    "EventPage",
    "OpenAccount",
    "PaymentAnswer",
    "PaymentRequest",
    "SnapshotEnd",
    "SnapshotLine",
    "Wallet",
    "create_app",
]
