"""The four charts and the close-ups as shapes. Pure: texts, ticks and figures come in, points come out.

Time runs from left to right in every language, in Arabic too. A chart is read against the institution's own
monitoring, whose time axes run so whatever the language of their labels; a mirrored axis would make the end
of an outage look like its beginning to whoever lays the two side by side. So the direction is said in words
beside the charts and shown by an arrow at each axis, while everything around them follows the language.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from dawam.simulation.report_page.bins import Bin
from dawam.simulation.report_page.drawing import Drawing, Frame, Label, Line, Path, Point, Rect, Shape
from dawam.simulation.report_page.scales import Scale
from dawam.simulation.report_page.spans import GONE, Lane
from dawam.standin import Mode

LANE_NAME, LANE_HEIGHT, LANE_GAP = 18, 30, 8
_SEEN_MIN = 1.5
_BADGE = 16

Tick = tuple[float, str]


class Window(msgspec.Struct, frozen=True):
    """A fault's time, under the sign that it has in the whole report."""

    sign: str
    start: datetime
    end: datetime


class Mark(msgspec.Struct, frozen=True):
    """A numbered moment on a close-up."""

    sign: str
    at: datetime


class Axis(msgspec.Struct, frozen=True):
    """A stretch of time on a sheet, with ticks in seconds since its start."""

    start: datetime
    end: datetime
    ticks: tuple[Tick, ...]

    def scale(self, frame: Frame) -> Callable[[datetime], float]:
        """Where a moment stands."""
        line = Scale(0.0, (self.end - self.start).total_seconds(), frame.left, frame.x2)
        return lambda moment: line((moment - self.start).total_seconds())

    def shapes(self, frame: Frame) -> list[Shape]:
        """Ticks and an arrow."""
        line = Scale(0.0, (self.end - self.start).total_seconds(), frame.left, frame.x2)
        found: list[Shape] = [Line(frame.left, frame.y2, frame.x2, frame.y2, "axis")]
        for at_s, text in self.ticks:
            x = line(at_s)
            found.append(Line(x, frame.y2, x, frame.y2 + 4, "axis"))
            found.append(Label(x, frame.y2 + 18, text))
        tip, y = frame.x2 + 6, frame.y2
        found.append(Path(((tip - 6, y - 4), (tip, y), (tip - 6, y + 4)), "arrow", area=True))
        return found


def _value_axis(frame: Frame, scale: Scale, ticks: Sequence[Tick], title: str) -> list[Shape]:
    found: list[Shape] = [Label(2, 13, title, "title", "start")]
    for value, text in ticks:
        y = scale(value)
        found.append(Line(frame.left, y, frame.x2, y, "grid"))
        found.append(Label(frame.left - 6, y + 4, text, "tick", "end"))
    return found


def _fault_shades(frame: Frame, axis: Axis, windows: Sequence[Window]) -> tuple[list[Shape], list[Shape]]:
    """What lies behind the figures, and the signs above them, side by side where faults begin together."""
    at = axis.scale(frame)
    behind: list[Shape] = []
    above: list[Shape] = []
    free_from = 0.0
    for window in sorted(windows, key=lambda each: each.start):
        x = at(window.start)
        width = max(_SEEN_MIN, round(at(window.end) - x, 2))
        behind.append(Rect(x, frame.top, width, round(frame.y2 - frame.top, 2), "fault"))
        badge = min(max(x, free_from), frame.x2 - _BADGE)
        free_from = badge + _BADGE + 2
        above.append(Line(x, frame.top - 2, x, frame.y2, "fault-edge"))
        above.append(Rect(badge, frame.top - _BADGE, _BADGE, _BADGE, "badge"))
        above.append(Label(badge + _BADGE / 2, frame.top - 4, window.sign, "badge-text"))
    return behind, above


def lanes_height(names: Sequence[str]) -> float:
    """What lanes of these names need between the plot's edges; a lane without a name needs no line for it."""
    return sum(_top_of_lane(name) + LANE_HEIGHT + LANE_GAP for name in names)


def _top_of_lane(name: str) -> float:
    return LANE_NAME if name else LANE_GAP


def _lane(frame: Frame, axis: Axis, lane: Lane, y: float) -> list[Shape]:
    """Normal is the ground; in a recovering span the ground rises with the share that is back."""
    at = axis.scale(frame)
    found: list[Shape] = [
        Rect(frame.left, y, round(frame.x2 - frame.left, 2), LANE_HEIGHT, Mode.NORMAL.value)
    ]
    for span in lane.spans:
        if span.mode == Mode.NORMAL:
            continue
        x = at(span.start)
        width = max(_SEEN_MIN, round(at(span.end) - x, 2))
        found.append(Rect(x, y, width, LANE_HEIGHT, span.mode))
        back = round(LANE_HEIGHT * span.share_percent / 100, 2)
        if span.mode != GONE and back:
            found.append(Rect(x, round(y + LANE_HEIGHT - back, 2), width, back, "back"))
    return found


def modes_chart(
    frame: Frame,
    axis: Axis,
    lanes: Sequence[tuple[str, Lane]],
    *,
    windows: Sequence[Window] = (),
    marks: Sequence[Mark] = (),
    names_at_end: bool = False,
) -> Drawing:
    """One lane for each story; names (empty where there is one lane only) at the left or the right edge."""
    behind, above = _fault_shades(frame, axis, windows)
    shapes: list[Shape] = []
    names: list[Shape] = []
    y = frame.top
    for name, lane in lanes:
        y += _top_of_lane(name)
        x, anchor = (frame.x2, "end") if names_at_end else (frame.left, "start")
        shapes += _lane(frame, axis, lane, y)
        if name:
            names.append(Label(x, y - 5, name, "lane", anchor))
        y += LANE_HEIGHT + LANE_GAP
    return Drawing(
        frame, (*behind, *shapes, *above, *_marks(frame, axis, marks), *names, *axis.shapes(frame))
    )


def _marks(frame: Frame, axis: Axis, marks: Sequence[Mark]) -> list[Shape]:
    """Numbered lines; numbers that would lie on each other step aside."""
    at = axis.scale(frame)
    found: list[Shape] = []
    free_from = 0.0
    for mark in sorted(marks, key=lambda each: each.at):
        x = at(mark.at)
        middle = min(max(x, free_from + _BADGE / 2), frame.x2 - _BADGE / 2)
        free_from = middle + _BADGE / 2 + 2
        y = frame.top - _BADGE
        found.append(Path(((x, frame.y2), (x, frame.top + 4), (middle, frame.top)), "mark"))
        found.append(Rect(round(middle - _BADGE / 2, 2), y, _BADGE, _BADGE, "mark-badge"))
        found.append(Label(middle, frame.top - 4, mark.sign, "badge-text"))
    return found


def answers_chart(
    frame: Frame,
    axis: Axis,
    steps: Sequence[Bin],
    *,
    ticks: Sequence[Tick],
    title: str,
    windows: Sequence[Window] = (),
) -> Drawing:
    """Stacked: primary, stand-in, withheld. Judged wrong hangs below the line: it is part of what was shown,
    and is judged later than it was shown, so that it must neither be added nor taken off."""
    at = axis.scale(frame)
    most_wrong = max((step.wrong for step in steps), default=0)
    scale = Scale(-most_wrong, ticks[-1][0], frame.y2, frame.top)
    behind, above = _fault_shades(frame, axis, windows)
    bars: list[Shape] = []
    for step in steps:
        x = at(step.start)
        gap = 1.0 if at(step.end) - x > 3 else 0.0
        width = max(0.5, round(at(step.end) - x - gap, 2))
        floor = 0
        for kind, count in (
            ("primary", step.primary),
            ("stand-in", step.stand_in),
            ("withheld", step.withheld),
        ):
            if count:
                y = scale(floor + count)
                bars.append(Rect(x, y, width, round(scale(floor) - y, 2), kind))
                floor += count
        if step.wrong:
            depth = max(2.0, round(scale(-step.wrong) - scale(0), 2))
            bars.append(Rect(x, scale(0), width, depth, "wrong"))
    return Drawing(
        frame,
        (*behind, *_value_axis(frame, scale, ticks, title), *bars, *above, *axis.shapes(frame)),
    )


def _runs(points: Sequence[tuple[float, float | None]]) -> list[tuple[Point, ...]]:
    """Unbroken stretches of at least two points."""
    runs: list[list[Point]] = [[]]
    for x, y in points:
        if y is not None:
            runs[-1].append((x, y))
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if len(run) > 1]


def age_chart(
    frame: Frame,
    axis: Axis,
    steps: Sequence[Bin],
    *,
    unit_s: float,
    ticks: Sequence[Tick],
    title: str,
    oldest: Tick | None = None,
    windows: Sequence[Window] = (),
) -> Drawing:
    """Bars where the stand-in showed balances of that age; where it never did, the mirror's age as a line.

    `oldest` is the highest age in any answer, in the unit, with its text.
    """
    at = axis.scale(frame)
    scale = Scale(0, ticks[-1][0], frame.y2, frame.top)
    behind, above = _fault_shades(frame, axis, windows)
    ages: list[Shape] = []
    for step in steps:
        if step.shown_age_s is not None:
            x, y = at(step.start), scale(step.shown_age_s / unit_s)
            width = max(_SEEN_MIN, round(at(step.end) - x, 2))
            ages.append(Rect(x, y, width, round(frame.y2 - y, 2), "shown-age"))
    if not ages:
        mirror = [
            (at(step.end), None if step.age_s is None else scale(step.age_s / unit_s)) for step in steps
        ]
        ages += [Path(run, "mirror-age") for run in _runs(mirror)]
    if oldest is not None:
        ages += _limit(frame, scale, oldest, "oldest")
    return Drawing(
        frame,
        (*behind, *_value_axis(frame, scale, ticks, title), *ages, *above, *axis.shapes(frame)),
    )


def _limit(frame: Frame, scale: Scale, limit: Tick, kind: str, *, at_start: bool = False) -> list[Shape]:
    """A dashed line with its text just above it, at the end or the start of the axis."""
    y = scale(limit[0])
    x, anchor = (frame.left + 6, "start") if at_start else (frame.x2 - 2, "end")
    return [
        Line(frame.left, y, frame.x2, y, kind),
        Label(x, round(y - 5, 2), limit[1], f"{kind}-text", anchor),
    ]


def exposure_chart(
    frame: Frame,
    axis: Axis,
    steps: Sequence[Bin],
    *,
    ticks: Sequence[Tick],
    title: str,
    peak: Tick,
    cap: Tick | None = None,
    windows: Sequence[Window] = (),
) -> Drawing:
    """What Dawam had promised in the primary's place, and the highest at any moment, also between two steps.

    `cap` only where it is on the scale.
    """
    at = axis.scale(frame)
    scale = Scale(0, ticks[-1][0], frame.y2, frame.top)
    behind, above = _fault_shades(frame, axis, windows)
    level = [
        (at(step.end), None if step.exposure_minor is None else scale(step.exposure_minor)) for step in steps
    ]
    lines: list[Shape] = []
    for run in _runs(level):
        ground = ((run[-1][0], frame.y2), (run[0][0], frame.y2))
        lines.append(Path((*run, *ground), "exposure-area", area=True))
        lines.append(Path(run, "exposure"))
    lines += _limit(frame, scale, peak, "peak", at_start=True)
    if cap is not None:
        lines += _limit(frame, scale, cap, "cap")
    return Drawing(
        frame,
        (*behind, *_value_axis(frame, scale, ticks, title), *lines, *above, *axis.shapes(frame)),
    )
