"""Find the order in which rows of one moment were booked, from their balances alone.

Each row says by how much it moved the account and what the account held after it. So a row can follow
another when its balance after, less its amount, is the other's balance after, within the tolerance. An
order of all rows is a path that takes every row of one moment before any of the next. It is searched
depth first, the file's order tried first; what failed once is remembered and not tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TRIES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """A row as the search sees it: its moment, its amount and the balance after it, in minor units."""

    moment: int
    amount_minor: int
    balance_after_minor: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """No order exists: `at` is a row that could not follow. Or, after `TRIES_MAX` tries, none was found."""

    at: int
    gave_up: bool = False


def order_by_balances(
    steps: Sequence[Step], *, opening_minor: int | None, tolerance_minor: int
) -> list[int] | Stuck:
    """Positions in `steps` (ascending by moment), in an order in which the balances follow.

    `opening_minor` None: nothing is known of the account before its first row, so any row may be first.
    """
    return _Search(steps, opening_minor, tolerance_minor).run()


class _Search:
    def __init__(self, steps: Sequence[Step], opening_minor: int | None, tolerance_minor: int) -> None:
        self._steps = steps
        self._opening = opening_minor
        self._tolerance = tolerance_minor
        self._begins = [0] * len(steps)
        self._ends = [len(steps)] * len(steps)
        for place in range(1, len(steps)):
            same = steps[place].moment == steps[place - 1].moment
            self._begins[place] = self._begins[place - 1] if same else place
        for place in range(len(steps) - 2, -1, -1):
            same = steps[place].moment == steps[place + 1].moment
            self._ends[place] = self._ends[place + 1] if same else place + 1

    def run(self) -> list[int] | Stuck:
        path: list[int] = []
        taken = [0]
        choices = [self._followers(path, 0)]
        farthest: list[int] = []
        failed: set[tuple[int, int]] = set()
        for _ in range(TRIES_MAX + 2 * len(self._steps)):
            if len(path) == len(self._steps):
                return path
            if choices[-1]:
                chosen = choices[-1].pop()
                now_taken = self._taken_with(taken[-1], chosen, len(path))
                if (chosen, now_taken) not in failed:
                    path.append(chosen)
                    taken.append(now_taken)
                    choices.append(self._followers(path, now_taken))
                continue
            if len(path) > len(farthest):
                farthest = path.copy()
            if not path:
                return Stuck(self._first_left(farthest))
            choices.pop()
            failed.add((path.pop(), taken.pop()))
        return Stuck(self._first_left(farthest), gave_up=True)

    def _taken_with(self, taken: int, chosen: int, depth: int) -> int:
        """The rows of the present moment that the path holds, a bit each."""
        bit = 1 << (chosen - self._begins[depth])
        return bit if self._begins[depth] == depth else taken | bit

    def _followers(self, path: list[int], taken: int) -> list[int]:
        """Rows that may stand at the next place; the file's first comes last, as it is popped first."""
        depth = len(path)
        if depth == len(self._steps):
            return []
        first = self._begins[depth]
        held = 0 if first == depth else taken
        before = self._steps[path[-1]].balance_after_minor if path else self._opening
        return [
            place
            for place in range(self._ends[depth] - 1, first - 1, -1)
            if not held >> (place - first) & 1 and self._follows(before, self._steps[place])
        ]

    def _follows(self, before_minor: int | None, step: Step) -> bool:
        if before_minor is None:
            return True
        return abs(before_minor + step.amount_minor - step.balance_after_minor) <= self._tolerance

    def _first_left(self, farthest: list[int]) -> int:
        held = set(farthest)
        return next(place for place in range(len(self._steps)) if place not in held)
