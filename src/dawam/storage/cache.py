"""Rows kept in memory, which change for readers only when their commit is durable.

Three layers: what this verb changed, what earlier verbs of the same commit changed, what is committed.
"""

from itertools import islice
from threading import Lock
from typing import Generic, Protocol, TypeVar

from dawam.storage.transaction import Tx

K = TypeVar("K")
V = TypeVar("V")


class Staged(Protocol):
    """State that follows the fate of the transaction it was changed in."""

    def keep(self) -> None:
        """The verb succeeded: its changes await the commit."""
        ...

    def drop(self) -> None:
        """The verb was rolled back: its changes never were."""
        ...

    def publish(self) -> None:
        """The commit is durable: all that was kept is now true."""
        ...

    def forget(self) -> None:
        """The commit failed: all that was kept never was."""
        ...

    def settle(self, tx: Tx) -> None:
        """All verbs of the commit have run: write what they left to be written once. May raise."""
        return


class RowCache(Generic[K, V]):
    """A bounded map of immutable rows, written by the writer alone and read by everybody.

    The writer sees its own uncommitted rows (`get`, `put`); readers see `committed` only. A reader that
    loads a row itself offers it with the `generation` it saw before loading, so that a row which has
    changed meanwhile is never put back. Beyond `capacity` the rows that came first are let go.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._verb: dict[K, V] = {}
        self._batch: dict[K, V] = {}
        self._lock = Lock()
        self.committed: dict[K, V] = {}
        self.generation = 0

    def get(self, key: K) -> V | None:
        """The row as the open transaction sees it, if it is in memory. Writer only."""
        row = self._verb.get(key)
        if row is None:
            row = self._batch.get(key)
            if row is None:
                row = self.committed.get(key)
        return row

    def put(self, key: K, row: V) -> None:
        """The row as this verb leaves it. Writer only."""
        self._verb[key] = row

    def put_all(self, rows: dict[K, V]) -> None:
        """Many rows as this verb leaves them. Writer only."""
        self._verb.update(rows)

    def offer(self, key: K, row: V, generation: int) -> None:
        """Keep a row that a reader has loaded, unless something was committed since `generation`.

        Nor while a change of it awaits its commit: the reader may have seen the row before, another after it.
        """
        with self._lock:
            if generation == self.generation and key not in self._batch:
                self.committed.setdefault(key, row)

    def keep(self) -> None:
        """The verb succeeded."""
        if self._verb:
            self._batch.update(self._verb)
            self._verb.clear()

    def drop(self) -> None:
        """The verb was rolled back."""
        self._verb.clear()

    def publish(self) -> None:
        """The commit is durable."""
        if not self._batch:
            return
        with self._lock:
            self.generation += 1
            self.committed.update(self._batch)
            excess = len(self.committed) - self._capacity
            if excess > 0:
                for key in list(islice(self.committed, excess)):
                    del self.committed[key]
        self._batch.clear()

    def forget(self) -> None:
        """The commit failed."""
        self._verb.clear()
        self._batch.clear()

    def settle(self, tx: Tx) -> None:
        """Nothing: rows are written by the verbs themselves."""
