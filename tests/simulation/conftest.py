"""A small simulated world for every test that wants one."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from dawam.kernel import World
from dawam.simulation import (
    Conditions,
    FaultSwitch,
    SimulatedLink,
    SimulatedLoop,
    SimulatedPrimary,
    run,
    simulated_world,
    stream,
)

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@dataclass
class Stage:
    """One seed's world with a primary, a switch and a way to link them."""

    seed: int
    world: World
    loop: SimulatedLoop
    primary: SimulatedPrimary
    faults: FaultSwitch

    def link(self, **conditions: float) -> SimulatedLink:
        return SimulatedLink(
            self.primary,
            self.faults,
            clock=self.world.clock,
            chance=stream(self.seed, "network"),
            conditions=Conditions(**({"loss": 0.0, "duplication": 0.0} | conditions)),
        )

    def run(self, main: Coroutine[Any, Any, Any]) -> Any:
        return run(main, self.loop)


@pytest.fixture
def stage() -> Callable[..., Stage]:
    def build(seed: int = 1, accounts: int = 3, balance_minor: int = 10_000) -> Stage:
        world, loop = simulated_world(seed, START)
        primary = SimulatedPrimary(world.clock)
        for number in range(accounts):
            primary.open_account(f"A{number}", "EGP", balance_minor + number)
        return Stage(seed, world, loop, primary, FaultSwitch(world.clock, stream(seed, "faults")))

    return build
