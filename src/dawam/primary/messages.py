"""The primary contract's messages, one struct for wire and domain. Source: contracts, section 1.

The bounds in the annotations are checked where bytes are decoded, not where a struct is built.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from dawam.kernel import AMOUNT_MAX

ACCOUNT_LENGTH_MAX = 120

Minor = Annotated[int, msgspec.Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=AMOUNT_MAX)]
EventSeq = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
AccountName = Annotated[str, msgspec.Meta(min_length=1, max_length=ACCOUNT_LENGTH_MAX)]
CurrencyCode = Annotated[str, msgspec.Meta(min_length=3, max_length=3)]
Word = Annotated[str, msgspec.Meta(max_length=200)]


class Message(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Immutable, compared by value; unknown fields of a newer primary are ignored."""


class Event(Message, frozen=True, gc=False, kw_only=True):
    """A booking on one account, as the primary's feed tells it.

    `seq` counts from 1 without gaps over the whole feed; `amount_minor` is signed from the account's
    view; `balance_after_minor` is the primary's own running balance.
    """

    seq: EventSeq
    event_id: Word
    account: AccountName
    amount_minor: Minor
    currency: CurrencyCode
    balance_after_minor: Minor
    booked_at: Moment
    kind: Word
    payment_id: Word | None = None


class EventPage(Message, frozen=True, gc=False, kw_only=True):
    """Events in ascending order, and the last `seq` that the primary has."""

    events: list[Event]
    last_seq: Seq


class Health(Message, frozen=True, gc=False, kw_only=True):
    """The primary's own word on itself."""

    status: Word
    time: Moment
    release: Word = ""


class BalanceAnswer(Message, frozen=True, gc=False, kw_only=True):
    """What the primary says an account holds; to be judged before anybody sees it."""

    account: AccountName
    currency: CurrencyCode
    balance_minor: Minor
    available_minor: Minor
    last_seq: Seq
    as_of: Moment


class Payment(Message, frozen=True, gc=False, kw_only=True):
    """A payment that the primary is asked to decide."""

    payment_id: Word
    kind: Word
    debit_account: AccountName
    credit_account: AccountName
    amount_minor: Minor
    currency: CurrencyCode
    requested_at: Moment


class PaymentStatus(StrEnum):
    """The primary's decision."""

    APPROVED = "approved"
    DECLINED = "declined"


class PaymentAnswer(Message, frozen=True, gc=False, kw_only=True):
    """The primary's decision on a payment; `seq` of its first event when approved."""

    payment_id: Word
    status: PaymentStatus
    code: Word
    seq: Seq | None = None


class Advice(Message, frozen=True, gc=False, kw_only=True):
    """A stand-in decision, told to the primary; idempotent on `advice_id` and on `payment_id`."""

    advice_id: Word
    payment_id: Word
    kind: Word
    debit_account: AccountName
    credit_account: AccountName
    amount_minor: Minor
    currency: CurrencyCode
    decided_at: Moment


class AdviceStatus(StrEnum):
    """What the primary did with an advice."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    REJECTED = "rejected"


class AdviceAnswer(Message, frozen=True, gc=False, kw_only=True):
    """The primary's answer to an advice."""

    advice_id: Word
    status: AdviceStatus
    code: Word
    seq: Seq | None = None


class SnapshotLine(Message, frozen=True, gc=False, kw_only=True):
    """One account in a snapshot; `last_seq` is the account's last event at that moment."""

    account: AccountName
    currency: CurrencyCode
    balance_minor: Minor
    last_seq: Seq


class SnapshotEnd(Message, frozen=True, gc=False, kw_only=True):
    """The line that makes a snapshot complete."""

    end: bool
    accounts: Seq
    last_seq: Seq
