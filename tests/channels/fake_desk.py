"""A desk with three accounts and a memory, for tests of the way in and out."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dawam.kernel import Conflict, Forbidden, NotFound, id_to_text
from dawam.standin import (
    Books,
    Capability,
    CapabilityState,
    Mode,
    ModeChange,
    ParkedAdvice,
    PaymentRequest,
    PaymentState,
    Reason,
    Receipt,
    Reconciliation,
    Shown,
    Source,
    StatementEntry,
    StatementPage,
    Withheld,
    WithheldReason,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FixedClock:
    """It is always noon."""

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0


class FakeDesk:
    """Implements the port `dawam.channels.Desk` in memory."""

    def __init__(self) -> None:
        self.mode = Mode.STANDING_IN
        self.reason = Reason.CONTRADICTED
        self.answered: dict[str, tuple[PaymentRequest, Receipt]] = {}
        self.commands: list[tuple[Any, ...]] = []
        self.waiting = [
            ParkedAdvice(
                advice_id=id_to_text(9),
                payment_id=id_to_text(8),
                amount_minor=500,
                currency="EGP",
                code="account_frozen",
                decided_at=NOON,
                proposed_action=None,
                proposed_by=None,
            )
        ]

    async def balance(self, account: str) -> Shown | Withheld:
        if account == "unknown":
            raise NotFound("account_not_found")
        if account == "old":
            return Withheld(reason=WithheldReason.TOO_OLD, mode=self.mode, mode_reason=self.reason)
        return Shown(
            account=account,
            currency="EGP",
            balance_minor=12_345,
            available_minor=12_000,
            position=1,
            as_of=NOON - timedelta(seconds=90, milliseconds=250),
            source=Source.STAND_IN,
            mode=self.mode,
            reason=self.reason,
        )

    async def pay(self, request: PaymentRequest, *, key: str) -> tuple[Receipt, bool]:
        known = self.answered.get(key)
        if known is not None:
            if known[0] != request:
                raise Conflict("idempotency_mismatch")
            return known[1], False
        receipt = Receipt(
            payment_id=id_to_text(len(self.answered) + 1),
            status=PaymentState.APPROVED,
            code="approved",
            decided_by=Source.STAND_IN,
            decided_at=NOON,
        )
        self.answered[key] = (request, receipt)
        return receipt, True

    def payment(self, payment_id: str) -> Receipt | None:
        return next((r for _, r in self.answered.values() if r.payment_id == payment_id), None)

    def statement(self, account: str, *, before: str | None, limit: int) -> StatementPage:
        if account == "unknown":
            raise NotFound("account_not_found")
        first = int(before) - 1 if before else 3
        entries = [
            StatementEntry(
                amount_minor=seq,
                balance_after_minor=seq * 10,
                currency="EGP",
                booked_at=NOON,
                kind="transfer",
                source=Source.PRIMARY,
            )
            for seq in range(first, max(first - limit, 0), -1)
        ]
        last = first - len(entries) + 1
        return StatementPage(entries=entries, next=str(last) if last > 1 else None)

    def capabilities(self) -> Sequence[CapabilityState]:
        return [
            CapabilityState(
                capability=capability, mode=self.mode, reason=self.reason, since=NOON, share_percent=0
            )
            for capability in Capability
        ]

    def take_over(self, capabilities: Sequence[Capability], *, by: str, reason: str) -> None:
        self.commands.append(("take_over", tuple(capabilities), by, reason))

    def hand_back(self, *, by: str, reason: str) -> None:
        self.commands.append(("hand_back", by, reason))

    def parked(self) -> Sequence[ParkedAdvice]:
        return self.waiting

    async def settle(self, advice_id: str, action: str, *, by: str, staff: Collection[str]) -> bool:
        if by not in staff:
            raise Forbidden("member_needed")
        self.commands.append(("settle", advice_id, action, by))
        return len(self.commands) > 1

    def history(self, limit: int) -> Sequence[ModeChange]:
        change = ModeChange(
            institution="bank",
            capability=Capability.BALANCE,
            mode=self.mode,
            reason=self.reason,
            share_percent=0,
            at=NOON,
            evidence="pattern=zero",
        )
        return [change] * limit

    def books(self) -> Books:
        return Books(
            accounts=3,
            last_seq=7,
            last_booked_at=NOON,
            exposure_minor=500,
            exposure_cap_minor=1_000,
            waiting=0,
            applied=1,
            already_applied=0,
            parked=1,
            written_off=0,
            quiet=True,
        )

    async def reconcile(self) -> Reconciliation:
        return Reconciliation(accounts=3, agreeing=3, differences=[])
