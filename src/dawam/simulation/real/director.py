"""Carries out planned faults on real processes, and notes when each was met, answered and over."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import msgspec

from dawam.kernel import Clock
from dawam.simulation.director import Watched
from dawam.simulation.faults import FaultKind, FaultPlan
from dawam.simulation.real.stage import RealStage
from dawam.simulation.real.watch import Watch
from dawam.standin import Mode, ModeChange, Reason

_KILLS_MAX = 12
_LIFE_S = 3.0
_PATTERN = re.compile(r"\bpattern=(\w+)")


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """The moments of one fault, as measured: `first_bad_at` is the primary's own record."""

    kind: FaultKind
    started_at: datetime
    first_bad_at: datetime | None
    stood_in_at: datetime | None

    @property
    def from_first_bad_s(self) -> float | None:
        """Seconds from the first bad answer to the stand-in."""
        if self.first_bad_at is None or self.stood_in_at is None:
            return None
        return (self.stood_in_at - self.first_bad_at).total_seconds()


class RealDirector:
    """Knows what is planned; tells the stage."""

    def __init__(
        self,
        stage: RealStage,
        watch: Watch,
        *,
        clock: Clock,
        chance: Random,
        on_fault: Callable[[Met], None],
    ) -> None:
        self._stage = stage
        self._watch = watch
        self._clock = clock
        self._chance = chance
        self._on_fault = on_fault
        self.watched: list[Watched] = []

    async def act(self, plan: FaultPlan, *, after_s: float) -> None:
        """Wait for the fault's moment, let it happen, end it, and see the recovery."""
        await asyncio.sleep(after_s)
        fault = Watched(plan.kind, self._clock.now())
        self.watched.append(fault)
        first_bad_at = None
        if plan.kind is FaultKind.CRASH:
            await self._crash(fault, plan.length_s)
        else:
            first_bad_at = await self._break(fault, plan.length_s)
        fault.ended_at = self._clock.now()
        await self._watch.until_calm()
        fault.recovered_at = self._clock.now()
        self._measure(fault, first_bad_at)

    async def _break(self, fault: Watched, length_s: float) -> datetime | None:
        control = self._stage.control
        await asyncio.to_thread(control.start, fault.kind)
        on = await asyncio.to_thread(control.on)
        fault.started_at = on.get(fault.kind, fault.started_at)
        await self._until(fault.started_at + timedelta(seconds=length_s))
        met = await asyncio.to_thread(control.first_bad_at)
        await asyncio.to_thread(control.clear, fault.kind)
        return met.get(fault.kind)

    async def _crash(self, fault: Watched, length_s: float) -> None:
        """Kill Dawam again and again, each time in the middle of a decision if there is one soon."""
        kills = 1 + self._chance.randrange(max(1, min(_KILLS_MAX, int(length_s / _LIFE_S))))
        ends_at = fault.started_at + timedelta(seconds=length_s)
        gap_s = length_s / kills
        for number in range(kills):
            await asyncio.sleep(self._chance.uniform(0, 0.3 * gap_s))
            await self._decision_under_way(patience_s=0.3 * gap_s)
            fault.detected_at = fault.detected_at or self._clock.now()
            await self._stage.kill_dawam()
            await asyncio.sleep(min(self._chance.uniform(0.1, 1.0), 0.2 * gap_s))
            await self._stage.restart_dawam()
            await self._until(fault.started_at + timedelta(seconds=(number + 1) * gap_s))
        await self._until(ends_at)

    async def _decision_under_way(self, *, patience_s: float) -> None:
        until = self._clock.monotonic() + patience_s
        while not self._stage.port.deciding and self._clock.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.0005)

    def _measure(self, fault: Watched, first_bad_at: datetime | None) -> None:
        """What the node's own record of its modes says about this fault, and what customers saw before."""
        change = self._first_stand_in(fault)
        if change is not None:
            fault.stood_in_at = change.at
            found = _PATTERN.search(change.evidence) if change.reason is Reason.CONTRADICTED else None
            fault.pattern = found[1] if found else None
        if fault.kind is not FaultKind.CRASH:
            fault.detected_at = self._first_doubt(first_bad_at, fault.stood_in_at)
        self._on_fault(
            Met(
                kind=fault.kind,
                started_at=fault.started_at,
                first_bad_at=first_bad_at,
                stood_in_at=fault.stood_in_at,
            )
        )

    def _first_stand_in(self, fault: Watched) -> ModeChange | None:
        for change in self._watch.changes:
            is_in_time = change.at >= fault.started_at and (not fault.ended_at or change.at <= fault.ended_at)
            if change.mode is Mode.STANDING_IN and is_in_time:
                return change
        return None

    def _first_doubt(self, first_bad_at: datetime | None, stood_in_at: datetime | None) -> datetime | None:
        """The first answer that the guard did not let through, if that was before the change of mode."""
        doubts = [moment for moment in self._stage.port.refused_by_guard if _is_between(first_bad_at, moment)]
        return min([*doubts[:1], *([stood_in_at] if stood_in_at else [])], default=None)

    async def _until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self._clock.now()).total_seconds()))


def _is_between(since: datetime | None, moment: datetime) -> bool:
    return since is not None and moment >= since
