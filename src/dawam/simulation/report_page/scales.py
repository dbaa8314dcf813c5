"""From values to points: linear scales, round steps for values, calendar steps for times. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import floor, inf, log10

import msgspec

_SECOND_STEPS = (1, 2, 5, 10, 15, 30)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS_S = (
    *_SECOND_STEPS,
    *(_MINUTE * n for n in _SECOND_STEPS),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14)),
)
_MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH_S = 30.44 * _DAY


class Scale(msgspec.Struct, frozen=True):
    """A straight line from `low`..`high` to `start_px`..`end_px`."""

    low: float
    high: float
    start_px: float
    end_px: float

    def __call__(self, value: float) -> float:
        """The point of a value, to a hundredth."""
        if self.high <= self.low:
            return self.start_px
        share = (value - self.low) / (self.high - self.low)
        return round(self.start_px + share * (self.end_px - self.start_px), 2)


def value_ticks(high: float, *, count: int = 4, whole: bool = False) -> list[float]:
    """0 and round values up to the first at or above `high`: steps of 1, 2 or 5 times a power of ten."""
    if high <= 0:
        return [0, 1]
    rough = high / count
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999999)
    if whole:
        step = max(1.0, step)
    ticks = [0.0]
    while ticks[-1] < high * 0.999999:
        ticks.append(round(step * len(ticks), 9))
    return ticks


class TimeTicks(msgspec.Struct, frozen=True):
    """Moments to mark, and the CLDR skeleton of the fields that tell them apart."""

    moments: tuple[datetime, ...]
    skeleton: str


def time_ticks(start: datetime, end: datetime, *, count: int = 6) -> TimeTicks:
    """About `count` round moments within a span of time, both ends included. Times in UTC."""
    rough_s = max((end - start).total_seconds(), 1.0) / count
    step_s = next((step for step in _STEPS_S if step >= rough_s), inf)
    if step_s is inf:
        months = next((n for n in _MONTH_STEPS if n * _MONTH_S >= rough_s), _MONTH_STEPS[-1])
        return TimeTicks(tuple(_months(start, end, months)), "y" if months >= 12 else "yMMM")
    skeleton = "Hms" if step_s < _MINUTE else "Hm" if step_s < _DAY else "MMMd"
    return TimeTicks(tuple(_steps(start, end, int(step_s))), skeleton)


def _steps(start: datetime, end: datetime, step_s: int) -> Iterator[datetime]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    since_s = (start - midnight).total_seconds()
    moment = midnight + timedelta(seconds=-(-since_s // step_s) * step_s)
    while moment <= end:
        yield moment
        moment += timedelta(seconds=step_s)


def _months(start: datetime, end: datetime, step: int) -> Iterator[datetime]:
    number = -(-(start.year * 12 + start.month - 1) // step) * step
    while True:
        moment = start.replace(
            year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        if moment > end:
            return
        if moment >= start:
            yield moment
        number += step
