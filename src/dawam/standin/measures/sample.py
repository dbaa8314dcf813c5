"""A fair sample of a stream whose length nobody knows beforehand."""

from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Sample(Generic[T]):
    """At most `size` of what is offered, each with the same chance. Vitter, "Random Sampling with a
    Reservoir", 1985, algorithm R: no draw is needed while there is room.
    """

    def __init__(self, size: int, chance: Random) -> None:
        self.kept: list[T] = []
        self._size = size
        self._chance = chance
        self._offered = 0

    def offer(self, one: T) -> None:
        """The next of the stream."""
        self._offered += 1
        if len(self.kept) < self._size:
            self.kept.append(one)
            return
        place = int(self._chance.random() * self._offered)
        if place < self._size:
            self.kept[place] = one
