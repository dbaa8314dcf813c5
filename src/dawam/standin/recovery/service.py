"""Brings the customers back, one cohort after the other."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

import structlog

from dawam.guard import Contradicted, Guard, Proved
from dawam.standin.advices import AdviceBook, Courier
from dawam.standin.cohorts import bucket_of
from dawam.standin.modes import Asked, Modes
from dawam.standin.surroundings import Surroundings

_log = structlog.get_logger()
_WITH_DECISIONS = 500
_SHADOWS_AT_ONCE = 8
_DISAGREEMENTS = 10
_ASK_AGAIN = 5
"""A lost message says nothing about a balance."""


class Agreement(StrEnum):
    """What asking for a balance has shown."""

    AGREES = "agrees"
    UNKNOWN = "unknown"
    CONTRADICTS = "contradicts"


class Recovery:
    """Works whenever some capability recovers and nothing stands against it."""

    def __init__(
        self,
        around: Surroundings,
        *,
        modes: Modes,
        guard: Guard,
        advices: AdviceBook,
        courier: Courier,
        asked: Asked,
    ) -> None:
        self._mirror = around.mirror
        self._entropy = around.world.entropy
        self._settings = around.settings.recovery
        self._modes = modes
        self._guard = guard
        self._advices = advices
        self._courier = courier
        self._asked = asked
        self._wake = asyncio.Event()
        self._wake.set()
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self.on_start: Callable[[], None] = lambda: None

    def wake(self) -> None:
        """The modes have changed."""
        self._wake.set()

    def pause(self, paused: bool) -> None:
        """Bring nobody else back until told to go on."""
        if paused:
            self._goes_on.clear()
        else:
            self._goes_on.set()

    @property
    def paused(self) -> bool:
        """Whether nobody else is brought back."""
        return not self._goes_on.is_set()

    async def run(self) -> None:
        """Forever: recover when there is something to recover."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._modes.recovering():
                self.on_start()
                if await self._recover():
                    self._modes.complete()
                    self._courier.wake()
                else:
                    await asyncio.sleep(self._settings.retry_s)
                    self._wake.set()

    async def _recover(self) -> bool:
        """All cohorts in turn; False when a setback ended it."""
        for share_percent in self._settings.cohorts_percent:
            if not await self._bring_back(share_percent):
                return False
            self._modes.advance(share_percent)
            if not await self._dwell():
                return False
        return self._modes.recovering()

    async def _dwell(self) -> bool:
        """Stay with the cohort for a while; False when something went wrong meanwhile."""
        await asyncio.sleep(self._settings.dwell_s)
        await self._goes_on.wait()
        return self._modes.recovering()

    async def _bring_back(self, share_percent: int) -> bool:
        """Deliver the cohort's advices and compare its balances until they agree.

        A few accounts that are contradicted time and again are held back alone, so that they keep nobody
        else away from the primary.
        """
        await self._goes_on.wait()
        self._courier.let(share_percent)
        disagreed = 0
        while self._modes.recovering():
            caught_up = self._mirror.position().last_seq >= self._advices.highest_seq()
            if caught_up and not self._advices.waits(share_percent):
                answers = await self._compare(share_percent)
                contradicted = [a for a, answer in answers.items() if answer is Agreement.CONTRADICTS]
                # A decision taken while comparing would still be on its way.
                if set(answers.values()) <= {Agreement.AGREES} and not self._advices.waits(share_percent):
                    return True
                disagreed += bool(contradicted)
                few = len(contradicted) <= max(1, len(answers) // 100)
                if contradicted and few and disagreed >= _DISAGREEMENTS:
                    _log.warning("accounts_held_back", accounts=len(contradicted))
                    self._asked.hold_back(contradicted)
            await asyncio.sleep(self._settings.retry_s)
        return False

    async def _compare(self, share_percent: int) -> dict[str, Agreement]:
        """Ask the primary for the cohort's balances in the shadow."""
        gate = asyncio.Semaphore(_SHADOWS_AT_ONCE)

        async def ask(account: str) -> Agreement:
            for _ in range(_ASK_AGAIN):
                async with gate:
                    answer = await self._guard.ask(account, shadow=True)
                if isinstance(answer, Proved):
                    return Agreement.AGREES
                if isinstance(answer, Contradicted):
                    return Agreement.CONTRADICTS
            return Agreement.UNKNOWN

        accounts = self._cohort(share_percent)
        answers = await asyncio.gather(*(ask(account) for account in accounts))
        return dict(zip(accounts, answers, strict=True))

    def _cohort(self, share_percent: int) -> list[str]:
        """Accounts to compare: those with decisions, then those that customers ask about."""
        decided = self._advices.accounts(share_percent, _WITH_DECISIONS)
        asked = [
            account
            for account in self._asked.sample(10 * self._settings.samples, self._entropy)
            if bucket_of(account) < share_percent
        ]
        chosen = dict.fromkeys(decided + asked[: self._settings.samples])
        return [account for account in chosen if not self._asked.is_held_back(account)]
