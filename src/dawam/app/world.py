"""This machine's clock and chance: the only place that reads them for the product."""

import time
from datetime import UTC, datetime
from random import SystemRandom

from dawam.kernel import TimeOrderedIds, World


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never runs backwards."""
        return time.monotonic()


def system_world() -> World:
    """The real clock and the operating system's randomness."""
    clock, entropy = SystemClock(), SystemRandom()
    return World(clock, TimeOrderedIds(clock, entropy), entropy)
