"""Changes of mode as people speak of them: what several capabilities did at one moment is one turn."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from dawam.standin import Capability, ModeChange


class Turn(msgspec.Struct, frozen=True):
    """One change, and every capability that made it."""

    change: ModeChange
    capabilities: tuple[Capability, ...]

    @property
    def whole(self) -> bool:
        """Whether everything changed."""
        return set(self.capabilities) == set(Capability)


def turns(changes: Sequence[ModeChange]) -> list[Turn]:
    """In the order of the changes."""
    groups = (list(group) for _, group in groupby(changes, key=_alike))
    return [
        Turn(group[0], tuple(one for one in Capability if one in {change.capability for change in group}))
        for group in groups
    ]


def _alike(change: ModeChange) -> tuple[object, ...]:
    return change.at, change.mode, change.reason, change.share_percent, change.evidence
