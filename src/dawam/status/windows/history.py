"""What was done to a window, act by act."""

from datetime import datetime
from enum import StrEnum

import msgspec

SYSTEM = "system"
"""Who acts when nobody does."""


class Act(StrEnum):
    """What was done to a window."""

    PLANNED = "planned"
    REWORDED = "reworded"
    APPROVED = "approved"
    ANNOUNCED = "announced"
    REMINDED = "reminded"
    STARTED = "started"
    EXTENDED = "extended"
    MOVE_ASKED = "move_asked"
    MOVE_DROPPED = "move_dropped"
    MOVED = "moved"
    OVERRAN = "overran"
    FINISHED = "finished"
    FINISHED_EARLY = "finished_early"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Times(msgspec.Struct, frozen=True):
    """From when to when."""

    starts_at: datetime
    ends_at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One act on a window; `by` is a member of the staff, or `system`.

    `times` are those after it, or of a move that is asked for, the wanted ones; `moved_from` are those that a
    move has changed.
    """

    id: str
    act: Act
    at: datetime
    by: str
    reason: str = ""
    times: Times
    moved_from: Times | None = None
