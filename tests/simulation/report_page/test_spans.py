from dawam.simulation.report_page.spans import GONE, Lane, Span, lanes, within
from dawam.standin import Capability, Mode

from .made import at, change, sample

STANDING_IN, RECOVERING, NORMAL = Mode.STANDING_IN, Mode.RECOVERING, Mode.NORMAL
EVERYTHING = tuple(each.value for each in Capability)


def test_capabilities_with_one_story_share_a_lane() -> None:
    changes = [
        *change(10, STANDING_IN),
        *change(20, RECOVERING, share_percent=50),
        *change(25, NORMAL, share_percent=100),
    ]
    assert lanes(changes, [], at(0), at(30)) == [
        Lane(
            EVERYTHING,
            (
                Span(at(0), at(10), "normal", 100),
                Span(at(10), at(20), "standing_in", 0),
                Span(at(20), at(25), "recovering", 50),
                Span(at(25), at(30), "normal", 100),
            ),
        )
    ]


def test_a_capability_with_another_story_has_a_lane_of_its_own() -> None:
    found = lanes(change(10, STANDING_IN, Capability.BALANCE), [], at(0), at(30))
    assert [lane.capabilities for lane in found] == [
        ("balance",),
        ("payment", "withdrawal", "cheque", "statement"),
    ]


def test_changes_of_one_moment_leave_the_last_mode_only() -> None:
    changes = [*change(10, STANDING_IN), *change(10, RECOVERING, share_percent=1)]
    (lane,) = lanes(changes, [], at(0), at(30))
    assert [span.mode for span in lane.spans] == ["normal", "recovering"]


def test_while_dawam_is_away_no_mode_holds() -> None:
    samples = [sample(5), sample(10), sample(15, mode=GONE), sample(20, mode=GONE), sample(25)]
    (lane,) = lanes(change(12, STANDING_IN), samples, at(0), at(30))
    assert lane.spans == (
        Span(at(0), at(10), "normal", 100),
        Span(at(10), at(20), GONE, 100),
        Span(at(20), at(30), "standing_in", 0),
    )


def test_without_recorded_changes_the_samples_tell_the_modes() -> None:
    samples = [sample(5), sample(10, mode="standing_in", share_percent=0), sample(15)]
    (lane,) = lanes([], samples, at(0), at(15))
    assert [(span.start, span.mode) for span in lane.spans] == [
        (at(0), "normal"),
        (at(5), "standing_in"),
        (at(10), "normal"),
    ]


def test_a_close_up_cuts_the_lanes_and_joins_those_that_do_not_differ_there() -> None:
    both = lanes(change(10, STANDING_IN, Capability.BALANCE), [], at(0), at(30))
    (early,) = within(both, at(2), at(8))
    assert early == Lane(EVERYTHING, (Span(at(2), at(8), "normal", 100),))
    assert len(within(both, at(8), at(12))) == 2
