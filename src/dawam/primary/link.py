"""The port to a primary: what Dawam may ask of it, and how asking can fail."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

from dawam.kernel import Unavailable
from dawam.primary.messages import (
    Advice,
    AdviceAnswer,
    BalanceAnswer,
    EventPage,
    Health,
    Payment,
    PaymentAnswer,
    SnapshotEnd,
    SnapshotLine,
)


class Fault(StrEnum):
    """How a call to the primary failed."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    ERROR = "error"
    MALFORMED = "malformed"


class PrimaryFailure(Unavailable):
    """A call to the primary brought no usable answer; code `primary_` + fault.

    `sent` is False only when the request certainly never reached the primary: its outcome is known
    (nothing happened). In every other case the outcome of a payment or an advice is unknown.
    """

    def __init__(self, fault: Fault, *, sent: bool, detail: str = "") -> None:
        super().__init__(f"primary_{fault.value}", detail=detail)
        self.fault = fault
        self.sent = sent


class PrimaryLink(Protocol):
    """The primary contract as calls. Every call raises `PrimaryFailure` and nothing else, unless stated."""

    async def health(self) -> Health:
        """One probe. A status other than "up" is returned, not raised."""
        ...

    async def balance(self, account: str) -> BalanceAnswer | None:
        """The primary's answer, unjudged; None when it says that there is no such account."""
        ...

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        """The feed after `after`; may be held open for `wait_s` until there is something."""
        ...

    async def pay(self, payment: Payment) -> PaymentAnswer:
        """Ask for a decision, once: a retry is the caller's, with the same `payment_id`.

        Raises: Conflict `payment_mismatch`, when the id is known with another body.
        """
        ...

    async def payment(self, payment_id: str) -> PaymentAnswer | None:
        """How an unknown outcome is settled; None when the primary never saw it."""
        ...

    async def advise(self, advice: Advice) -> AdviceAnswer:
        """Deliver a decision; may be repeated without harm."""
        ...

    def snapshot(self) -> AsyncIterator[SnapshotLine | SnapshotEnd]:
        """Every account, then the end line. Raises `PrimaryFailure` when the end is missing."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
