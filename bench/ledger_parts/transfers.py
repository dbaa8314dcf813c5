"""Transfers by chance: for the same seed the same."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from dawam.kernel import AMOUNT_MAX
from dawam.ledger import Transfer, TransferFlags

START_NS = 1_700_000_000_000_000_000
EGP = 818
CODE = 1
HOLD, POST = int(TransferFlags.PENDING), int(TransferFlags.POST_PENDING)
HOT_ONE_IN = 10

Numbers = np.ndarray


def account_id(number: int) -> int:
    """The id of the account that is opened as the so-manieth, from 1."""
    return number << 64


class Source:
    """Transfers between accounts 1 to `accounts`. Ids are in order of time, unless asked for otherwise."""

    def __init__(self, seed: int, accounts: int) -> None:
        self._chance = np.random.default_rng(seed)
        self._accounts = accounts
        self._time_ms = START_NS // 1_000_000

    def uniform(self, count: int) -> list[Transfer]:
        """Between any two accounts."""
        return self._made(self._ids(count), *self._pairs(count))

    def with_random_ids(self, count: int) -> list[Transfer]:
        """The same, with ids in no order."""
        drawn = self._chance.bytes(16 * count)
        ids = [int.from_bytes(drawn[at : at + 16], "big") for at in range(0, len(drawn), 16)]
        return self._made(ids, *self._pairs(count))

    def hot(self, count: int) -> list[Transfer]:
        """All to or from account 1, half of them each."""
        others = self._chance.integers(2, self._accounts + 1, count)
        return self._made(self._ids(count), *self._with(others, 1))

    def with_hot(self, count: int) -> list[Transfer]:
        """Between any two, and one in ten to or from one account more, that comes after all others."""
        debits, credits_ = self._pairs(count)
        chosen = slice(None, None, HOT_ONE_IN)
        debits[chosen], credits_[chosen] = self._with(debits[chosen], self._accounts + 1)
        return self._made(self._ids(count), debits, credits_)

    def holds(self, count: int) -> list[Transfer]:
        """Pending transfers between any two accounts."""
        return self._made(self._ids(count), *self._pairs(count), flags=HOLD)

    def posts(self, holds: Sequence[Transfer]) -> list[Transfer]:
        """A post of each hold, of all that it holds."""
        ids = self._ids(len(holds))
        return [
            Transfer(identifier, amount=AMOUNT_MAX, pending_id=hold.id, flags=POST)
            for identifier, hold in zip(ids, holds, strict=True)
        ]

    def holds_and_posts(self, count: int) -> list[Transfer]:
        """A hold, its post, the next hold, its post, …; an even number."""
        half = count // 2
        debits, credits_ = self._pairs(half)
        ids = self._ids(2 * half)
        holds = self._made(ids[::2], debits, credits_, flags=HOLD)
        found: list[Transfer] = []
        for hold, identifier in zip(holds, ids[1::2], strict=True):
            found.append(hold)
            found.append(Transfer(identifier, amount=AMOUNT_MAX, pending_id=hold.id, flags=POST))
        return found

    def _pairs(self, count: int) -> tuple[Numbers, Numbers]:
        debits = self._chance.integers(1, self._accounts + 1, count)
        steps = self._chance.integers(1, self._accounts, count)
        return debits, (debits - 1 + steps) % self._accounts + 1

    def _with(self, others: Numbers, hot: int) -> tuple[Numbers, Numbers]:
        out = self._chance.integers(0, 2, len(others)) == 1
        return np.where(out, hot, others), np.where(out, others, hot)

    def _ids(self, count: int) -> list[int]:
        self._time_ms += 1
        high = self._time_ms << 80
        chance = self._chance.integers(0, 1 << 40, count).tolist()
        return [high | place << 40 | low for place, low in enumerate(chance)]

    def _made(
        self, ids: Iterable[int], debits: Numbers, credits_: Numbers, *, flags: int = 0
    ) -> list[Transfer]:
        amounts = self._chance.integers(1, 1_000_000, len(debits)).tolist()
        references = self._chance.integers(0, 1 << 40, len(debits)).tolist()
        fields = zip(ids, debits.tolist(), credits_.tolist(), amounts, references, strict=True)
        return [
            Transfer(identifier, debit << 64, credit << 64, amount, 0, 0, reference, 0, 0, EGP, CODE, flags)
            for identifier, debit, credit, amount, reference in fields
        ]


def in_batches(total: int, batch: int) -> Iterator[int]:
    """The sizes of the batches that make up a total."""
    for first in range(0, total, batch):
        yield min(batch, total - first)
