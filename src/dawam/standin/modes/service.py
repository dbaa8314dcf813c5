"""The modes of one institution: kept, changed, recorded."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from dawam.kernel import DawamError
from dawam.standin.cohorts import bucket_of
from dawam.standin.messages import Capability, Mode, Reason
from dawam.standin.modes import store
from dawam.standin.modes.asked import Asked
from dawam.standin.modes.model import (
    Conditions,
    ModeChange,
    States,
    conditions,
    next_states,
    normal_states,
    recovered,
    with_share,
)
from dawam.standin.modes.watch import Watch
from dawam.standin.surroundings import Surroundings

_log = structlog.get_logger()


class Modes:
    """Promise: a change takes effect in the call that finds it, and is on disk soon after."""

    def __init__(
        self, around: Surroundings, *, watch: Watch, asked: Asked, feed_age_s: Callable[[], float]
    ) -> None:
        self._institution = around.institution
        self._clock = around.world.clock
        self._storage = around.storage
        self._settings = around.settings.detection
        self._watch = watch
        self._feed_age_s = feed_age_s
        self._asked = asked
        self._held: Conditions = {}
        self._stable_for_s = self._settings.stable_for_s
        self._last_setback: datetime | None = None
        self._unsaved: list[ModeChange] = []
        self._changed = asyncio.Event()
        self.states: States = normal_states(self._clock.now())
        self.outage_since: datetime | None = None
        self.listeners: list[Callable[[ModeChange], None]] = []
        watch.on_bad_sign.append(self.evaluate)

    def resume(self, *, unfinished: bool) -> None:
        """After a start: go on from what was recorded; with unfinished advices recovery comes first."""
        last = self._storage.read(lambda rows: store.latest(rows, self._institution, len(Capability) * 8))
        away = {change.capability: change for change in reversed(last)}
        if not unfinished and all(change.mode is Mode.NORMAL for change in away.values()):
            return
        now = self._clock.now()
        self._become(
            next_states(self.states, {Reason.UNREACHABLE: frozenset(Capability)}, now=now), "restart"
        )
        self._become(next_states(self.states, {}, now=now), "restart")

    def evaluate(self) -> None:
        """Look at the signals and change what must change."""
        now = self._clock.now()
        age_s = self._feed_age_s()
        found = conditions(
            self._watch.signals(age_s, self._asked.suspects),
            self._held,
            settings=self._settings,
            stable_for_s=self._stable_for_s,
            now=now,
        )
        self._watch.calm()
        if found == self._held:
            return
        if self._recovering() and found:
            self._set_back(now)
        self._held = found
        self._become(next_states(self.states, found, now=now), self._watch.evidence(age_s))
        if not found:
            self._watch.forget_failures()

    def advance(self, share_percent: int) -> None:
        """Recovery has brought back the first `share_percent` of the customers."""
        self._become(with_share(self.states, share_percent), f"cohort of {share_percent} % agrees")

    def complete(self) -> None:
        """Recovery has brought back everybody."""
        self._become(recovered(self.states, now=self._clock.now()), "all cohorts agree")

    def recovering(self) -> bool:
        """Whether some capability recovers and none stands in."""
        return self._recovering() and not self._held

    def away(self) -> bool:
        """Whether any capability is not normal."""
        return any(state.mode is not Mode.NORMAL for state in self.states.values())

    def trusts_primary(self) -> bool:
        """Whether advices and open questions may go to the primary: nothing speaks against it."""
        return not self._held

    def shares_with_primary(self, capability: Capability, account: str) -> bool:
        """Whether this account's question goes to the primary now."""
        state = self.states[capability]
        if self._asked.is_held_back(account):
            return False
        if state.mode is Mode.NORMAL:
            return True
        return state.mode is Mode.RECOVERING and bucket_of(account) < state.share_percent

    def contradicted(self) -> bool:
        """Whether the primary has shown false balances and has not been cleared."""
        return Reason.CONTRADICTED in self._held

    async def record(self) -> None:
        """Forever: write changes down as they come."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write down what is not yet on disk; what fails is kept for the next time."""
        pending = list(self._unsaved)
        if not pending:
            return
        try:
            now = self._clock.now()
            await self._storage.write(lambda tx: store.append(tx, pending, now=now))
        except DawamError as error:
            _log.error("mode_changes_not_recorded", code=error.code, waiting=len(pending))
            return
        del self._unsaved[: len(pending)]

    def history(self, limit: int = 100) -> list[ModeChange]:
        """The recorded changes, newest first."""
        return self._storage.read(lambda rows: store.latest(rows, self._institution, limit))

    def _recovering(self) -> bool:
        return any(state.mode is Mode.RECOVERING for state in self.states.values())

    def _set_back(self, now: datetime) -> None:
        """Recovery failed: wait longer before the next one, unless the last setback is long ago."""
        long_ago = timedelta(seconds=10 * self._settings.stable_for_max_s)
        if self._last_setback is not None and now - self._last_setback > long_ago:
            self._stable_for_s = self._settings.stable_for_s
        self._last_setback = now
        self._stable_for_s = min(2 * self._stable_for_s, self._settings.stable_for_max_s)

    def _become(self, states: States, evidence: str) -> None:
        before, self.states = self.states, states
        now = self._clock.now()
        for capability, state in states.items():
            if state is before[capability]:
                continue
            change = ModeChange(
                institution=self._institution,
                capability=capability,
                mode=state.mode,
                reason=state.reason,
                share_percent=state.share_percent,
                at=now,
                evidence=evidence,
            )
            self._unsaved.append(change)
            for listener in self.listeners:
                listener(change)
        away = self.away()
        if away and self.outage_since is None:
            self.outage_since = now
        elif not away:
            self.outage_since = None
        if self._unsaved:
            self._changed.set()
