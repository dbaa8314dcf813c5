"""Building the trees of a checkpoint: one reading of the journal, one of its accounts."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from dawam.ledger import loading
from dawam.ledger.proofs import leaves, standing
from dawam.ledger.proofs.balances import BLOCK, BalancesRoot, TreeBuilder, tree_key
from dawam.ledger.proofs.standing import Ints, Opened
from dawam.ledger.proofs.store import LeafRow
from dawam.storage import Rows

_STRETCH = 64 * BLOCK

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""


class Built(NamedTuple):
    """A finished tree: its root, what its salts are made of, its nodes."""

    root: BalancesRoot
    key: bytes
    nodes: bytes


class _Pile:
    """The accounts of one ledger until they make whole blocks."""

    def __init__(self, ledger: int, *, size: int, salt_key: bytes) -> None:
        self._ledger, self._size = ledger, size
        self.key = tree_key(salt_key, ledger=ledger, size=size)
        self.builder = TreeBuilder(self.key, ledger=ledger)
        self._numbers = np.empty(0, np.int64)
        self._balances = np.empty(0, np.int64)
        self._ids = b""

    def add(self, numbers: Ints, ids: bytes, balances: Ints) -> None:
        """The next accounts."""
        self._numbers = np.concatenate((self._numbers, numbers))
        self._balances = np.concatenate((self._balances, balances))
        self._ids += ids

    def blocks(self, *, last: bool = False) -> Iterator[list[LeafRow]]:
        """What makes a whole stretch; at last what is left."""
        while len(self._numbers) >= (1 if last else _STRETCH):
            count = min(len(self._numbers), _STRETCH)
            numbers, self._numbers = self._numbers[:count], self._numbers[count:]
            balances, self._balances = self._balances[:count], self._balances[count:]
            ids, self._ids = self._ids[: 16 * count], self._ids[16 * count :]
            first = self.builder.count // BLOCK
            self.builder.add(ids, balances)
            yield [
                LeafRow(
                    self._size,
                    self._ledger,
                    int(numbers[at]),
                    first + at // BLOCK,
                    leaves.pack(ids[16 * at : 16 * (at + BLOCK)], balances[at : at + BLOCK]),
                )
                for at in range(0, count, BLOCK)
            ]


def build(
    rows: Rows, size: int, salt_key: bytes, *, keep: Callable[[list[LeafRow]], None], on_progress: Progress
) -> list[Built]:
    """The trees of all ledgers after so many records, by ledger. Call within a snapshot.

    Blocks of leaves are given to `keep` as they come; what is in memory besides is 16 bytes an account.
    Raises: IntegrityBroken `balances_unequal`.
    """
    done = 0
    total = size

    def tell(more: int) -> None:
        nonlocal done
        done += more
        on_progress(done, total)

    of = standing.standing(rows, size, tell)
    total += len(of.numbers)
    piles: dict[int, _Pile] = {}
    for opened in standing.opened(rows, size, of):
        for ledger in np.unique(opened.ledgers).tolist():
            pile = piles.get(ledger)
            if pile is None:
                pile = piles[ledger] = _Pile(ledger, size=size, salt_key=salt_key)
            _add(pile, opened, ledger)
            for found in pile.blocks():
                keep(found)
        tell(len(opened.numbers))
    for pile in piles.values():
        for found in pile.blocks(last=True):
            keep(found)
    return [_finished(pile) for _, pile in sorted(piles.items())]


def _add(pile: _Pile, opened: Opened, ledger: int) -> None:
    mine = opened.ledgers == ledger
    pile.add(opened.numbers[mine], opened.ids[mine].tobytes(), opened.balances[mine])


def _finished(pile: _Pile) -> Built:
    nodes, root = pile.builder.finish()
    return Built(root, pile.key, nodes)


def time_of(rows: Rows) -> int:
    """When the journal's last record was written."""
    return max(loading.newest(rows, kind) for kind in range(1, 6))
