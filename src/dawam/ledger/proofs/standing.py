"""What every account had after the journal's last record: one reading of it, in columns.

In memory are 16 bytes an account: its number, and its balance. Accounts are in the order of their numbers.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dawam.kernel import invariant
from dawam.ledger import records, store
from dawam.ledger.proofs.store import account_records
from dawam.storage import Rows

_POSITIONS = 65_536
_BYTES = _POSITIONS * records.TRANSFER_BYTES
_DEBITS_POSTED, _CREDITS_POSTED = 1, 3
_ACCOUNT = np.dtype(
    {
        "names": ["id", "ledger"],
        "formats": ["V16", ">u4"],
        "offsets": [2, 18],
        "itemsize": records.LEAF_BYTES[records.ACCOUNT],
    }
)

Ints = NDArray[np.int64]
Told = Callable[[int], None]
"""Is told how many positions were read since the last time."""


class Standing(NamedTuple):
    """Accounts and what they had."""

    numbers: Ints
    balances: Ints


class Opened(NamedTuple):
    """Neighbouring accounts: their numbers, ids (16 bytes each), ledgers and balances."""

    numbers: Ints
    ids: NDArray[np.void]
    ledgers: NDArray[np.uint32]
    balances: Ints


class _Balances:
    """The balances while the journal is read."""

    def __init__(self, accounts: int) -> None:
        self.numbers = np.zeros(accounts, np.int64)
        self.balances = np.zeros(accounts, np.int64)
        self.count = 0

    def open(self, numbers: Ints) -> None:
        """The next accounts, with nothing."""
        self.numbers[self.count : self.count + len(numbers)] = numbers
        self.count += len(numbers)

    def take(self, stored: bytes) -> None:
        """The next transfers: of what they say of an account, the last counts."""
        lines = records.columns(stored)
        count = len(lines)
        numbers, after = np.empty((count, 2), np.int64), np.empty((count, 2), np.int64)
        for place, side in enumerate(("debit", "credit")):
            counters = lines[f"{side}_after"]
            numbers[:, place] = lines[side]
            after[:, place] = counters[:, _CREDITS_POSTED].astype(np.int64) - counters[:, _DEBITS_POSTED]
        places = np.searchsorted(self.numbers[: self.count], numbers.ravel())
        self.balances[places] = after.ravel()  # where a place stands twice, the later value stays


def standing(rows: Rows, size: int, tell: Told) -> Standing:
    """The accounts and their balances after so many records. Call within a snapshot."""
    balances = _Balances(store.count_accounts(rows))
    waiting = bytearray()
    read = 0
    for chunk in store.blocks(rows, 1, size, _POSITIONS):
        if chunk.kind == records.TRANSFER:
            waiting += chunk.stored
        elif chunk.kind == records.ACCOUNT:
            # accounts that open now are not among the transfers that wait
            balances.open(np.arange(chunk.seq, chunk.seq + records.count(chunk.kind, chunk.stored)))
        if len(waiting) >= _BYTES:
            balances.take(bytes(waiting))
            waiting.clear()
        if chunk.seq - read >= _POSITIONS:
            tell(chunk.seq - read)
            read = chunk.seq
    if waiting:
        balances.take(bytes(waiting))
    tell(size - read)
    invariant(balances.count == len(balances.numbers), "every account has its record")
    return Standing(balances.numbers, balances.balances)


def opened(rows: Rows, size: int, of: Standing) -> Iterator[Opened]:
    """The same accounts with ids and ledgers, some ten thousand at a time."""
    place = 0
    for stored in account_records(rows, size):
        facts = np.frombuffer(stored, _ACCOUNT)
        end = place + len(facts)
        yield Opened(
            of.numbers[place:end],
            np.ascontiguousarray(facts["id"]),
            facts["ledger"].astype(np.uint32),
            of.balances[place:end],
        )
        place = end
