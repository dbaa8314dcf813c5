"""A primary in memory, for a node that needs one and no process beside it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from dawam.primary import (
    Advice,
    AdviceAnswer,
    AdviceStatus,
    BalanceAnswer,
    Event,
    EventPage,
    Fault,
    Health,
    Payment,
    PaymentAnswer,
    PaymentStatus,
    PrimaryFailure,
    SnapshotEnd,
    SnapshotLine,
)


def now() -> datetime:
    return datetime.now(UTC)


class MemoryPrimary:
    """Two accounts and a feed; may be switched off."""

    def __init__(self) -> None:
        self.up = True
        self.balances = {"A": 10_000, "B": 0}
        self.feed: list[Event] = []
        self.known: dict[str, int] = {}
        self.closed = False
        self._book("A", 0, None)
        self._book("B", 0, None)

    def _book(self, account: str, amount_minor: int, payment_id: str | None) -> int:
        if self.feed or amount_minor:
            self.balances[account] += amount_minor
        opening = self.balances[account] if payment_id is None else amount_minor
        seq = len(self.feed) + 1
        self.feed.append(
            Event(
                seq=seq,
                event_id=f"e{seq}",
                account=account,
                amount_minor=opening,
                currency="EGP",
                balance_after_minor=self.balances[account],
                booked_at=now(),
                kind="transfer",
                payment_id=payment_id,
            )
        )
        return seq

    def _check(self) -> None:
        if not self.up:
            raise PrimaryFailure(Fault.UNREACHABLE, sent=False)

    def _settle(self, payment: Payment | Advice) -> int:
        if payment.payment_id not in self.known:
            self.known[payment.payment_id] = self._book(
                payment.debit_account, -payment.amount_minor, payment.payment_id
            )
            self._book(payment.credit_account, payment.amount_minor, payment.payment_id)
        return self.known[payment.payment_id]

    async def health(self) -> Health:
        self._check()
        return Health(status="up", time=now())

    async def balance(self, account: str) -> BalanceAnswer | None:
        self._check()
        if account not in self.balances:
            return None
        return BalanceAnswer(
            account=account,
            currency="EGP",
            balance_minor=self.balances[account],
            available_minor=self.balances[account],
            last_seq=max(event.seq for event in self.feed if event.account == account),
            as_of=now(),
        )

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        self._check()
        if after >= len(self.feed):
            await asyncio.sleep(min(wait_s, 0.02))
            self._check()
        return EventPage(events=self.feed[after : after + limit], last_seq=len(self.feed))

    async def pay(self, payment: Payment) -> PaymentAnswer:
        self._check()
        seq = self._settle(payment)
        return PaymentAnswer(
            payment_id=payment.payment_id, status=PaymentStatus.APPROVED, code="approved", seq=seq
        )

    async def payment(self, payment_id: str) -> PaymentAnswer | None:
        self._check()
        seq = self.known.get(payment_id)
        if seq is None:
            return None
        return PaymentAnswer(payment_id=payment_id, status=PaymentStatus.APPROVED, code="approved", seq=seq)

    async def advise(self, advice: Advice) -> AdviceAnswer:
        self._check()
        known = advice.payment_id in self.known
        seq = self._settle(advice)
        status = AdviceStatus.ALREADY_APPLIED if known else AdviceStatus.APPLIED
        return AdviceAnswer(advice_id=advice.advice_id, status=status, code="approved", seq=seq)

    async def snapshot(self) -> AsyncIterator[SnapshotLine | SnapshotEnd]:
        self._check()
        for account, balance_minor in self.balances.items():
            last_seq = max(event.seq for event in self.feed if event.account == account)
            yield SnapshotLine(
                account=account, currency="EGP", balance_minor=balance_minor, last_seq=last_seq
            )
        yield SnapshotEnd(end=True, accounts=len(self.balances), last_seq=len(self.feed))

    async def close(self) -> None:
        self.closed = True
