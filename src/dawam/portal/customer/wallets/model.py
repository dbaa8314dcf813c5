"""An account as a page shows it: a proved balance, or why there is none; pure."""

from collections.abc import Collection
from enum import StrEnum

import msgspec

from dawam.kernel import PaymentKind
from dawam.people import Holding
from dawam.standin import Capability, Shown, WithheldReason

_LAST = 4
_OWN_KINDS = {Capability.WITHDRAWAL: PaymentKind.CASH_OUT, Capability.CHEQUE: PaymentKind.CHEQUE}


class Why(StrEnum):
    """Why no amount is shown."""

    NOT_MIRRORED = "not_mirrored"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"
    LATE = "late"
    FAILED = "failed"


WITHHELD: dict[WithheldReason, Why] = {
    WithheldReason.NOT_MIRRORED: Why.NOT_MIRRORED,
    WithheldReason.TOO_OLD: Why.TOO_OLD,
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An account at its place in the customer's list, from 1; either `shown` or `why`."""

    n: int
    holding: Holding
    shown: Shown | None = None
    why: Why | None = None


def short(account: str) -> str:
    """Enough of a number to tell one's own accounts apart."""
    return account if len(account) <= _LAST else f"…{account[-_LAST:]}"


def usable(capability: Capability, kinds: Collection[PaymentKind]) -> bool:
    """Whether a capability goes on in stand-in, when payments of these kinds do."""
    if capability in _OWN_KINDS:
        return _OWN_KINDS[capability] in kinds
    return capability is not Capability.PAYMENT or PaymentKind.TRANSFER in kinds
