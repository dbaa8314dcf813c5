"""Known figures on a sheet of 120 by 160 with a plot of 100 by 100: every point can be told by hand."""

from dawam.simulation.report_page.bins import bins
from dawam.simulation.report_page.charts import (
    Axis,
    Mark,
    Window,
    age_chart,
    answers_chart,
    exposure_chart,
    lanes_height,
    modes_chart,
)
from dawam.simulation.report_page.drawing import Frame, Label, Line, Path, Rect
from dawam.simulation.report_page.spans import Lane, Span

from .made import at, sample

FRAME = Frame(width=120, height=160, left=10, top=30, right=10, bottom=30)
AXIS = Axis(at(0), at(40), ((0.0, "0"), (20.0, "20"), (40.0, "40")))
WINDOW = Window("A", at(10), at(30))


def test_time_runs_from_left_to_right_with_its_arrow() -> None:
    shapes = AXIS.shapes(FRAME)
    assert [shape for shape in shapes if isinstance(shape, Label)] == [
        Label(10, 148, "0"),
        Label(60, 148, "20"),
        Label(110, 148, "40"),
    ]
    assert shapes[-1] == Path(((110, 126), (116, 130), (110, 134)), "arrow", area=True)


def test_modes_lie_on_the_ground_of_normal_and_recovery_raises_it() -> None:
    lane = Lane(
        ("balance",),
        (
            Span(at(0), at(10), "normal", 100),
            Span(at(10), at(20), "standing_in", 0),
            Span(at(20), at(30), "recovering", 50),
            Span(at(30), at(40), "gone", 100),
        ),
    )
    drawing = modes_chart(FRAME, AXIS, [("balances", lane)])
    assert drawing.of_kind("normal") == [Rect(10, 48, 100, 30, "normal")]
    assert drawing.of_kind("standing_in") == [Rect(35, 48, 25, 30, "standing_in")]
    assert drawing.of_kind("recovering") == [Rect(60, 48, 25, 30, "recovering")]
    assert drawing.of_kind("back") == [Rect(60, 63, 25, 15, "back")]
    assert drawing.of_kind("gone") == [Rect(85, 48, 25, 30, "gone")]
    assert drawing.of_kind("lane") == [Label(10, 43, "balances", "lane", "start")]


def test_lanes_stand_below_each_other_and_one_without_a_name_needs_less_room() -> None:
    lane = Lane(("balance",), (Span(at(0), at(40), "normal", 100),))
    drawing = modes_chart(FRAME, AXIS, [("a", lane), ("", lane)], names_at_end=True)
    assert [shape.y for shape in drawing.of_kind("normal") if isinstance(shape, Rect)] == [48, 94]
    assert drawing.of_kind("lane") == [Label(110, 43, "a", "lane", "end")]
    assert lanes_height(["a", ""]) == 56 + 46


def test_a_fault_shades_its_time_and_carries_its_sign() -> None:
    drawing = modes_chart(FRAME, AXIS, [], windows=[WINDOW])
    assert drawing.of_kind("fault") == [Rect(35, 30, 50, 100, "fault")]
    assert drawing.of_kind("badge") == [Rect(35, 14, 16, 16, "badge")]
    assert drawing.of_kind("badge-text") == [Label(43, 26, "A", "badge-text")]


def test_faults_that_begin_together_have_their_signs_side_by_side() -> None:
    drawing = modes_chart(FRAME, AXIS, [], windows=[WINDOW, Window("B", at(10), at(10))])
    assert drawing.of_kind("badge") == [Rect(35, 14, 16, 16, "badge"), Rect(53, 14, 16, 16, "badge")]
    assert drawing.of_kind("fault")[1] == Rect(35, 30, 1.5, 100, "fault")


def test_marks_stand_at_their_moments_and_numbers_step_aside() -> None:
    drawing = modes_chart(FRAME, AXIS, [], marks=[Mark("1", at(20)), Mark("2", at(21))])
    assert drawing.of_kind("mark") == [
        Path(((60, 130), (60, 34), (60, 30)), "mark"),
        Path(((62.5, 130), (62.5, 34), (78, 30)), "mark"),
    ]
    assert drawing.of_kind("mark-badge") == [
        Rect(52, 14, 16, 16, "mark-badge"),
        Rect(70, 14, 16, 16, "mark-badge"),
    ]


def test_answers_are_stacked_and_wrong_ones_hang_below_the_line() -> None:
    steps = bins(
        [sample(20, from_primary=4, from_stand_in=2, withheld=2), sample(40, from_stand_in=8, wrong=2)], 2
    )
    drawing = answers_chart(FRAME, AXIS, steps, ticks=[(0, "0"), (8, "8")], title="answers")
    assert drawing.of_kind("primary") == [Rect(10, 70, 49, 40, "primary")]
    assert drawing.of_kind("stand-in") == [Rect(10, 50, 49, 20, "stand-in"), Rect(60, 30, 49, 80, "stand-in")]
    assert drawing.of_kind("withheld") == [Rect(10, 30, 49, 20, "withheld")]
    assert drawing.of_kind("wrong") == [Rect(60, 110, 49, 20, "wrong")]
    assert drawing.of_kind("grid") == [Line(10, 110, 110, 110, "grid"), Line(10, 30, 110, 30, "grid")]
    assert drawing.of_kind("title") == [Label(2, 13, "answers", "title", "start")]


def test_ages_are_bars_where_the_stand_in_answered() -> None:
    steps = bins([sample(20, age_s=30.0), sample(40, age_s=60.0, from_stand_in=1)], 2)
    drawing = age_chart(
        FRAME, AXIS, steps, unit_s=60, ticks=[(0, "0"), (2, "2")], title="", oldest=(1.5, "oldest")
    )
    assert drawing.of_kind("shown-age") == [Rect(60, 80, 50, 50, "shown-age")]
    assert drawing.of_kind("mirror-age") == []
    assert drawing.of_kind("oldest") == [Line(10, 55, 110, 55, "oldest")]
    assert drawing.of_kind("oldest-text") == [Label(108, 50, "oldest", "oldest-text", "end")]


def test_where_the_stand_in_never_answered_the_mirrors_age_is_a_line_broken_while_dawam_was_away() -> None:
    steps = bins(
        [
            sample(8, age_s=1),
            sample(16, age_s=2),
            sample(24, mode="gone"),
            sample(32, age_s=4),
            sample(40, age_s=0),
        ],
        5,
    )
    drawing = age_chart(FRAME, AXIS, steps, unit_s=1, ticks=[(0, "0"), (4, "4")], title="")
    assert drawing.of_kind("mirror-age") == [
        Path(((30, 105), (50, 80)), "mirror-age"),
        Path(((90, 30), (110, 130)), "mirror-age"),
    ]


def test_exposure_is_an_area_under_its_line_with_peak_and_cap() -> None:
    steps = bins([sample(20, exposure_minor=100), sample(40, exposure_minor=50)], 2)
    drawing = exposure_chart(
        FRAME, AXIS, steps, ticks=[(0, "0"), (200, "2")], title="", peak=(120, "peak"), cap=(200, "cap")
    )
    assert drawing.of_kind("exposure") == [Path(((60, 80), (110, 105)), "exposure")]
    assert drawing.of_kind("exposure-area") == [
        Path(((60, 80), (110, 105), (110, 130), (60, 130)), "exposure-area", area=True)
    ]
    assert drawing.of_kind("peak") == [Line(10, 70, 110, 70, "peak")]
    assert drawing.of_kind("peak-text") == [Label(16, 65, "peak", "peak-text", "start")]
    assert drawing.of_kind("cap") == [Line(10, 30, 110, 30, "cap")]
