"""What the guard needs of others: a view of the mirror, and somebody to tell."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from dawam.guard.model import Judgement, Mirrored
from dawam.guard.pattern import Pattern
from dawam.guard.storm import StormEvidence
from dawam.primary import Fault


class FeedPlace(Protocol):
    """How far the mirror has come."""

    @property
    def last_seq(self) -> int:
        """The last event applied."""
        ...

    @property
    def confirmed_at(self) -> datetime | None:
        """When the feed was last known to hold nothing more."""
        ...


class MirrorView(Protocol):
    """The committed state of one institution's mirror; `dawam.primary.Mirror` is one."""

    def balance(self, account: str) -> Mirrored | None:
        """The account as mirrored; None when it is not."""
        ...

    def balance_at(self, account: str, seq: int) -> int | None:
        """Its balance after all events up to `seq`; None before the mirror's knowledge."""
        ...

    def position(self) -> FeedPlace:
        """How far the feed is applied."""
        ...

    def accounts(self) -> Iterable[str]:
        """All mirrored accounts."""
        ...

    async def wait_until(self, seq: int) -> object:
        """Return once `seq` is applied."""
        ...


class GuardObserver(Protocol):
    """Told of every answer at once, within the call; must return quickly and never raise."""

    def answered(self, latency_s: float) -> None:
        """The primary answered, truly or not."""
        ...

    def failed(self, fault: Fault) -> None:
        """The primary did not answer."""
        ...

    def proved(self) -> None:
        """Its answer is true."""
        ...

    def contradicted(self, judgement: Judgement) -> None:
        """Its answer is false."""
        ...

    def storm(self, pattern: Pattern, evidence: StormEvidence) -> None:
        """So many answers are false that the primary is: once, and again if a later one gives it a name."""
        ...
