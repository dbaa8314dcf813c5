"""The wallet's side of the primary contract, on the wire. Source: contracts, section 1."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from dawam.kernel import PaymentKind
from dawam.wallet.model import AccountKind, AdviceStatus, Order

Moment = Annotated[datetime, Meta(tz=True)]
Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
CurrencyCode = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
AccountText = Annotated[str, Meta(min_length=1, max_length=64)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What others send: a field that we do not know may have mattered to them, so it is refused."""


class PaymentRequest(Request, frozen=True, kw_only=True):
    """A payment to be decided."""

    payment_id: Identifier
    kind: PaymentKind
    debit_account: AccountText
    credit_account: AccountText
    amount_minor: int
    currency: CurrencyCode
    requested_at: Moment

    def order(self) -> Order:
        """What is to be moved."""
        return _order_of(self)


class AdviceRequest(Request, frozen=True, kw_only=True):
    """A decision that was made elsewhere, to be booked."""

    advice_id: Identifier
    payment_id: Identifier
    kind: PaymentKind
    debit_account: AccountText
    credit_account: AccountText
    amount_minor: int
    currency: CurrencyCode
    decided_at: Moment

    def order(self) -> Order:
        """What is to be moved."""
        return _order_of(self)


def _order_of(request: PaymentRequest | AdviceRequest) -> Order:
    return Order(
        kind=request.kind,
        debit_account=request.debit_account,
        credit_account=request.credit_account,
        amount_minor=request.amount_minor,
        currency=request.currency,
    )


class OpenAccount(Request, frozen=True, kw_only=True):
    """A wallet to be opened. Without `account` it gets `provider-NNNNNNNN`.

    With `may_go_below_zero` bookings that are no payments may take it there: for an institution's extract.
    """

    provider: str
    currency: CurrencyCode
    kind: AccountKind = AccountKind.CUSTOMER
    account: str | None = None
    overdraft_minor: int = 0
    may_go_below_zero: bool = False


class Booking(Request, frozen=True, kw_only=True):
    """A single-sided booking against the provider's settlement account; signed from the account's view.

    `booked_at` is moved on to just after the event before it, where it is not later than that.
    """

    account: str
    amount_minor: int
    kind: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_. -]{1,40}$")] = "booking"
    booked_at: Moment | None = None


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A booking on one account, as the feed tells it."""

    seq: int
    event_id: str
    account: str
    amount_minor: int
    currency: str
    balance_after_minor: int
    booked_at: datetime
    kind: str
    payment_id: str | None


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events in ascending order; `last_seq` is the last that is booked, not the last of the page."""

    events: list[Event]
    last_seq: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Up, since it answers."""

    status: Literal["up"]
    time: datetime
    release: str


class BalanceAnswer(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What an account holds as of a moment before which nothing is booked any more."""

    account: str
    currency: str
    balance_minor: int
    available_minor: int
    last_seq: int
    as_of: datetime


class PaymentAnswer(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The decision on a payment."""

    payment_id: str
    status: Literal["approved", "declined"]
    code: str
    seq: int | None


class AdviceAnswer(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What became of an advice."""

    advice_id: str
    status: AdviceStatus
    code: str
    seq: int | None


class SnapshotLine(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One account in a snapshot."""

    account: str
    currency: str
    balance_minor: int
    last_seq: int


class SnapshotEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The line that makes a snapshot complete."""

    end: Literal[True]
    accounts: int
    last_seq: int


class AccountStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What the admin calls answer."""

    account: str
    status: str
