"""Samples put together to as many steps as a sheet can show: counts added, of levels the highest. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.simulation.report_page.spans import GONE, step_s
from dawam.simulation.timeline import Sample


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Some steps as one: answers in it, the highest levels in it.

    `shown_age_s`: of the mirror while the stand-in answered from it, None when it did not.
    `age_s` and `exposure_minor`: None while Dawam was away.
    """

    start: datetime
    end: datetime
    primary: int
    stand_in: int
    withheld: int
    wrong: int
    age_s: float | None
    shown_age_s: float | None
    exposure_minor: int | None

    @property
    def asked(self) -> int:
        """Questions that were answered, be it by withholding."""
        return self.primary + self.stand_in + self.withheld


def bins(samples: Sequence[Sample], most: int) -> list[Bin]:
    """At most `most` bins of equally many samples (the last may have fewer)."""
    if not samples:
        return []
    size = -(-len(samples) // most)
    found: list[Bin] = []
    start = samples[0].at - timedelta(seconds=step_s(samples))
    for first in range(0, len(samples), size):
        group = samples[first : first + size]
        found.append(_bin(group, start))
        start = group[-1].at
    return found


def _bin(group: Sequence[Sample], start: datetime) -> Bin:
    present = [sample for sample in group if sample.mode != GONE]
    return Bin(
        start=start,
        end=group[-1].at,
        primary=sum(sample.from_primary for sample in group),
        stand_in=sum(sample.from_stand_in for sample in group),
        withheld=sum(sample.withheld for sample in group),
        wrong=sum(sample.wrong for sample in group),
        age_s=max((sample.age_s for sample in present), default=None),
        shown_age_s=max((sample.age_s for sample in present if sample.from_stand_in), default=None),
        exposure_minor=max((sample.exposure_minor for sample in present), default=None),
    )
