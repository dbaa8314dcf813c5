"""The demo's world: processes, people, traffic, and the judge."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec

from dawam.app import system_world
from dawam.kernel import Unavailable
from dawam.simulation.answers import AnswerBook, ChannelBalance
from dawam.simulation.customers import Customers, Habits
from dawam.simulation.demo.pace import Pace
from dawam.simulation.demo.people import (
    AMINA,
    CURRENCY,
    LEFT_ALONE,
    SHOP,
    Wallet,
    batches,
    bookings,
    wallets,
)
from dawam.simulation.faults import FaultKind
from dawam.simulation.loop import stream
from dawam.simulation.oracle import Oracle
from dawam.simulation.real import Crowd, FeedPlayer, RealStage, Truth, Watch
from dawam.simulation.receipts import ChannelReceipt, PaymentBook, PaymentWish
from dawam.standin import Mode, ModeChange

T = TypeVar("T")

_WAIT_MAX_S = 180.0
_STEP_S = 0.05
_ROUND_S = 20.0


class Told(msgspec.Struct, frozen=True):
    """What the primary itself answers about a balance."""

    balance_minor: int
    as_of: datetime


class Town:
    """Everything that lives in the demo, on a stage that is already open."""

    def __init__(self, stage: RealStage, seed: int, pace: Pace) -> None:
        self.stage = stage
        self.clock = system_world().clock
        self.oracle = Oracle()
        self.answers = AnswerBook(self.oracle, seed=seed)
        self.payments = PaymentBook()
        self.truth = Truth(stage.control, self.oracle)
        self._seed = seed
        self._pace = pace
        self._people: list[Wallet] = []
        self._crowd: Crowd | None = None
        self._keys = 0

    async def settle(self, count: int) -> int:
        """Open all wallets with their money; how many there are."""
        self._people = wallets(count, stream(self._seed, "people"))
        control = self.stage.control
        for some in batches(self._people):
            await asyncio.to_thread(control.open, [each.asked for each in some])
            await asyncio.to_thread(control.book, [each.opening for each in some])
            for each in some:
                self.oracle.open(each.account)
        await self.truth.catch_up()
        return len(self._people)

    async def connect(self) -> None:
        """Dawam is up: wait until it mirrors everything."""
        async with asyncio.timeout(_WAIT_MAX_S):
            await self.stage.mirrored(len(self._people), self.oracle.heard_seq)
        self.watch = Watch(self.stage.node)
        await self.watch.look()

    async def live(self) -> None:
        """Forever: customers ask and pay, the providers book; people in the story's hands are left alone."""
        crowd = self._crowd = Crowd(self._customers(), stream(self._seed, "arrivals"))
        async with asyncio.TaskGroup() as group:
            feed = group.create_task(self._providers())
            await crowd.run(
                balances_per_s=self._pace.balances_per_s, payments_per_s=self._pace.payments_per_s
            )
            feed.cancel()

    def close_shops(self) -> None:
        """Nobody new comes; `live` returns when everybody has their answer."""
        if self._crowd is not None:
            self._crowd.dismiss()

    async def primary_says(self, account: str) -> Told | None:
        """What the primary answers when it is asked past Dawam; None when it does not answer."""
        url = f"{self.stage.wallet_url}/v1/accounts/{account}/balance"
        try:
            async with self.stage.session.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                return msgspec.json.decode(await answer.read(), type=Told)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError):
            return None

    async def customer_sees(self, account: str) -> ChannelBalance:
        """What Dawam shows; the oracle judges it with all others."""
        shown = await self.stage.port.balance(account)
        self.answers.note(account, shown, self.clock.now())
        return shown

    async def pay(self, amount_minor: int) -> ChannelReceipt:
        """Amina pays her shop. Raises: ChannelGone."""
        self._keys += 1
        key = f"amina-{self._keys}"
        wish = PaymentWish(
            kind="merchant_payment",
            debit_account=AMINA,
            credit_account=SHOP,
            amount_minor=amount_minor,
            currency=CURRENCY,
            requested_at=self.clock.now(),
        )
        self.payments.asked(key, wish)
        receipt = await self.stage.port.pay(wish, key)
        self.payments.answered(key, receipt)
        return receipt

    async def break_primary(self, kind: FaultKind) -> datetime:
        """Let the primary go wrong; the moment from its own record."""
        await asyncio.to_thread(self.stage.control.start, kind)
        return (await asyncio.to_thread(self.stage.control.on))[kind]

    async def mend_primary(self) -> None:
        """Everything as it was."""
        await asyncio.to_thread(self.stage.control.clear)

    async def taken_over(self, since: datetime) -> ModeChange:
        """Wait for the first change to the stand-in since a moment."""
        return await self._until(lambda: self._change(since, Mode.STANDING_IN))

    async def recovering(self, since: datetime) -> ModeChange:
        """Wait until customers begin to go back."""
        return await self._until(lambda: self._change(since, Mode.RECOVERING))

    async def calm(self) -> None:
        """Wait until everything is normal and nothing is left to deliver."""
        await self._until(lambda: self.watch.calm or None)

    def _change(self, since: datetime, mode: Mode) -> ModeChange | None:
        found = [change for change in self.watch.changes if change.at >= since and change.mode is mode]
        return found[0] if found else None

    async def _until(self, look: Callable[[], T | None]) -> T:
        until = self.clock.monotonic() + _WAIT_MAX_S
        while self.clock.monotonic() < until:
            found = look()
            if found is not None:
                return found
            await asyncio.sleep(_STEP_S)
        raise Unavailable("stage_never_calm", waited_s=round(_WAIT_MAX_S))

    def _customers(self) -> Customers:
        return Customers(
            self.stage.port,
            [(each.account, CURRENCY) for each in self._people if each.account not in LEFT_ALONE],
            clock=self.clock,
            chance=stream(self._seed, "customers"),
            answers=self.answers,
            payments=self.payments,
            habits=replace(
                Habits(),
                typical_minor=15_000,
                odd=0.0,
                retry_after_s=0.5,
                retries=8,
                asks_again_after_s=2.0,
            ),
        )

    async def _providers(self) -> None:
        """Bookings of the primary's own, for as long as anybody looks."""
        accounts = [each.account for each in self._people if each.account not in LEFT_ALONE]
        chance = stream(self._seed, "providers")
        while True:
            await FeedPlayer(
                self.stage.control,
                bookings(accounts, chance, per_s=self._pace.bookings_per_s, length_s=_ROUND_S),
                axis_s=_ROUND_S,
                length_s=_ROUND_S,
                clock=self.clock,
                on_progress=lambda _: None,
            ).run()
