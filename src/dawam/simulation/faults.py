"""What can go wrong, by name, and when: `zero@0.5:3600`.

START is a fraction of the feed, from 0 to 1; LENGTH is in simulated seconds. What each kind does to an
answer stands in `distortion`, what it does to the way there in `network`. Page: docs/simulation.md.
"""

import math
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from dawam.kernel import InvalidInput


class FaultKind(StrEnum):
    """The fourteen ways for a primary, its feed, the network or Dawam to fail."""

    ZERO = "zero"
    SCALE = "scale"
    SHIFT = "shift"
    STALE = "stale"
    SOME = "some"
    DOWN = "down"
    HANG = "hang"
    SLOW = "slow"
    ERRORS = "errors"
    FLAP = "flap"
    GAP = "gap"
    REPEAT = "repeat"
    LOST_REPLY = "lost_reply"
    CRASH = "crash"


LIES = frozenset({FaultKind.ZERO, FaultKind.SCALE, FaultKind.SHIFT, FaultKind.STALE, FaultKind.SOME})

MEANINGS: dict[FaultKind, str] = {
    FaultKind.ZERO: "every balance is answered as 0",
    FaultKind.SCALE: "every balance is answered 100 times as large",
    FaultKind.SHIFT: "every balance is somebody else's",
    FaultKind.STALE: "balances come from an old copy",
    FaultKind.SOME: "5 % of the accounts are answered wrong",
    FaultKind.DOWN: "connections are refused",
    FaultKind.HANG: "connections are accepted and never answered",
    FaultKind.SLOW: "answers come late, some beyond the timeout",
    FaultKind.ERRORS: "every call is answered with status 500",
    FaultKind.FLAP: "up and down by turns",
    FaultKind.GAP: "the feed loses events",
    FaultKind.REPEAT: "the feed repeats events",
    FaultKind.LOST_REPLY: "payments and advices are booked, and their answers are lost",
    FaultKind.CRASH: "Dawam itself is killed in the middle of decisions, and starts again",
}


def fault_kind(text: str) -> FaultKind:
    """The kind of that name.

    Raises: InvalidInput `fault_unknown`, with the nearest name.
    """
    name = text.strip().lower().replace("-", "_")
    try:
        return FaultKind(name)
    except ValueError:
        near = get_close_matches(name, list(FaultKind), n=1, cutoff=0.5)
        raise InvalidInput(
            "fault_unknown", fault=text[:40], nearest=near[0] if near else "", known=", ".join(FaultKind)
        ) from None


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """A fault that will start at a fraction of the feed and last some seconds."""

    kind: FaultKind
    start: float
    length_s: float

    @classmethod
    def parse(cls, text: str) -> "FaultPlan":
        """Read `KIND@START:LENGTH`.

        Raises: InvalidInput `fault_unknown`, `fault_malformed`.
        """
        kind_text, at, when = text.partition("@")
        kind = fault_kind(kind_text)
        start_text, colon, length_text = when.partition(":")
        start, length_s = _number(start_text), _number(length_text)
        if not at or not colon or not 0 <= start <= 1 or not 0 < length_s < math.inf:
            raise InvalidInput("fault_malformed", fault=text[:60])
        return cls(kind, start, length_s)

    def __str__(self) -> str:
        return f"{self.kind}@{self.start:g}:{self.length_s:g}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
