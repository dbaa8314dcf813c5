"""Asks the primary how it is, more often when something is wrong; tests its balances in the shadow."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from dawam.guard import Contradicted, Guard, Proved
from dawam.primary import Fault, PrimaryFailure
from dawam.standin.modes.asked import Asked
from dawam.standin.modes.service import Modes
from dawam.standin.modes.watch import Watch
from dawam.standin.surroundings import Surroundings

_SHADOWS_AT_ONCE = 4


class Prober:
    """Two loops' worth of asking in one: health always, balances while a contradiction stands."""

    def __init__(
        self, around: Surroundings, *, guard: Guard, watch: Watch, modes: Modes, asked: Asked
    ) -> None:
        self._link = around.link
        self._clock = around.world.clock
        self._entropy = around.world.entropy
        self._settings = around.settings.detection
        self._guard = guard
        self._watch = watch
        self._modes = modes
        self._asked = asked
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Forever: probe, look at the signals, wait. A probe that hangs does not hold up the next."""
        try:
            await self._ask_on()
        finally:
            for task in self._under_way:
                task.cancel()

    async def _ask_on(self) -> None:
        while True:
            close = self._watch.suspicious() or self._modes.away()
            self._spawn(self._probe())
            if self._modes.contradicted():
                for account in self._asked.shadow_sample(_SHADOWS_AT_ONCE, self._entropy):
                    self._spawn(self._shadow(account))
            for account in self._asked.held_back()[:_SHADOWS_AT_ONCE]:
                self._spawn(self._shadow(account))
            self._modes.evaluate()
            settings = self._settings
            await self._pause(settings.probe_interval_s if close else settings.probe_quiet_interval_s)

    async def _pause(self, seconds: float) -> None:
        """Wait; but not longer than the short interval once something goes wrong meanwhile."""
        wake = self._watch.alarm
        wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._settings.probe_interval_s)

    def _spawn(self, probe: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(probe)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _probe(self) -> None:
        started = self._clock.monotonic()
        try:
            health = await self._link.health()
        except PrimaryFailure as failure:
            self._watch.failed(failure.fault)
            return
        if health.status == "up":
            self._watch.answered(self._clock.monotonic() - started)
        else:
            self._watch.failed(Fault.ERROR)

    async def _shadow(self, account: str) -> None:
        answer = await self._guard.ask(account, shadow=True)
        if isinstance(answer, Proved):
            self._asked.clear_suspect(account)
            self._asked.let_back(account)
        elif isinstance(answer, Contradicted):
            self._asked.suspect(account)
