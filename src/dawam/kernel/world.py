"""What the outside gives: time, identifiers, chance. Only `app` and `simulation` build one."""

from dataclasses import dataclass
from random import Random

from dawam.kernel.ids import Ids
from dawam.kernel.time import Clock


@dataclass(frozen=True, slots=True)
class World:
    """Passed to services, never to models: decisions take values."""

    clock: Clock
    ids: Ids
    entropy: Random
