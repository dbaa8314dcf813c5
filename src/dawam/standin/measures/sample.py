"""A fair sample of a stream whose length nobody knows beforehand."""

from math import exp, floor, log, log1p
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

_NEARLY_ONE = 1 - 1e-9


class Sample(Generic[T]):
    """At most `size` of what is offered, each with the same chance.

    Chance is drawn for what is taken only, and not while there is room. Source: Li, "Reservoir-sampling
    algorithms of time complexity O(n(1+log(N/n)))", 1994, algorithm L.
    """

    def __init__(self, size: int, chance: Random) -> None:
        self.kept: list[T] = []
        self._size = size
        self._chance = chance
        self._passed_over = 0
        self._largest = 1.0

    def offer(self, one: T) -> None:
        """The next of the stream."""
        if self._passed_over:
            self._passed_over -= 1
            return
        if len(self.kept) < self._size:
            self.kept.append(one)
        elif self._size:
            self.kept[self._chance.randrange(self._size)] = one
        if len(self.kept) == self._size > 0:
            self._skip()

    def _skip(self) -> None:
        """How many come and go before the next is taken."""
        self._largest = min(self._largest * exp(log(self._draw()) / self._size), _NEARLY_ONE)
        self._passed_over = floor(log(self._draw()) / log1p(-self._largest))

    def _draw(self) -> float:
        """Above 0 and below 1."""
        return self._chance.random() or 0.5
