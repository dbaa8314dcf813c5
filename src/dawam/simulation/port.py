"""The channel contract without a network: customers at the desk of a simulated Dawam."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from dawam.kernel import Clock, DawamError, NotFound
from dawam.simulation.answers import BalanceStatus, ChannelBalance
from dawam.simulation.customers import ChannelGone
from dawam.simulation.receipts import ChannelReceipt, PaymentWish
from dawam.standin import Desk, PaymentRequest, Receipt, Withheld

T = TypeVar("T")


class DeskPort:
    """A `ChannelPort` to whichever Dawam lives now; when it is killed, its callers hear nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._desk: Desk | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._killed: set[asyncio.Task[Any]] = set()
        self.deciding = 0
        self.peak_exposure_minor = 0

    def connect(self, desk: Desk) -> None:
        """A new life."""
        self._desk = desk

    def cut(self) -> None:
        """The life ends in the middle of whatever it is doing."""
        self._desk = None
        self._killed |= self._under_way
        for task in self._killed:
            task.cancel()

    def _cut_off(self, task: asyncio.Task[Any]) -> bool:
        """Whether the work ended with its life, and not because its caller gave up."""
        was_killed = task in self._killed
        self._killed.discard(task)
        return was_killed

    async def balance(self, account: str) -> ChannelBalance:
        """What Dawam shows, or that it shows nothing."""
        desk = self._there()
        try:
            answer = await self._call(desk.balance(account))
        except NotFound:
            return ChannelBalance(status=BalanceStatus.NOT_FOUND)
        if isinstance(answer, Withheld):
            return ChannelBalance(
                status=BalanceStatus.WITHHELD, mode=answer.mode.value, reason=answer.reason.value
            )
        return ChannelBalance(
            status=BalanceStatus.SHOWN,
            balance_minor=answer.balance_minor,
            available_minor=answer.available_minor,
            as_of=answer.as_of,
            age_s=(self._clock.now() - answer.as_of).total_seconds(),
            source=answer.source.value,
            mode=answer.mode.value,
            reason=answer.reason.value,
        )

    async def pay(self, wish: PaymentWish, key: str) -> ChannelReceipt:
        """Ask for a payment under an Idempotency-Key."""
        desk = self._there()
        request = PaymentRequest(
            kind=wish.kind,
            debit_account=wish.debit_account,
            credit_account=wish.credit_account,
            amount_minor=wish.amount_minor,
            currency=wish.currency,
            requested_at=wish.requested_at,
        )
        self.deciding += 1
        try:
            receipt, _ = await self._call(desk.pay(request, key=key))
        finally:
            self.deciding -= 1
        self.peak_exposure_minor = max(self.peak_exposure_minor, desk.exposure_minor())
        return _told(receipt)

    async def payment(self, payment_id: str) -> ChannelReceipt | None:
        """What became of a payment; None when Dawam does not know it."""
        receipt = self._there().payment(payment_id)
        return _told(receipt) if receipt else None

    def _there(self) -> Desk:
        if self._desk is None:
            raise ChannelGone
        return self._desk

    async def _call(self, work: Coroutine[Any, Any, T]) -> T:
        """Work of this life: it ends with the life, wherever it stands."""
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if self._cut_off(task):
                raise ChannelGone from None
            raise
        except DawamError as error:
            if error.code == "storage_closed":
                raise ChannelGone from None
            raise
        finally:
            self._under_way.discard(task)


def _told(receipt: Receipt) -> ChannelReceipt:
    return ChannelReceipt(
        status=receipt.status.value,
        payment_id=receipt.payment_id,
        code=receipt.code,
        decided_by=receipt.decided_by.value,
        decided_at=receipt.decided_at,
    )
