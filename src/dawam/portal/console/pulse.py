"""What the console's charts show: one sample of each institution every two seconds, kept for ten minutes."""

import asyncio
from collections import deque
from collections.abc import Mapping
from math import isfinite

import msgspec

from dawam.kernel import World, to_ns
from dawam.standin import Capability, Counts, Desk
from dawam.web.pages import Live

EVERY_S = 2.0
KEPT = 300


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """An institution at a moment; rates are per second since the sample before. Amounts in minor units.

    `feed_age_s` is None where the feed was never complete.
    """

    at: int
    primary: float
    standin: float
    withheld: float
    contradicted: float
    feed_age_s: float | None
    exposure_minor: int
    cap_minor: int
    waiting: int
    parked: int
    share_percent: int


class Pulse:
    """Samples the desks, and tells consoles that are open."""

    def __init__(self, desks: Mapping[str, Desk], world: World, live: Live) -> None:
        self._desks = desks
        self._world = world
        self._live = live
        self._before: dict[str, tuple[float, Counts]] = {}
        self._samples: dict[str, deque[Sample]] = {name: deque(maxlen=KEPT) for name in desks}

    async def run(self) -> None:
        """Forever."""
        while True:
            self.beat()
            await asyncio.sleep(EVERY_S)

    def beat(self) -> None:
        """One sample of every institution."""
        for name, desk in self._desks.items():
            sample = self._sample(name, desk)
            self._samples[name].append(sample)
            self._live.publish(topic(name), "sample", msgspec.json.encode(sample).decode())

    def samples(self, institution: str) -> list[Sample]:
        """The last samples, the oldest first."""
        return list(self._samples[institution])

    def _sample(self, name: str, desk: Desk) -> Sample:
        at, counts = self._world.clock.monotonic(), desk.counts()
        since, before = self._before.get(name, (at - EVERY_S, counts))
        self._before[name] = (at, counts)
        books = desk.books()
        age_s = desk.feed_age_s()

        def rate(now: int, then: int) -> float:
            return round((now - then) / max(at - since, 0.001), 2)

        return Sample(
            at=to_ns(self._world.clock.now()),
            primary=rate(counts.from_primary, before.from_primary),
            standin=rate(counts.from_standin, before.from_standin),
            withheld=rate(counts.withheld, before.withheld),
            contradicted=rate(counts.contradicted, before.contradicted),
            feed_age_s=round(age_s, 2) if isfinite(age_s) else None,
            exposure_minor=books.exposure_minor,
            cap_minor=books.exposure_cap_minor,
            waiting=books.waiting,
            parked=books.parked,
            share_percent=_share(desk),
        )


def topic(institution: str) -> str:
    """What consoles of an institution listen to."""
    return f"console:{institution}"


def _share(desk: Desk) -> int:
    """The share of customers whose balances the primary answers."""
    states = {state.capability: state for state in desk.capabilities()}
    return states[Capability.BALANCE].share_percent
