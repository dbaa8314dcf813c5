"""What is due on a window by itself, and when to look again. Pure.

Rules, in this order: a plan that was never announced lapses at its start; an announced window starts; before
that, of the reminders whose moment has come only the nearest to the start goes out, and none whose moment lay
before the announcement or the last move; a running window whose end has passed finishes once the primary is
well, and overran when that takes longer than allowed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.status.windows.model import MaintenanceWindow, WindowState

LOOK_AGAIN = timedelta(seconds=5)
"""How often a primary that is not well is asked after the end of work."""


class Step(StrEnum):
    """What a window does by itself."""

    LAPSE = "lapse"
    REMIND = "remind"
    SKIP = "skip"
    START = "start"
    FINISH = "finish"
    OVERRUN = "overrun"


class Due(msgspec.Struct, frozen=True):
    """A step, and the reminders it is done with, in seconds before the start."""

    step: Step
    reminders: tuple[int, ...] = ()


class Pace(msgspec.Struct, frozen=True):
    """The institution's rules of it."""

    reminders_s: Sequence[int]
    overrun_after: timedelta


def due(
    window: MaintenanceWindow, reminded: Collection[int], pace: Pace, *, healthy: bool, now: datetime
) -> Due | None:
    """The next step that is due, or None."""
    if window.state is WindowState.PLANNED:
        return Due(Step.LAPSE) if window.starts_at <= now else None
    if window.state is WindowState.ANNOUNCED:
        return Due(Step.START) if window.starts_at <= now else _reminder(window, reminded, pace, now)
    if not window.running or now < window.ends_at:
        return None
    if healthy:
        return Due(Step.FINISH)
    if window.overran_at is None and now >= window.ends_at + pace.overrun_after:
        return Due(Step.OVERRUN)
    return None


def _reminder(window: MaintenanceWindow, reminded: Collection[int], pace: Pace, now: datetime) -> Due | None:
    come = tuple(
        before_s
        for before_s in sorted(set(pace.reminders_s))
        if before_s not in reminded and _moment(window, before_s) <= now
    )
    if not come:
        return None
    heard = [at for at in (window.announced_at, window.moved_at) if at is not None]
    fresh = all(at < _moment(window, come[0]) for at in heard)
    return Due(Step.REMIND if fresh else Step.SKIP, come)


def next_look(
    window: MaintenanceWindow, reminded: Collection[int], pace: Pace, now: datetime
) -> datetime | None:
    """When something may be due that is not now."""
    if window.state is WindowState.PLANNED:
        return window.starts_at
    if window.state is WindowState.ANNOUNCED:
        moments = [_moment(window, one) for one in pace.reminders_s if one not in reminded]
        return min([window.starts_at, *moments])
    if not window.running:
        return None
    return window.ends_at if now < window.ends_at else now + LOOK_AGAIN


def _moment(window: MaintenanceWindow, before_s: int) -> datetime:
    return window.starts_at - timedelta(seconds=before_s)
