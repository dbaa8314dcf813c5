from datetime import UTC, datetime, timedelta

import pytest

from dawam.simulation.report_page.scales import Scale, time_ticks, value_ticks


def test_a_scale_is_a_straight_line_also_upwards() -> None:
    assert [Scale(0, 10, 200, 100)(value) for value in (0, 2.5, 10)] == [200, 175, 100]


def test_a_scale_of_one_value_puts_it_at_the_start() -> None:
    assert Scale(3, 3, 10, 90)(3) == 10


@pytest.mark.parametrize(
    ("high", "whole", "ticks"),
    [
        (0, False, [0, 1]),
        (1, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (4, False, [0, 1, 2, 3, 4]),
        (16.5, False, [0, 5, 10, 15, 20]),
        (0.36, False, [0, 0.1, 0.2, 0.3, 0.4]),
        (970, True, [0, 500, 1000]),
        (2**63, False, [0, 5e18, 1e19]),
    ],
)
def test_values_are_marked_in_round_steps_up_to_the_highest(
    high: float, whole: bool, ticks: list[float]
) -> None:
    assert value_ticks(high, whole=whole) == ticks


@pytest.mark.parametrize(
    ("length_s", "marks", "skeleton"),
    [
        (30, ["07:00:05", "07:00:10", "07:00:15", "07:00:20", "07:00:25", "07:00:30"], "Hms"),
        (3_600, ["07:10:00", "07:20:00", "07:30:00", "07:40:00", "07:50:00", "08:00:00"], "Hm"),
        (43_200, ["08:00:00", "10:00:00", "12:00:00", "14:00:00", "16:00:00", "18:00:00"], "Hm"),
    ],
)
def test_times_are_marked_at_round_moments(length_s: float, marks: list[str], skeleton: str) -> None:
    start = datetime(2026, 11, 1, 7, 0, 1, tzinfo=UTC)
    ticks = time_ticks(start, start + timedelta(seconds=length_s))
    assert ([f"{moment:%H:%M:%S}" for moment in ticks.moments], ticks.skeleton) == (marks, skeleton)


def test_days_months_and_years_are_marked_at_their_beginnings() -> None:
    start = datetime(1993, 1, 1, 12, tzinfo=UTC)
    days = time_ticks(start, start + timedelta(days=9))
    months = time_ticks(start, start + timedelta(days=500))
    years = time_ticks(start, start + timedelta(days=2_190))
    assert [f"{moment:%m-%d}" for moment in days.moments] == ["01-03", "01-05", "01-07", "01-09"]
    assert [f"{moment:%Y-%m}" for moment in months.moments] == [
        "1993-04",
        "1993-07",
        "1993-10",
        "1994-01",
        "1994-04",
    ]
    assert [f"{moment:%Y}" for moment in years.moments] == ["1994", "1995", "1996", "1997", "1998"]
    assert (days.skeleton, months.skeleton, years.skeleton) == ("MMMd", "yMMM", "y")


def test_a_run_of_no_length_has_its_ticks_too() -> None:
    start = datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert time_ticks(start, start).moments == (start,)
