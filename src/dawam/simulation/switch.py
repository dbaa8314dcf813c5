"""Which faults are on now, and in which manner: the same for the simulated and the real wallet."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from dawam.kernel import Clock
from dawam.simulation.faults import LIES, FaultKind

COPY_AGES_S = (0.0, 60.0, 600.0, 3600.0, 86_400.0)
"""How old the copy may be that `stale` restores."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a fault behaves this time; drawn when it starts."""

    seed: int
    copy_age_s: float
    copy_tells_age: bool
    flap_s: float
    lost_share: float
    gap_share: float
    gap_hides_end: bool

    @classmethod
    def draw(cls, chance: Random, copy_ages_s: Sequence[float]) -> "Manner":
        """One manner among many."""
        return cls(
            seed=chance.getrandbits(32),
            copy_age_s=chance.choice(copy_ages_s),
            copy_tells_age=chance.random() < 0.5,
            flap_s=chance.uniform(2, 10),
            lost_share=chance.choice((0.3, 0.7, 1.0)),
            gap_share=chance.choice((0.02, 0.2, 1.0)),
            gap_hides_end=chance.random() < 0.5,
        )


@dataclass(frozen=True, slots=True)
class Started:
    """A fault that is on."""

    kind: FaultKind
    at: datetime
    manner: Manner

    def copied_at(self) -> datetime:
        """When the old copy was made that `stale` answers from."""
        return self.at - timedelta(seconds=self.manner.copy_age_s)


class FaultSwitch:
    """Starts and clears faults, and tells those who carry them out.

    Used on a running event loop: `flap` sets timers.
    """

    def __init__(self, clock: Clock, chance: Random, *, copy_ages_s: Sequence[float] = COPY_AGES_S) -> None:
        self._clock = clock
        self._copy_ages_s = copy_ages_s
        self._chance = chance
        self._on: dict[FaultKind, Started] = {}
        self._felt: dict[FaultKind, datetime] = {}
        self._flapped_down = False
        self._flap: asyncio.TimerHandle | None = None
        self._told: list[Callable[[], object]] = []

    def tell(self, on_change: Callable[[], object]) -> None:
        """Be called whenever a fault starts, ends or flaps."""
        self._told.append(on_change)

    def untell(self, on_change: Callable[[], object]) -> None:
        """Be called no more."""
        self._told.remove(on_change)

    def start(self, kind: FaultKind) -> Started:
        """Let it go wrong from now on; starting it again draws another manner."""
        manner = Manner.draw(self._chance, self._copy_ages_s)
        started = self._on[kind] = Started(kind, self._clock.now(), manner)
        self._felt.pop(kind, None)
        if kind is FaultKind.FLAP:
            self._stop_flapping()
            self._turn(started.manner.flap_s)
        else:
            self._changed()
        return started

    def clear(self, kind: FaultKind | None = None) -> None:
        """Mend one fault, or all of them."""
        for each in [kind] if kind else list(self._on):
            self._on.pop(each, None)
            self._felt.pop(each, None)
        if FaultKind.FLAP not in self._on:
            self._stop_flapping()
        self._changed()

    def get(self, kind: FaultKind) -> Started | None:
        """The fault, if it is on."""
        return self._on.get(kind)

    def feel(self, *kinds: FaultKind) -> None:
        """Somebody has met these faults: a call failed, or an answer was false."""
        for kind in kinds:
            if kind in self._on:
                self._felt.setdefault(kind, self._clock.now())

    def first_bad_at(self, kind: FaultKind) -> datetime | None:
        """When a fault that is on was first met; None when nobody has yet."""
        return self._felt.get(kind)

    def on(self) -> list[Started]:
        """All that is on, first started first."""
        return list(self._on.values())

    def lies(self) -> list[Started]:
        """What is on and changes balances."""
        return [started for started in self._on.values() if started.kind in LIES]

    @property
    def refuses(self) -> bool:
        """Whether connections are refused now."""
        return self._flapped_down or FaultKind.DOWN in self._on

    def _turn(self, period_s: float) -> None:
        self._flapped_down = not self._flapped_down
        wait_s = period_s * self._chance.uniform(0.3, 1.0)
        self._flap = asyncio.get_running_loop().call_later(wait_s, self._turn, period_s)
        self._changed()

    def _stop_flapping(self) -> None:
        self._flapped_down = False
        if self._flap is not None:
            self._flap.cancel()
            self._flap = None

    def _changed(self) -> None:
        for on_change in self._told:
            on_change()
