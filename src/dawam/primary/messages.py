"""The primary contract's messages, one struct for wire and domain. Source: contracts, section 1."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Message(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Immutable, compared by value; unknown fields of a newer primary are ignored."""


class Event(Message, frozen=True, gc=False, kw_only=True):
    """A booking on one account, as the primary's feed tells it.

    `seq` counts from 1 without gaps over the whole feed; `amount_minor` is signed from the account's
    view; `balance_after_minor` is the primary's own running balance.
    """

    seq: int
    event_id: str
    account: str
    amount_minor: int
    currency: str
    balance_after_minor: int
    booked_at: datetime
    kind: str
    payment_id: str | None = None


class EventPage(Message, frozen=True, gc=False, kw_only=True):
    """Events in ascending order, and the last `seq` that the primary has."""

    events: list[Event]
    last_seq: int


class Health(Message, frozen=True, gc=False, kw_only=True):
    """The primary's own word on itself."""

    status: str
    time: datetime
    release: str = ""


class BalanceAnswer(Message, frozen=True, gc=False, kw_only=True):
    """What the primary says an account holds; to be judged before anybody sees it."""

    account: str
    currency: str
    balance_minor: int
    available_minor: int
    last_seq: int
    as_of: datetime


class Payment(Message, frozen=True, gc=False, kw_only=True):
    """A payment that the primary is asked to decide."""

    payment_id: str
    kind: str
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
    requested_at: datetime


class PaymentStatus(StrEnum):
    """The primary's decision."""

    APPROVED = "approved"
    DECLINED = "declined"


class PaymentAnswer(Message, frozen=True, gc=False, kw_only=True):
    """The primary's decision on a payment; `seq` of its first event when approved."""

    payment_id: str
    status: PaymentStatus
    code: str
    seq: int | None = None


class Advice(Message, frozen=True, gc=False, kw_only=True):
    """A stand-in decision, told to the primary; idempotent on `advice_id` and on `payment_id`."""

    advice_id: str
    payment_id: str
    kind: str
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
    decided_at: datetime


class AdviceStatus(StrEnum):
    """What the primary did with an advice."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    REJECTED = "rejected"


class AdviceAnswer(Message, frozen=True, gc=False, kw_only=True):
    """The primary's answer to an advice."""

    advice_id: str
    status: AdviceStatus
    code: str
    seq: int | None = None


class SnapshotLine(Message, frozen=True, gc=False, kw_only=True):
    """One account in a snapshot; `last_seq` is the account's last event at that moment."""

    account: str
    currency: str
    balance_minor: int
    last_seq: int


class SnapshotEnd(Message, frozen=True, gc=False, kw_only=True):
    """The line that makes a snapshot complete."""

    end: bool
    accounts: int
    last_seq: int
