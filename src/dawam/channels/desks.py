"""Which institution an account belongs to, and what a channel may ask of its stand-in."""

from collections.abc import Callable, Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

import msgspec

from dawam.kernel import NotFound
from dawam.standin import (
    Books,
    Capability,
    CapabilityState,
    ModeChange,
    ParkedAdvice,
    PaymentRequest,
    Receipt,
    Reconciliation,
    Shown,
    StatementPage,
    Withheld,
)


class Desk(Protocol):
    """One institution as the channels see it; `dawam.standin.Desk` is one."""

    async def balance(self, account: str) -> Shown | Withheld:
        """A proved balance, or why there is none. Raises: NotFound `account_not_found`."""
        ...

    async def pay(self, request: PaymentRequest, *, key: str) -> tuple[Receipt, bool]:
        """The answer, and whether it is new. Raises: Conflict `idempotency_mismatch`."""
        ...

    def payment(self, payment_id: str) -> Receipt | None:
        """The same answer, kept up to date."""
        ...

    def statement(self, account: str, *, before: str | None, limit: int) -> StatementPage:
        """Bookings, newest first. Raises: NotFound `account_not_found`."""
        ...

    def capabilities(self) -> Sequence[CapabilityState]:
        """The mode of every capability."""
        ...

    def take_over(self, capabilities: Sequence[Capability], *, by: str, reason: str) -> None:
        """Stand in because a person says so."""
        ...

    def hand_back(self, *, by: str, reason: str) -> None:
        """Let the primary answer again, by cohorts, because a person says so."""
        ...

    def parked(self) -> Sequence[ParkedAdvice]:
        """Decisions that the primary refused."""
        ...

    async def settle(self, advice_id: str, action: str, *, by: str, staff: Collection[str]) -> bool:
        """One person's word on a parked decision; True when it was the second, and it is settled.

        `staff`: the ids of everybody whose word counts. Raises: Forbidden `member_needed`.
        """
        ...

    def history(self, limit: int) -> Sequence[ModeChange]:
        """Recorded changes of mode with their evidence, newest first."""
        ...

    def books(self) -> Books:
        """How far the mirror is, and what the primary does not know yet."""
        ...

    async def reconcile(self) -> Reconciliation:
        """Compare primary, mirror and decisions, and name every difference."""
        ...


def _in_no_ledger(account: str) -> int | None:
    """For a desk whose accounts stand in no ledger."""
    return None


class Place(msgspec.Struct, frozen=True):
    """A desk, the patterns of the accounts that are its own, and which account of the ledger each is."""

    institution: str
    patterns: tuple[str, ...]
    desk: Desk
    ledger_id: Callable[[str], int | None] = _in_no_ledger


class Desks:
    """All institutions of this node, in the order of the configuration: the first that matches answers."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)
        self._by_name = {place.institution: place.desk for place in places}
        catches_all = bool(places) and "*" in places[0].patterns
        self._only = places[0] if catches_all else None

    def of(self, account: str) -> Desk:
        """The desk of an account.

        Raises: NotFound `account_not_found`, when no institution has it.
        """
        return self._place(account).desk

    def ledger_id(self, account: str) -> int:
        """The account of the ledger that a customer's account is kept in.

        Raises: NotFound `account_not_found`, when it is kept in none.
        """
        found = self._place(account).ledger_id(account)
        if found is None:
            raise NotFound("account_not_found")
        return found

    def _place(self, account: str) -> Place:
        if self._only is not None:
            return self._only
        for place in self._places:
            if any(fnmatchcase(account, pattern) for pattern in place.patterns):
                return place
        raise NotFound("account_not_found")

    def named(self, institution: str) -> Desk:
        """The desk of an institution.

        Raises: NotFound `institution_not_found`.
        """
        desk = self._by_name.get(institution)
        if desk is None:
            raise NotFound("institution_not_found", institution=institution[:40])
        return desk

    def __iter__(self) -> Iterator[tuple[str, Desk]]:
        return iter(self._by_name.items())
