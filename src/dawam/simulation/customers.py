"""Simulated customers, who ask for balances and pay throughout, and remember every answer.

They come by chance, at a steady rate, never waiting for each other. A payment without an answer is asked
for again with the same Idempotency-Key; now and then somebody presses twice. What they were told is kept
in an `AnswerBook` and a `PaymentBook`, for the oracle to judge. They know Dawam only by `ChannelPort`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, TypeVar

from dawam.kernel import AMOUNT_MAX, Clock, PaymentKind, id_to_text, to_ns
from dawam.simulation.answers import AnswerBook, ChannelBalance
from dawam.simulation.receipts import ChannelReceipt, PaymentBook, PaymentWish

T = TypeVar("T")

_NOBODY = "NOBODY-0"
_PAYING_KINDS = (
    PaymentKind.TRANSFER,
    PaymentKind.TRANSFER,
    PaymentKind.MERCHANT_PAYMENT,
    PaymentKind.BILL_PAYMENT,
    PaymentKind.CASH_OUT,
)


class ChannelGone(Exception):
    """No answer: Dawam is not there, or the way to it is cut. The outcome is unknown."""


class ChannelPort(Protocol):
    """The channel contract as customers' apps see it. Every call may raise `ChannelGone`."""

    async def balance(self, account: str) -> ChannelBalance:
        """What Dawam shows, or that it shows nothing."""
        ...

    async def pay(self, wish: PaymentWish, key: str) -> ChannelReceipt:
        """Ask for a payment under an Idempotency-Key."""
        ...

    async def payment(self, payment_id: str) -> ChannelReceipt | None:
        """What became of a payment; None when Dawam does not know it."""
        ...


@dataclass(frozen=True, slots=True)
class Habits:
    """What customers do. Rates are of all customers together."""

    balances_per_s: float = 2.0
    payments_per_s: float = 0.5
    favourites: float = 0.5
    """The share of calls that go to the busiest twentieth of the accounts."""
    too_much: float = 0.05
    """The share of payments that ask for more than there can be."""
    odd: float = 0.02
    """The share of payments with a wrong amount or to nobody."""
    presses_twice: float = 0.05
    typical_minor: int = 20_000
    retries: int = 6
    retry_after_s: float = 2.0
    asks_again_after_s: float = 30.0
    """How often somebody with a pending payment looks again."""


class Customers:
    """A crowd with one seed. `accounts` are those that may be asked about, with their currencies."""

    def __init__(
        self,
        port: ChannelPort,
        accounts: Sequence[tuple[str, str]],
        *,
        clock: Clock,
        chance: Random,
        answers: AnswerBook,
        payments: PaymentBook,
        habits: Habits | None = None,
    ) -> None:
        self._port = port
        self._accounts = list(accounts)
        self._clock = clock
        self._chance = chance
        self._answers = answers
        self._payments = payments
        self._habits = habits or Habits()
        self._under_way: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []
        chance.shuffle(self._accounts)

    async def run(self, length_s: float) -> None:
        """Come and go for so long, then wait for the answers that are due.

        Raises: BaseExceptionGroup of whatever the port raised beside `ChannelGone`.
        """
        async with asyncio.timeout(length_s + 3600):
            await asyncio.gather(
                self._arrive(self._habits.balances_per_s, length_s, self.ask),
                self._arrive(self._habits.payments_per_s, length_s, self.pay),
            )
            while self._under_way:
                await asyncio.wait(list(self._under_way))
        if self._failed:
            raise BaseExceptionGroup("customers met what no customer should", self._failed)

    async def ask(self) -> None:
        """Somebody looks at a balance."""
        account, _ = self._somebody()
        try:
            answer = await self._port.balance(account)
        except ChannelGone:
            self._answers.unanswered()
            return
        self._answers.note(account, answer, self._clock.now())

    async def pay(self) -> None:
        """Somebody pays, and stays until there is an answer or patience is over."""
        chance, habits = self._chance, self._habits
        wish = self._wish()
        key = id_to_text(to_ns(self._clock.now()) // 1_000_000 << 80 | chance.getrandbits(80))
        self._payments.asked(key, wish)
        presses = [self._press(wish, key)]
        if chance.random() < habits.presses_twice:
            presses.append(self._press(wish, key, after_s=chance.uniform(0, 3)))
        receipts = [receipt for receipt in await asyncio.gather(*presses) if receipt]
        if receipts and receipts[-1].status == "pending":
            await self._follow(key, receipts[-1].payment_id)

    async def _press(self, wish: PaymentWish, key: str, *, after_s: float = 0.0) -> ChannelReceipt | None:
        """Press the button, and again with the same key while there is no answer."""
        wait_s = self._habits.retry_after_s
        if after_s:
            await asyncio.sleep(after_s)
        for _ in range(self._habits.retries):
            try:
                receipt = await self._port.pay(wish, key)
            except ChannelGone:
                await asyncio.sleep(wait_s * self._chance.uniform(0.5, 1.5))
                wait_s *= 2
                continue
            self._payments.answered(key, receipt)
            return receipt
        return None

    async def _follow(self, key: str, payment_id: str) -> None:
        for _ in range(self._habits.retries):
            await asyncio.sleep(self._habits.asks_again_after_s)
            receipt = await self._try(self._port.payment(payment_id))
            if receipt is not None and receipt.status != "pending":
                self._payments.answered(key, receipt)
                return

    async def _try(self, call: Awaitable[T]) -> T | None:
        try:
            return await call
        except ChannelGone:
            return None

    async def _arrive(self, per_s: float, length_s: float, act: Callable[[], Awaitable[None]]) -> None:
        """Poisson arrivals; each acts on its own."""
        if per_s <= 0:
            return
        ends_at = self._clock.monotonic() + length_s
        while True:
            wait_s = self._chance.expovariate(per_s)
            if self._clock.monotonic() + wait_s >= ends_at:
                return
            await asyncio.sleep(wait_s)
            task = asyncio.ensure_future(self._on_its_own(act))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    async def _on_its_own(self, act: Callable[[], Awaitable[None]]) -> None:
        await act()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.append(error)

    def _somebody(self) -> tuple[str, str]:
        accounts, chance = self._accounts, self._chance
        busy = max(1, len(accounts) // 20)
        among = busy if chance.random() < self._habits.favourites else len(accounts)
        return accounts[int(chance.random() * among)]

    def _wish(self) -> PaymentWish:
        chance, habits = self._chance, self._habits
        debit, currency = self._somebody()
        credit, credit_currency = self._somebody()
        for _ in range(8):
            if credit != debit and credit_currency == currency:
                break
            credit, credit_currency = self._somebody()
        amount = 1 + int(chance.expovariate(1 / habits.typical_minor))
        draw = chance.random()
        if draw < habits.too_much:
            amount = chance.choice((AMOUNT_MAX, 10**15, amount * 10_000))
        elif draw < habits.too_much + habits.odd:
            credit = _NOBODY
        return PaymentWish(
            kind=chance.choice(_PAYING_KINDS),
            debit_account=debit,
            credit_account=credit,
            amount_minor=amount,
            currency=currency,
            requested_at=self._clock.now(),
        )
