from dawam.simulation.report_page.bins import bins, length_s
from dawam.simulation.report_page.spans import GONE

from .made import at, sample


def test_counts_are_added_and_of_levels_the_highest_is_kept() -> None:
    samples = [
        sample(10, from_primary=3, withheld=1, age_s=2.0, exposure_minor=50),
        sample(20, from_stand_in=4, wrong=1, age_s=5.0, exposure_minor=20),
        sample(30, from_primary=1, age_s=9.0),
    ]
    first, second = bins(samples, 2)
    assert (first.start, first.end, first.asked) == (at(0), at(20), 8)
    assert (first.primary, first.stand_in, first.withheld, first.wrong) == (3, 4, 1, 1)
    assert (first.age_s, first.shown_age_s, first.exposure_minor) == (5.0, 5.0, 50)
    assert (second.start, second.end, second.primary, second.shown_age_s) == (at(20), at(40), 1, None)


def test_a_step_without_dawam_has_no_levels() -> None:
    (step,) = bins([sample(10, mode=GONE)], 5)
    assert (step.age_s, step.exposure_minor) == (None, None)


def test_samples_that_lie_closer_in_places_still_make_equal_steps() -> None:
    samples = [sample(10), sample(20), sample(21), sample(22), sample(30), sample(30)]
    assert [(step.start, step.end) for step in bins(samples, 10)] == [
        (at(0), at(10)),
        (at(10), at(20)),
        (at(20), at(30)),
    ]
    assert length_s(samples, 10) == 10


def test_four_hundred_samples_make_no_more_steps_than_asked_for() -> None:
    samples = [sample(number * 0.375) for number in range(1, 402)]
    assert len(bins(samples, 110)) <= 110
    assert len(bins(samples, 401)) == 401


def test_no_samples_make_no_steps() -> None:
    assert bins([], 10) == []
