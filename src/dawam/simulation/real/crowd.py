"""Customers for as long as the stage has work for them: how long that will be, nobody knows beforehand."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from dawam.simulation.customers import Customers


class Crowd:
    """Lets customers come at a steady rate until it is dismissed."""

    def __init__(self, customers: Customers, chance: Random) -> None:
        self._customers = customers
        self._chance = chance
        self._over = asyncio.Event()

    async def run(self, *, balances_per_s: float, payments_per_s: float) -> None:
        """Come and go; returns when dismissed and everybody has their answer.

        Raises: BaseExceptionGroup of whatever the port raised beside `ChannelGone`.
        """
        async with asyncio.TaskGroup() as everybody:
            everybody.create_task(self._arrive(everybody, balances_per_s, self._customers.ask))
            everybody.create_task(self._arrive(everybody, payments_per_s, self._customers.pay))

    def dismiss(self) -> None:
        """Nobody new comes."""
        self._over.set()

    async def _arrive(
        self, everybody: asyncio.TaskGroup, per_s: float, act: Callable[[], Awaitable[None]]
    ) -> None:
        while not self._over.is_set():
            await asyncio.sleep(self._chance.expovariate(per_s))
            if not self._over.is_set():
                everybody.create_task(_one(act))


async def _one(act: Callable[[], Awaitable[None]]) -> None:
    await act()
