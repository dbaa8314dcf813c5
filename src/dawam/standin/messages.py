"""What the stand-in tells and is asked: modes, balances, payments. Source: contracts, section 2."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Mode(StrEnum):
    """Who answers for a capability."""

    NORMAL = "normal"
    STANDING_IN = "standing_in"
    RECOVERING = "recovering"


class Reason(StrEnum):
    """Why a capability is in its mode, the weightiest first."""

    OPERATOR = "operator"
    MAINTENANCE = "maintenance"
    CONTRADICTED = "contradicted"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    FEED_STALE = "feed_stale"
    HEALTHY = "healthy"


class Capability(StrEnum):
    """What an institution does for its customers."""

    BALANCE = "balance"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"
    CHEQUE = "cheque"
    STATEMENT = "statement"


class Source(StrEnum):
    """Who gave a number or took a decision."""

    PRIMARY = "primary"
    STAND_IN = "stand-in"


class PaymentState(StrEnum):
    """Where a payment stands."""

    APPROVED = "approved"
    DECLINED = "declined"
    PENDING = "pending"


class WithheldReason(StrEnum):
    """Why no amount can be shown."""

    NOT_MIRRORED = "not_mirrored"
    TOO_OLD = "too_old"


class CapabilityState(msgspec.Struct, frozen=True, kw_only=True):
    """The mode of one capability; `share_percent` of the customers are back with the primary."""

    capability: Capability
    mode: Mode
    reason: Reason
    since: datetime
    share_percent: int
    eta: datetime | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A balance that is proved: true at `as_of`. Amounts in minor units of `currency`.

    `position` is the last event that the mirror had then: what is checked later is checked by those up to it.
    """

    account: str
    currency: str
    balance_minor: int
    available_minor: int
    as_of: datetime
    position: int
    source: Source
    mode: Mode
    reason: Reason


class Withheld(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """No amount can be proved, and why."""

    reason: WithheldReason
    mode: Mode
    mode_reason: Reason


class PaymentRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A customer's wish, before it has an id."""

    kind: str
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
    requested_at: datetime


class Receipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer to a payment; `pending` resolves, the other two are final."""

    payment_id: str
    status: PaymentState
    code: str
    decided_by: Source
    decided_at: datetime


class TakenPayment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A payment that was taken here: its receipt, its amount in minor units, and what became of the money.

    `held`: an amount is still set aside for it. `written_off`: the stand-in had approved it, the primary
    refused it, and two people closed it without a booking. Approved and neither of the two: it is booked.
    """

    receipt: Receipt
    amount_minor: int
    currency: str
    held: bool
    written_off: bool


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One booking with the balance after it; `payment_id` where it used up what was held for a payment."""

    amount_minor: int
    balance_after_minor: int
    currency: str
    booked_at: datetime
    kind: str
    source: Source
    payment_id: str | None = None


class StatementPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries newest first; `next` asks for the page after this one, None at the end."""

    entries: list[StatementEntry]
    next: str | None


class ParkedAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that the primary refused and that people must settle."""

    advice_id: str
    payment_id: str
    amount_minor: int
    currency: str
    code: str
    decided_at: datetime
    proposed_action: str | None
    proposed_by: str | None
