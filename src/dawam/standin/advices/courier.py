"""Carries advices to the primary, oldest first, any number of times; the primary applies each once."""

import asyncio

import structlog

from dawam.primary import PrimaryFailure
from dawam.standin.advices import store
from dawam.standin.advices.model import AdviceState, WaitingAdvice, state_after
from dawam.standin.advices.outstanding import Outstanding
from dawam.standin.modes import Modes, Watch
from dawam.standin.surroundings import Surroundings
from dawam.storage import Tx

_log = structlog.get_logger()
_PAGE = 64
_EVERYBODY = 100


class Courier:
    """Delivers while the primary can be reached, for the customers whose turn it is."""

    def __init__(self, around: Surroundings, *, modes: Modes, watch: Watch, outstanding: Outstanding) -> None:
        self._institution = around.institution
        self._link = around.link
        self._storage = around.storage
        self._world = around.world
        self._settings = around.settings.recovery
        self._modes = modes
        self._watch = watch
        self._outstanding = outstanding
        self._pause_s = self._settings.retry_s
        self._wake = asyncio.Event()
        self._turn_percent = 0

    def let(self, share_percent: int) -> None:
        """It is the turn of the first `share_percent` of the customers."""
        self._turn_percent = share_percent
        self._wake.set()

    def wake(self) -> None:
        """There is something to deliver."""
        self._wake.set()

    async def run(self) -> None:
        """Forever: deliver what waits, then sleep until there is more."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._may_deliver() and not await self.deliver():
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(2 * self._pause_s, self._settings.retry_max_s)
                self._wake.set()

    async def deliver(self) -> bool:
        """Deliver everything whose turn it is; False when the primary did not take it all."""
        after = ""
        all_taken = True
        while self._may_deliver():
            share = _EVERYBODY if not self._modes.away() else self._turn_percent
            page = self._page(after, share)
            if not page:
                break
            gate = asyncio.Semaphore(self._settings.deliveries_at_once)
            taken = await asyncio.gather(*(self._deliver_one(waiting, gate) for waiting in page))
            if not any(taken):
                return False
            all_taken = all_taken and all(taken)
            self._pause_s = self._settings.retry_s
            after = page[-1].advice.advice_id
        return all_taken

    def _page(self, after: str, share_percent: int) -> list[WaitingAdvice]:
        return self._storage.read(
            lambda rows: store.waiting(
                rows, self._institution, after=after, share_percent=share_percent, limit=_PAGE
            )
        )

    def _may_deliver(self) -> bool:
        return self._modes.trusts_primary()

    async def _deliver_one(self, waiting: WaitingAdvice, gate: asyncio.Semaphore) -> bool:
        advice = waiting.advice
        async with gate:
            try:
                answer = await self._link.advise(advice)
            except PrimaryFailure as failure:
                self._watch.write_failed(failure.fault)
                return False
        self._watch.write_answered()
        state = state_after(answer)

        def verb(tx: Tx) -> None:
            first = store.answered(
                tx,
                advice.advice_id,
                state=state,
                code=answer.code,
                seq=answer.seq,
                at=self._world.clock.now(),
            )
            if first:
                known = state is not AdviceState.PARKED
                self._outstanding.change(
                    advice.debit_account,
                    waiting=-1,
                    exposure_minor=-advice.amount_minor if known else 0,
                )

        await self._storage.write(verb)
        if state is AdviceState.PARKED:
            _log.warning("advice_parked", institution=self._institution, code=answer.code)
        return True
