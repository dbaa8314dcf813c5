"""Carries out the planned faults, and notes when each was noticed, answered and over."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from dawam.simulation.faults import FaultKind, FaultPlan
from dawam.simulation.report import FaultFigures, fault_figures
from dawam.simulation.stage import Stage
from dawam.standin import Desk, Mode, ModeChange, Reason

_LOOK_EVERY_S = 0.5
_KILLS_MAX = 12


@dataclass(slots=True)
class Watched:
    """One fault as it went."""

    kind: FaultKind
    started_at: datetime
    ended_at: datetime | None = None
    detected_at: datetime | None = None
    stood_in_at: datetime | None = None
    recovered_at: datetime | None = None
    pattern: str | None = None

    def figures(self) -> FaultFigures:
        """For the report."""
        return fault_figures(
            self.kind.value,
            started_at=self.started_at,
            ended_at=self.ended_at,
            detected_at=self.detected_at,
            stood_in_at=self.stood_in_at,
            recovered_at=self.recovered_at,
            pattern=self.pattern,
        )


class Director:
    """Knows what is planned; tells the stage."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage = stage
        self._chance = chance
        self._clock = stage.world.clock
        self.watched: list[Watched] = []

    async def begin(self) -> None:
        """The first life."""
        self._attend(await self._stage.start())

    async def act(self, plan: FaultPlan, starts_at: datetime) -> None:
        """Wait for the fault's moment, let it happen, end it, and see the recovery."""
        await self._until(starts_at)
        fault = Watched(plan.kind, self._clock.now())
        self.watched.append(fault)
        ends_at = fault.started_at + timedelta(seconds=plan.length_s)
        if plan.kind is FaultKind.CRASH:
            await self._crash(fault, ends_at)
        else:
            self._stage.faults.start(plan.kind)
            await self._until(ends_at)
            if fault.pattern is not None and self._stage.desk is not None:
                fault.pattern = self._stage.desk.pattern  # it may have got its name since
            self._stage.faults.clear(plan.kind)
        fault.ended_at = self._clock.now()
        await self.calm()
        fault.recovered_at = self._clock.now()

    async def calm(self) -> None:
        """Return when everything is normal again and nothing is left to deliver."""
        while True:
            desk = self._stage.desk
            if desk is not None and not desk.modes.away() and desk.quiet():
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _crash(self, fault: Watched, ends_at: datetime) -> None:
        """Kill Dawam again and again, each time in the middle of a decision if there is one soon."""
        kills = 1 + self._chance.randrange(_KILLS_MAX)
        gap_s = (ends_at - self._clock.now()).total_seconds() / kills
        for _ in range(kills):
            await asyncio.sleep(self._chance.uniform(0, 0.5 * gap_s))
            await self._decision_under_way(patience_s=0.2 * gap_s)
            self._stage.kill()
            fault.detected_at = fault.detected_at or self._clock.now()
            await asyncio.sleep(min(self._chance.uniform(0.5, 3.0), 0.2 * gap_s))
            self._attend(await self._stage.start())
        await self._until(ends_at)

    async def _decision_under_way(self, *, patience_s: float) -> None:
        until = self._clock.monotonic() + patience_s
        while not self._stage.port.deciding and self._clock.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.0005)

    def _attend(self, desk: Desk) -> None:
        """Listen to a new life."""
        desk.modes.listeners.append(lambda change: self._mode_changed(desk, change))
        desk.watch.on_bad_sign.append(self._bad_sign)

    def _bad_sign(self) -> None:
        now = self._clock.now()
        for fault in self.watched:
            if fault.ended_at is None and fault.detected_at is None:
                fault.detected_at = now

    def _mode_changed(self, desk: Desk, change: ModeChange) -> None:
        if change.mode is not Mode.STANDING_IN:
            return
        for fault in self.watched:
            if fault.ended_at is None:
                fault.detected_at = fault.detected_at or change.at
                fault.stood_in_at = fault.stood_in_at or change.at
                if change.reason is Reason.CONTRADICTED:
                    fault.pattern = desk.pattern

    async def _until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self._clock.now()).total_seconds()))
