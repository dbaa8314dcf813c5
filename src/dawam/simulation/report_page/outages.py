"""Each fault as a story of five moments, with close-ups of taking over and handing back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.simulation.report import FaultFigures
from dawam.simulation.report_page import phrases
from dawam.simulation.report_page.charts import Axis, Mark, Window, lanes_height, modes_chart
from dawam.simulation.report_page.drawing import Drawing, close
from dawam.simulation.report_page.scales import value_ticks
from dawam.simulation.report_page.scene import Legend, mode_legend, named_lanes
from dawam.simulation.report_page.spans import Lane, within
from dawam.simulation.report_page.words import Words
from dawam.standin import Mode

_LETTERS = {"ar": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"}
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BEFORE, _AFTER = 0.25, 1.6
_CLOSE_MIN_S = 1.0


class Milestone(msgspec.Struct, frozen=True):
    """One of the five moments; `happened` is false for what never came."""

    number: str
    name: str
    value: str
    happened: bool


class CloseUp(msgspec.Struct, frozen=True):
    """A few moments, enlarged."""

    key: str
    title: str
    axis: str
    description: str
    drawing: Drawing


class Outage(msgspec.Struct, frozen=True):
    """One fault."""

    sign: str
    kind: str
    name: str
    meaning: str
    pattern: str
    milestones: tuple[Milestone, ...]
    close_ups: tuple[CloseUp, ...]
    legend: tuple[Legend, ...]


def sign(number: int, words: Words) -> str:
    """A letter of the language; a number when they run out."""
    letters = _LETTERS.get(words.lang, _LATIN)
    return letters[number] if number < len(letters) else words.number(number + 1)


def windows(faults: Sequence[FaultFigures], words: Words, *, end: datetime | None) -> list[Window]:
    """When each fault was; one that did not end lasts to the end."""
    return [
        Window(
            sign(number, words),
            fault.started_at,
            max(fault.ended_at or end or fault.started_at, fault.started_at),
        )
        for number, fault in enumerate(faults)
    ]


def outages(faults: Sequence[FaultFigures], stories: Sequence[Lane], words: Words) -> list[Outage]:
    """All faults, in their order; without `stories` there are no close-ups."""
    return [_outage(number, fault, stories, words) for number, fault in enumerate(faults)]


def _outage(number: int, fault: FaultFigures, stories: Sequence[Lane], words: Words) -> Outage:
    kind = fault.kind
    close_ups, modes = _close_ups(f"fault{number + 1}", fault, stories, words)
    return Outage(
        sign=sign(number, words),
        kind=words.outside(kind),
        name=words.called(phrases.FAULT_NAMES, kind),
        meaning=words.say(phrases.FAULT_MEANINGS[kind]) if kind in phrases.FAULT_MEANINGS else "",
        pattern="" if fault.pattern is None else words.called(phrases.PATTERNS, fault.pattern),
        milestones=tuple(_milestones(fault, words)),
        close_ups=tuple(close_ups),
        legend=mode_legend(words, modes) if close_ups else (),
    )


def _milestones(fault: FaultFigures, words: Words) -> list[Milestone]:
    def after(number: int, name: str, seconds: float | None) -> Milestone:
        if seconds is None:
            return Milestone(words.number(number), name, words.say("did not happen"), False)
        value = words.say("after {duration}", duration=words.duration(seconds))
        return Milestone(words.number(number), name, value, True)

    found = [
        Milestone(words.number(1), words.say("Fault began"), words.moment(fault.started_at), True),
        after(2, words.say("Detected"), fault.detected_after_s),
        after(3, words.say("Stood in"), fault.stood_in_after_s),
    ]
    if fault.ended_at is not None:
        found.append(Milestone(words.number(4), words.say("Fault ended"), words.moment(fault.ended_at), True))
        found.append(after(5, words.say("All handed back"), fault.recovered_after_s))
    return found


def _close_ups(
    key: str, fault: FaultFigures, stories: Sequence[Lane], words: Words
) -> tuple[list[CloseUp], list[str]]:
    found: list[CloseUp] = []
    modes: set[str] = set()
    for name, title, zero, marks in (
        ("taking-over", words.say("Taking over"), "began", _marks_of_start(fault, words)),
        ("handing-back", words.say("Handing back"), "ended", _marks_of_end(fault, words)),
    ):
        if len(marks) < 2 or not stories:
            continue
        reach_s = max((marks[-1].at - marks[0].at).total_seconds() * _AFTER, _CLOSE_MIN_S)
        axis, unit = _axis(marks[0].at, reach_s, words, began=zero == "began")
        near = within(stories, axis.start, axis.end)
        seen = {span.mode for lane in near for span in lane.spans}
        if seen <= {Mode.NORMAL.value}:
            continue
        modes |= seen
        named = named_lanes(near, words)
        frame = close(58 + lanes_height([lane_name for lane_name, _ in named]))
        drawing = modes_chart(frame, axis, named, marks=marks, names_at_end=words.direction == "rtl")
        found.append(CloseUp(f"{key}-{name}", title, unit, f"{title}: {unit}", drawing))
    return found, sorted(modes)


def _marks_of_start(fault: FaultFigures, words: Words) -> list[Mark]:
    if fault.stood_in_after_s is None:
        return []
    marks = [Mark(words.number(1), fault.started_at)]
    for number, after_s in ((2, fault.detected_after_s), (3, fault.stood_in_after_s)):
        if after_s is not None:
            marks.append(Mark(words.number(number), fault.started_at + timedelta(seconds=after_s)))
    return sorted(marks, key=lambda mark: mark.at)


def _marks_of_end(fault: FaultFigures, words: Words) -> list[Mark]:
    if fault.ended_at is None or fault.recovered_after_s is None:
        return []
    back_at = fault.ended_at + timedelta(seconds=fault.recovered_after_s)
    return [Mark(words.number(4), fault.ended_at), Mark(words.number(5), back_at)]


def _axis(zero: datetime, reach_s: float, words: Words, *, began: bool) -> tuple[Axis, str]:
    """From a little before `zero`, in units since then."""
    unit_s = 1.0 if reach_s <= 120 else 60.0 if reach_s <= 7_200 else 3_600.0
    titles = {
        (1.0, True): words.say("Seconds since the fault began"),
        (60.0, True): words.say("Minutes since the fault began"),
        (3_600.0, True): words.say("Hours since the fault began"),
        (1.0, False): words.say("Seconds since the fault ended"),
        (60.0, False): words.say("Minutes since the fault ended"),
        (3_600.0, False): words.say("Hours since the fault ended"),
    }
    before_s = reach_s * _BEFORE
    ticks = tuple(
        (before_s + value * unit_s, words.number(value, decimals=3))
        for value in value_ticks(reach_s / unit_s)
        if value * unit_s <= reach_s
    )
    axis = Axis(zero - timedelta(seconds=before_s), zero + timedelta(seconds=reach_s), ticks)
    return axis, titles[unit_s, began]
