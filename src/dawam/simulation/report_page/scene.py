"""What the charts of a run share: its time, its words, its legends, its steps as a table."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from dawam.simulation.report_page.bins import Bin, bins, length_s
from dawam.simulation.report_page.charts import Axis, Window
from dawam.simulation.report_page.drawing import Drawing, Frame, narrow, wide
from dawam.simulation.report_page.history import capabilities
from dawam.simulation.report_page.scales import time_ticks
from dawam.simulation.report_page.spans import GONE, Lane, step_s
from dawam.simulation.report_page.words import Words
from dawam.simulation.virtual import Run
from dawam.standin import Mode

BARS = {True: 110, False: 56}
_ROWS = 48


class Legend(msgspec.Struct, frozen=True):
    """What a class of shapes means."""

    kind: str
    text: str


class Table(msgspec.Struct, frozen=True):
    """The chart in figures; the first column is time."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Exhibit(msgspec.Struct, frozen=True):
    """One chart, for wide and for narrow sheets."""

    key: str
    title: str
    about: tuple[str, ...]
    description: str
    legend: tuple[Legend, ...]
    wide: Drawing
    narrow: Drawing
    table: Table


class Scene(msgspec.Struct, frozen=True):
    """What all charts of a run share."""

    run: Run
    words: Words
    start: datetime
    end: datetime
    windows: tuple[Window, ...]

    @property
    def is_one_day(self) -> bool:
        """Whether times alone tell moments apart."""
        return self.start.date() == self.end.date()

    def axis(self, *, is_wide: bool) -> Axis:
        """Time over the whole run."""
        ticks = time_ticks(self.start, self.end, count=8 if is_wide else 5)
        return Axis(
            self.start,
            self.end,
            tuple(
                ((moment - self.start).total_seconds(), self.words.tick(moment, ticks.skeleton))
                for moment in ticks.moments
            ),
        )

    def both(
        self, draw: Callable[[Frame, Axis, bool], Drawing], height: float = 240
    ) -> tuple[Drawing, Drawing]:
        """One drawing for each width."""
        return (
            draw(wide(height), self.axis(is_wide=True), True),
            draw(narrow(height), self.axis(is_wide=False), False),
        )

    def span(self, start: datetime, end: datetime) -> str:
        """`06:00:00.000 - 06:01:00.000`, with the day where there are several."""
        if self.is_one_day:
            return f"{self.words.time(start)} – {self.words.time(end)}"
        return f"{self.words.moment(start)} – {self.words.moment(end)}"


def scene(run: Run, words: Words, windows: Sequence[Window]) -> Scene | None:
    """The run's stage for charts; None where nothing was sampled."""
    samples = run.samples
    if not samples:
        return None
    start = samples[0].at - timedelta(seconds=step_s(samples))
    end = samples[-1].at
    start = min([start, *(window.start for window in windows)])
    end = max([end, *(window.end for window in windows)])
    return Scene(run, words, start, end, tuple(windows))


def too_short(stage: Scene) -> str:
    """What to say when a fault is too short to be seen on the whole run's charts; empty when none is."""
    step_length_s = length_s(stage.run.samples, BARS[True])
    if all((window.end - window.start).total_seconds() >= 2 * step_length_s for window in stage.windows):
        return ""
    return stage.words.say(
        "One step of these charts is {step}. A fault of hardly more shows as a line; "
        "its card above shows it close up.",
        step=stage.words.duration(step_length_s),
    )


def named_lanes(stories: Sequence[Lane], words: Words) -> list[tuple[str, Lane]]:
    """Lanes with their names; a lane for everything needs none."""
    return [(capabilities(lane.capabilities, words) if len(stories) > 1 else "", lane) for lane in stories]


def mode_legend(words: Words, modes: Sequence[str]) -> tuple[Legend, ...]:
    """The modes that occur, and what the rising ground of a recovery means."""
    found = [Legend(Mode.NORMAL, words.say("Normal: the primary answers"))]
    if Mode.STANDING_IN in modes:
        found.append(Legend(Mode.STANDING_IN, words.say("Standing in: Dawam answers in its place")))
    if Mode.RECOVERING in modes:
        found.append(
            Legend(
                Mode.RECOVERING, words.say("Recovering: the ground rises with the share of customers back")
            )
        )
    if GONE in modes:
        found.append(Legend(GONE, words.say("Dawam away: killed, and starting again")))
    return tuple(found)


def fault_legend(stage: Scene) -> tuple[Legend, ...]:
    """The sign of faults, where there are any."""
    return (Legend("fault", stage.words.say("A fault, with its letter")),) if stage.windows else ()


def table_of(stage: Scene, head: tuple[str, ...], cells: Callable[[Bin], tuple[str, ...]]) -> Table:
    """The chart's steps in figures, few enough to read."""
    steps = bins(stage.run.samples, _ROWS)
    return Table(
        (stage.words.say("Time (UTC)"), *head),
        tuple((stage.span(step.start, step.end), *cells(step)) for step in steps),
    )
