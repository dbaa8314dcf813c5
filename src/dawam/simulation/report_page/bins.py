"""Samples put together to as many steps as a sheet can show: counts added, of levels the highest. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

import msgspec

from dawam.simulation.report_page.spans import GONE, step_s
from dawam.simulation.timeline import Sample

# Moments are told to the microsecond: a sample this near to an edge stands on it.
_HAIR = 1e-3


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


def length_s(samples: Sequence[Sample], most: int) -> float:
    """How long the steps are if there are to be at most `most`: a whole number of the samples' own."""
    own_s = step_s(samples)
    total_s = (samples[-1].at - samples[0].at).total_seconds() + own_s
    return own_s * max(1, ceil(total_s / own_s / most - _HAIR))


def bins(samples: Sequence[Sample], most: int) -> list[Bin]:
    """At most `most` steps of equal length; those without a sample are left out."""
    if not samples:
        return []
    start = samples[0].at - timedelta(seconds=step_s(samples))
    length = timedelta(seconds=length_s(samples, most))
    groups: dict[int, list[Sample]] = {}
    for sample in samples:
        number = min(max(0, ceil((sample.at - start) / length - _HAIR) - 1), most - 1)
        groups.setdefault(number, []).append(sample)
    return [
        _bin(group, start + number * length, start + (number + 1) * length)
        for number, group in groups.items()
    ]


def _bin(group: Sequence[Sample], start: datetime, end: datetime) -> Bin:
    present = [sample for sample in group if sample.mode != GONE]
    return Bin(
        start=start,
        end=end,
        primary=sum(sample.from_primary for sample in group),
        stand_in=sum(sample.from_stand_in for sample in group),
        withheld=sum(sample.withheld for sample in group),
        wrong=sum(sample.wrong for sample in group),
        age_s=max((sample.age_s for sample in present), default=None),
        shown_age_s=max((sample.age_s for sample in present if sample.from_stand_in), default=None),
        exposure_minor=max((sample.exposure_minor for sample in present), default=None),
    )
