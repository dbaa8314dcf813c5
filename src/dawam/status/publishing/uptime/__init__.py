"""Honest uptime: from changes of mode, announced work and watching to shares of the time that was watched.

Promises: every moment counts once, under one name; what nobody watched is not counted as well; planned and
unplanned stay apart, and so do "answered by the standby system" and "not answered". Page: docs/publishing.md.
"""

from dawam.status.publishing.uptime.days import Day, day_bounds, days_between
from dawam.status.publishing.uptime.model import (
    NOTHING,
    Change,
    Part,
    Record,
    Stretch,
    Tally,
    Work,
    stretches,
    tally,
    total,
)

__all__ = [
    "NOTHING",
    "Change",
    "Day",
    "Part",
    "Record",
    "Stretch",
    "Tally",
    "Work",
    "day_bounds",
    "days_between",
    "stretches",
    "tally",
    "total",
]
