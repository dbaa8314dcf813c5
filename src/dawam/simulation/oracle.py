"""The judge: the healthy books as a list of moments for each account, and nothing else.

It hears every booking from the primary itself, before any fault can touch it, and shares no code with
guard, mirror or ledger. Rule: a balance is right as of a moment when the account held it at that moment;
of several bookings at one and the same moment, any balance held at it counts, the one before them too.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime
from typing import NamedTuple

from dawam.kernel import invariant
from dawam.primary import Event


class Standing(NamedTuple):
    """What an account held: after which of its bookings, since when."""

    balance_minor: int
    last_seq: int
    since: datetime


class Oracle:
    """Every balance that every account ever had."""

    def __init__(self) -> None:
        self.heard_seq = 0
        self.heard_at: datetime | None = None
        self._moments: dict[str, list[datetime]] = {}
        self._balances: dict[str, list[int]] = {}
        self._seqs: dict[str, list[int]] = {}
        self._opening: dict[str, int] = {}
        self._booked: dict[str, dict[str, int]] = {}
        self._overdrawn: set[str] = set()

    def open(self, account: str, balance_minor: int = 0) -> None:
        """An account that exists before its first booking."""
        self._opening[account] = balance_minor

    def hear(self, event: Event) -> None:
        """The next booking of the healthy feed."""
        invariant(event.seq == self.heard_seq + 1, "the oracle hears every booking once, in order")
        self.heard_seq = event.seq
        self.heard_at = event.booked_at
        self._moments.setdefault(event.account, []).append(event.booked_at)
        self._balances.setdefault(event.account, []).append(event.balance_after_minor)
        self._seqs.setdefault(event.account, []).append(event.seq)
        if event.payment_id is not None:
            sides = self._booked.setdefault(event.payment_id, {})
            sides[event.account] = sides.get(event.account, 0) + 1
            if event.amount_minor < 0 and event.balance_after_minor < 0:
                self._overdrawn.add(event.account)

    def judge(self, account: str, balance_minor: int, as_of: datetime) -> bool:
        """Whether the account had that balance at that moment."""
        return balance_minor in self.held(account, as_of)

    def held(self, account: str, as_of: datetime) -> list[int]:
        """The balances that the account had at that moment; none when it did not exist."""
        moments = self._moments.get(account, [])
        first, behind = bisect_left(moments, as_of), bisect_right(moments, as_of)
        during = self._balances.get(account, [])[max(first - 1, 0) : behind]
        if first == 0 and (account in self._opening or moments):
            return [self._opening.get(account, 0), *during]
        return during

    def standing(self, account: str, as_of: datetime) -> Standing | None:
        """The account after its last booking up to that moment; None when there was none."""
        moments = self._moments.get(account, [])
        behind = bisect_right(moments, as_of)
        if behind == 0:
            return None
        return Standing(
            self._balances[account][behind - 1], self._seqs[account][behind - 1], moments[behind - 1]
        )

    def accounts(self) -> list[str]:
        """Every account heard of, sorted."""
        return sorted(self._opening.keys() | self._moments.keys())

    def times_booked(self, payment_id: str) -> int:
        """How often a payment or its advice moved money: 1 is right for an approved one."""
        return max(self._booked.get(payment_id, {"": 0}).values())

    def overdrawn(self) -> int:
        """Accounts that a payment or an advice, not the feed's own bookings, took below zero."""
        return len(self._overdrawn)
