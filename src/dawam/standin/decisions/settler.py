"""Settles unknown outcomes: asks what became of a payment; if nothing, sends the same id again."""

import asyncio
from datetime import datetime, timedelta

import structlog

from dawam.kernel import Conflict
from dawam.primary import Payment, PrimaryFailure
from dawam.standin.decisions import store
from dawam.standin.decisions.service import Payments
from dawam.standin.modes import Modes, Watch
from dawam.standin.surroundings import Surroundings

_log = structlog.get_logger()
_PAGE = 100
_STILL_ASKING_S = 2.0


class Settler:
    """Works while the primary can be reached, and after a restart on what the last life left open."""

    def __init__(self, around: Surroundings, *, payments: Payments, modes: Modes, watch: Watch) -> None:
        self._institution = around.institution
        self._link = around.link
        self._storage = around.storage
        self._clock = around.world.clock
        self._settings = around.settings.recovery
        self._payments = payments
        self._modes = modes
        self._watch = watch
        self._pause_s = self._settings.retry_s
        self._wake = asyncio.Event()
        self._wake.set()
        payments.on_unknown = self.wake

    def wake(self) -> None:
        """There may be something to settle."""
        self._wake.set()

    def unsettled(self) -> bool:
        """Whether any payment's outcome is unknown."""
        return bool(self._open(self._clock.now()))

    async def run(self) -> None:
        """Forever: settle what is open, then sleep until there is more."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not self._modes.trusts_primary():
                continue
            if await self.settle():
                self._pause_s = self._settings.retry_s
                continue
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, self._settings.retry_max_s)
            self._wake.set()

    async def settle(self) -> bool:
        """Ask for each open payment once; True when none is left.

        A payment accepted a moment ago is left to the call that is still asking for it.
        """
        now = self._clock.now()
        settled_before = now - timedelta(seconds=_STILL_ASKING_S)
        for payment in self._open(settled_before):
            try:
                answer = await self._link.payment(payment.payment_id)
                if answer is None:
                    answer = await self._link.pay(payment)
            except PrimaryFailure as failure:
                self._watch.write_failed(failure.fault)
                return False
            except Conflict as conflict:
                _log.error("payment_not_settled", code=conflict.code)
                return False
            await self._payments.finish(payment, answer)
        return not self._open(now)

    def _open(self, accepted_before: datetime) -> list[Payment]:
        return self._storage.read(lambda rows: store.pending(rows, self._institution, accepted_before, _PAGE))
