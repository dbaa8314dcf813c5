"""How strict the guard is. The storm detector's numbers are argued in docs/adr/0004-storm-detector.md."""

from math import log
from typing import Annotated

import msgspec

Probability = Annotated[float, msgspec.Meta(gt=0, lt=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class GuardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How answers are judged, and when contradictions become a storm."""

    ahead_wait_s: Seconds = 0.4
    """How long an answer that knows more than the mirror waits for the feed."""
    as_of_tolerance_s: Seconds = 60.0
    """How far the primary's clocks may differ from ours and from each other before an `as_of` is a lie."""
    confirm_margin_s: Seconds = 5.0
    """On a quiet feed a balance is as old as the last complete poll and this: more than a poll may take."""
    p0: Probability = 0.001
    """The share of contradicted answers that a healthy primary may have."""
    p1: Probability = 0.05
    """The share of contradicted answers that is a storm."""
    alpha: Probability = 1e-5
    """The chance of a false alarm that Wald's test is set to."""
    beta: Probability = 0.01
    """The chance of a missed storm that Wald's test is set to."""
    storm_accounts: Count = 3
    """No storm with fewer contradicted accounts than this."""
    window_s: Seconds = 600.0
    """A contradicted account counts again only after it was not contradicted for so long."""
    pattern_share: Probability = 0.8
    """The share of contradictions that must look alike for a pattern to get its name."""
    pattern_scan_accounts: Count = 20_000
    """How many mirrored accounts are searched, once, for the owners of shifted balances."""

    def __post_init__(self) -> None:
        if self.p0 >= self.p1:
            raise ValueError("p0 must be smaller than p1")
        if self.alpha + self.beta >= 1:
            raise ValueError("alpha and beta together must be smaller than 1")

    @property
    def threshold(self) -> float:
        """The score at which a storm is declared: ln((1 - beta) / alpha)."""
        return log((1 - self.beta) / self.alpha)


class GateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the release gate lets pass; shares are of all accounts, mirrored or in the snapshot."""

    differing_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Accounts with another amount or currency than the mirror's."""
    missing_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Accounts that the mirror has and the snapshot has not."""
    extra_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Accounts with money that the feed never told of."""
    ahead_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.01
    """Accounts that cannot be judged, because the mirror has not yet seen what the snapshot has."""
