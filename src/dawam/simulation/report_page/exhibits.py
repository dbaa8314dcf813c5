"""The four charts with their words: title, what to see in it, legend, and the same as a table."""

from dawam.simulation.report_page import charts, phrases
from dawam.simulation.report_page.bins import bins, length_s
from dawam.simulation.report_page.charts import Axis, Tick
from dawam.simulation.report_page.drawing import Drawing, Frame
from dawam.simulation.report_page.history import capabilities
from dawam.simulation.report_page.scales import value_ticks
from dawam.simulation.report_page.scene import (
    BARS,
    Exhibit,
    Legend,
    Scene,
    Table,
    fault_legend,
    mode_legend,
    named_lanes,
    table_of,
)
from dawam.simulation.report_page.spans import Lane, lanes
from dawam.simulation.report_page.words import Words
from dawam.standin import Mode

_POINTS = 400
_CAP_SEEN_FROM = 0.05


def exhibits(stage: Scene) -> list[Exhibit]:
    """Those of the four charts for which there is something to draw."""
    samples = stage.run.samples
    found = [modes_exhibit(stage)]
    if any(s.from_primary or s.from_stand_in or s.withheld or s.wrong for s in samples):
        found.append(answers_exhibit(stage))
    if any(s.age_s for s in samples):
        found.append(age_exhibit(stage))
    if stage.run.report.payments.exposure_minor or any(s.exposure_minor for s in samples):
        found.append(exposure_exhibit(stage))
    return found


def modes_exhibit(stage: Scene) -> Exhibit:
    """Who answered."""
    words = stage.words
    stories = lanes(stage.run.changes, stage.run.samples, stage.start, stage.end)
    named = named_lanes(stories, words)
    spans = [span for lane in stories for span in lane.spans]
    held_s = _held_s(stories[0])
    is_rtl = words.direction == "rtl"

    def draw(frame: Frame, axis: Axis, is_wide: bool) -> Drawing:
        return charts.modes_chart(frame, axis, named, windows=stage.windows, names_at_end=is_rtl)

    drawn = stage.both(draw, height=64 + charts.lanes_height([name for name, _ in named]))
    return Exhibit(
        key="modes",
        title=words.say("Who answered"),
        about=(),
        description=words.say(
            "Standing in for {standing_in}, recovering for {recovering}, of {total} in all.",
            standing_in=words.duration(held_s.get(Mode.STANDING_IN, 0)),
            recovering=words.duration(held_s.get(Mode.RECOVERING, 0)),
            total=words.duration((stage.end - stage.start).total_seconds()),
        ),
        legend=(*mode_legend(words, [span.mode for span in spans]), *fault_legend(stage)),
        wide=drawn[0],
        narrow=drawn[1],
        table=Table(
            (
                words.say("Time (UTC)"),
                words.say("For"),
                words.say("Mode"),
                words.say("Customers with the primary"),
            ),
            tuple(
                (
                    stage.span(span.start, span.end),
                    capabilities(lane.capabilities, words),
                    words.called(phrases.MODES, span.mode),
                    words.percent(span.share_percent / 100),
                )
                for lane in stories
                for span in lane.spans
            ),
        ),
    )


def _held_s(lane: Lane) -> dict[str, float]:
    held: dict[str, float] = {}
    for span in lane.spans:
        held[span.mode] = held.get(span.mode, 0.0) + (span.end - span.start).total_seconds()
    return held


def _answer_legend(stage: Scene) -> list[Legend]:
    """Kinds of answers, each with its number in the whole run."""
    words, samples = stage.words, stage.run.samples
    primary, stand_in, withheld, wrong = (
        words.number(count)
        for count in (
            sum(sample.from_primary for sample in samples),
            sum(sample.from_stand_in for sample in samples),
            sum(sample.withheld for sample in samples),
            stage.run.report.answers.wrong,
        )
    )
    return [
        Legend("primary", words.say("Shown, from the primary ({count})", count=primary)),
        Legend("stand-in", words.say("Shown, from the stand-in ({count})", count=stand_in)),
        Legend("withheld", words.say("Withheld ({count})", count=withheld)),
        Legend("wrong", words.say("Judged wrong, below the line ({count})", count=wrong)),
    ]


def answers_exhibit(stage: Scene) -> Exhibit:
    """Where balances came from."""
    words, samples = stage.words, stage.run.samples
    drawn_bins = {is_wide: bins(samples, most) for is_wide, most in BARS.items()}

    def draw(frame: Frame, axis: Axis, is_wide: bool) -> Drawing:
        steps = drawn_bins[is_wide]
        highest = max(max(step.asked for step in steps), 1)
        return charts.answers_chart(
            frame,
            axis,
            steps,
            ticks=[(value, words.number(value)) for value in value_ticks(highest, whole=True)],
            title=words.say("Answers in {step}", step=words.duration(length_s(samples, BARS[is_wide]))),
            windows=stage.windows,
        )

    drawn = stage.both(draw)
    legend = _answer_legend(stage)
    return Exhibit(
        key="answers",
        title=words.say("Where the balances came from"),
        about=(),
        description=words.both([each.text for each in legend]),
        legend=(*legend, *fault_legend(stage)),
        wide=drawn[0],
        narrow=drawn[1],
        table=table_of(
            stage,
            (
                words.say("From the primary"),
                words.say("From the stand-in"),
                words.say("Withheld"),
                words.say("Judged wrong"),
            ),
            lambda step: (
                words.number(step.primary),
                words.number(step.stand_in),
                words.number(step.withheld),
                words.number(step.wrong),
            ),
        ),
    )


def _unit(words: Words, highest_s: float) -> tuple[float, str]:
    """The unit that keeps an axis' numbers small, and its title."""
    if highest_s <= 120:
        return 1, words.say("Age in seconds")
    if highest_s <= 2 * 3_600:
        return 60, words.say("Age in minutes")
    if highest_s <= 2 * 86_400:
        return 3_600, words.say("Age in hours")
    return 86_400, words.say("Age in days")


def age_exhibit(stage: Scene) -> Exhibit:
    """How old the shown balances were; where the stand-in showed none, how old they would have been."""
    words, answers = stage.words, stage.run.report.answers
    steps = bins(stage.run.samples, _POINTS)
    shown = [step.shown_age_s for step in steps if step.shown_age_s is not None]
    highest_s = max([*shown, answers.oldest_age_s]) if shown else max(step.age_s or 0 for step in steps)
    unit_s, title = _unit(words, highest_s)
    oldest_text = words.say("oldest shown: {age}", age=words.duration(answers.oldest_age_s))
    has_oldest = bool(answers.shown and shown)

    def draw(frame: Frame, axis: Axis, is_wide: bool) -> Drawing:
        ticks = [(value, words.number(value, decimals=3)) for value in value_ticks(highest_s / unit_s)]
        return charts.age_chart(
            frame,
            axis,
            steps,
            unit_s=unit_s,
            ticks=ticks,
            title=title,
            oldest=(answers.oldest_age_s / unit_s, oldest_text) if has_oldest else None,
            windows=stage.windows,
        )

    drawn = stage.both(draw)
    if shown:
        legend = [
            Legend("shown-age", words.say("Age of balances that the stand-in showed")),
            Legend("oldest", words.say("The oldest balance in any answer")),
        ]
    else:
        legend = [Legend("mirror-age", words.say("Age of the mirror"))]
    return Exhibit(
        key="age",
        title=words.say("How old the shown balances were"),
        about=(
            words.say(
                "Time since the last booking that the mirror had. Where none comes for a while, "
                "it grows although nothing is missing."
            ),
        ),
        description=oldest_text if has_oldest else title,
        legend=(*legend, *fault_legend(stage)),
        wide=drawn[0],
        narrow=drawn[1],
        table=table_of(
            stage,
            (words.say("Shown by the stand-in, at most"), words.say("The mirror, at most")),
            lambda step: (_age(step.shown_age_s, words), _age(step.age_s, words)),
        ),
    )


def _age(age_s: float | None, words: Words) -> str:
    return "–" if age_s is None else words.duration(age_s)


def exposure_exhibit(stage: Scene) -> Exhibit:
    """What Dawam had promised against what it may promise."""
    words, payments = stage.words, stage.run.report.payments
    steps = bins(stage.run.samples, _POINTS)
    peak_minor = max(payments.exposure_minor, max(step.exposure_minor or 0 for step in steps))
    cap_minor = payments.exposure_cap_minor
    on_scale = cap_minor > 0 and peak_minor >= _CAP_SEEN_FROM * cap_minor
    cap_text = words.say("allowed: {cap}", cap=words.money(cap_minor))
    peak_text = words.say("highest: {peak}", peak=words.money(peak_minor))
    unit = 10**words.money_of.exponent

    def draw(frame: Frame, axis: Axis, is_wide: bool) -> Drawing:
        highest = max(peak_minor, cap_minor) if on_scale else peak_minor
        ticks: list[Tick] = [
            (value * unit, words.money_tick(value * unit)) for value in value_ticks(highest / unit)
        ]
        return charts.exposure_chart(
            frame,
            axis,
            steps,
            ticks=ticks,
            title=words.say("Exposure, {currency}", currency=words.currency_symbol()),
            peak=(peak_minor, peak_text),
            cap=(cap_minor, cap_text) if on_scale else None,
            windows=stage.windows,
        )

    drawn = stage.both(draw)
    about = []
    if cap_minor:
        about.append(
            words.say(
                "At its peak {peak}, {share} of the {cap} allowed.",
                peak=words.money(peak_minor),
                share=words.percent(peak_minor / cap_minor),
                cap=words.money(cap_minor),
            )
        )
        if not on_scale:
            about.append(words.say("The limit lies far above this chart."))
    legend = [
        Legend("exposure", words.say("Promised in the primary's place, not yet booked by it")),
        Legend("peak", words.say("The highest at any moment")),
    ]
    if on_scale:
        legend.append(Legend("cap", words.say("What the institution allows")))
    return Exhibit(
        key="exposure",
        title=words.say("Exposure against its limit"),
        about=tuple(about),
        description=about[0] if about else peak_text,
        legend=(*legend, *fault_legend(stage)),
        wide=drawn[0],
        narrow=drawn[1],
        table=table_of(
            stage,
            (words.say("Exposure, at most"),),
            lambda step: ("–" if step.exposure_minor is None else words.money(step.exposure_minor),),
        ),
    )
