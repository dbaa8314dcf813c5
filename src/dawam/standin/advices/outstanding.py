"""What the primary does not know yet, in memory: per paying account, and as the institution's exposure."""

from collections import Counter

from dawam.storage import Staged

_Change = tuple[str, int, int]


class Outstanding(Staged):
    """Advices that wait, counted by paying account, and the sum of all that is not applied or written off.

    Belongs to the writer: it shows what the open transaction has done, and takes it back with it.
    """

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._verb: list[_Change] = []
        self._batch: list[_Change] = []
        self.exposure_minor = 0

    def change(self, account: str, *, waiting: int, exposure_minor: int) -> None:
        """Add to the counts (negative takes away)."""
        self._apply((account, waiting, exposure_minor))
        self._verb.append((account, waiting, exposure_minor))

    def waits(self, account: str) -> bool:
        """Whether a decision on this account is still on its way to the primary."""
        return account in self._waiting

    @property
    def waiting(self) -> int:
        """How many advices wait."""
        return self._waiting.total()

    def keep(self) -> None:
        """The verb succeeded."""
        self._batch += self._verb
        self._verb.clear()

    def drop(self) -> None:
        """The verb was rolled back."""
        self._undo(self._verb)

    def publish(self) -> None:
        """The commit is durable."""
        self._batch.clear()

    def forget(self) -> None:
        """The commit failed."""
        self._undo(self._verb)
        self._undo(self._batch)

    def _apply(self, change: _Change) -> None:
        account, waiting, exposure_minor = change
        if waiting:
            self._waiting[account] += waiting
            if self._waiting[account] == 0:
                del self._waiting[account]
        self.exposure_minor += exposure_minor

    def _undo(self, changes: list[_Change]) -> None:
        for account, waiting, exposure_minor in reversed(changes):
            self._apply((account, -waiting, -exposure_minor))
        changes.clear()
