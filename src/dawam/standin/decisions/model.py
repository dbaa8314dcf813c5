"""The stand-in's decision: one pure function, its rules in the order in which they are checked.

1. `invalid_amount`: not positive, beyond 2^63-1, to the paying account itself, in another currency
2. `not_available_in_stand_in`: the kind does not go on, or the mirror is too old to decide at all
3. `account_not_found`: one of the two accounts is not mirrored
4. `account_frozen`: the primary was last heard to say so
5. `over_limit`: one payment; the day; the outage; the institution's exposure
6. `too_many`: payments in this outage
7. `insufficient_funds`: more than the mirror's available balance, less all holds

Limits shrink in a straight line with the mirror's age. Out of scope: fraud signals.
"""

from datetime import datetime, timedelta

import msgspec

from dawam.kernel import AMOUNT_MAX, Approved, Decision, DeclineCode, Declined
from dawam.standin.messages import Capability, PaymentRequest
from dawam.standin.settings import PolicySettings

CAPABILITY_OF_KIND = {"cash_out": Capability.WITHDRAWAL, "cheque": Capability.CHEQUE}


class Account(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of the paying account: `available_minor` is the mirror's balance less all holds."""

    currency: str
    available_minor: int
    frozen: bool


class Usage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What stand-in has already approved: by this customer, and by the institution as a whole."""

    day_minor: int = 0
    outage_minor: int = 0
    outage_count: int = 0
    exposure_minor: int = 0


def capability_of(kind: str) -> Capability:
    """The capability that a kind of payment needs."""
    return CAPABILITY_OF_KIND.get(kind, Capability.PAYMENT)


def share_left(mirror_age_s: float, policy: PolicySettings) -> float:
    """How much of each limit is left when the mirror is this old: 1 down to `floor_share`, then 0."""
    if mirror_age_s <= policy.fresh_for_s:
        return 1.0
    if mirror_age_s >= policy.refuse_after_s:
        return 0.0
    gone = (mirror_age_s - policy.fresh_for_s) / (policy.refuse_after_s - policy.fresh_for_s)
    return 1.0 - gone * (1.0 - policy.floor_share)


def day_start(moment: datetime, policy: PolicySettings) -> datetime:
    """The institution's midnight before `moment`."""
    offset = timedelta(minutes=policy.day_offset_minutes)
    local = moment + offset
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - offset


def decide(
    request: PaymentRequest,
    *,
    debit: Account | None,
    credit_known: bool,
    usage: Usage,
    mirror_age_s: float,
    policy: PolicySettings,
) -> Decision:
    """Approve or decline in the primary's place.

    Units: minor units of the account's currency. Source: docs/stand-in.md.
    """
    share = share_left(mirror_age_s, policy)
    amount = request.amount_minor
    to_itself = request.debit_account == request.credit_account
    other_currency = debit is not None and debit.currency != request.currency
    if not 0 < amount <= AMOUNT_MAX or to_itself or other_currency:
        return Declined(DeclineCode.INVALID_AMOUNT)
    if request.kind not in policy.kinds or share == 0.0:
        return Declined(DeclineCode.NOT_AVAILABLE_IN_STAND_IN)
    if debit is None or not credit_known:
        return Declined(DeclineCode.ACCOUNT_NOT_FOUND)
    if debit.frozen:
        return Declined(DeclineCode.ACCOUNT_FROZEN)
    limits = policy.limits_for(request.debit_account)
    if (
        amount > limits.per_payment_minor * share
        or usage.day_minor + amount > limits.per_day_minor * share
        or usage.outage_minor + amount > limits.per_outage_minor * share
        or usage.exposure_minor + amount > policy.exposure_minor * share
    ):
        return Declined(DeclineCode.OVER_LIMIT)
    if usage.outage_count + 1 > limits.per_outage_count:
        return Declined(DeclineCode.TOO_MANY)
    if amount > debit.available_minor * limits.balance_share:
        return Declined(DeclineCode.INSUFFICIENT_FUNDS)
    return Approved()
