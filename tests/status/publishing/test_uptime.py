"""Uptime against an oracle that looks at every minute by itself."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.standin import Mode, Reason
from dawam.status.publishing.uptime import (
    Change,
    Day,
    Part,
    Record,
    Stretch,
    Tally,
    Work,
    day_bounds,
    days_between,
    stretches,
    tally,
    total,
)

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MINUTES = 120


def at(minute):
    return BEGIN + timedelta(minutes=minute)


def oracle(record, minute):
    """What a minute was, said in another way than the code says it."""
    now = at(minute)
    if not [one for one in record.watched if one.start <= now and now < one.end]:
        return "unwatched"
    at_work = [one for one in record.work if one.done.start <= now < one.done.end]
    in_time = [one for one in at_work if now < one.planned_end]
    late = [one for one in at_work if now >= one.planned_end]
    silent = [one for one in record.unanswered if one.start <= now < one.end]
    silent += [one for one in at_work if not one.goes_on]
    if silent:
        return "unanswered_planned" if in_time else "unanswered"
    mode, reason = Mode.NORMAL, None
    for change in record.changes:
        if change.at <= now:
            mode, reason = change.mode, change.reason
    if mode is Mode.NORMAL:
        return "primary"
    if in_time:
        return "standby_planned"
    return "standby_planned" if reason is Reason.MAINTENANCE and not late else "standby"


def spans(low=-20, high=MINUTES + 20):
    return st.tuples(st.integers(low, high), st.integers(low, high)).map(
        lambda pair: Stretch(at(min(pair)), at(max(pair)))
    )


works = st.builds(
    Work, done=spans(), planned_end=st.integers(-20, MINUTES + 20).map(at), goes_on=st.booleans()
)
changes = st.lists(
    st.builds(
        Change,
        at=st.integers(-20, MINUTES + 20).map(at),
        mode=st.sampled_from(Mode),
        reason=st.sampled_from([Reason.MAINTENANCE, Reason.UNREACHABLE, Reason.HEALTHY]),
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda change: change.at))
records = st.builds(
    Record,
    changes=changes,
    watched=st.lists(spans(), max_size=3),
    work=st.lists(works, max_size=3),
    unanswered=st.lists(spans(), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(records)
def test_every_minute_counts_as_the_oracle_says(record):
    counted = dict.fromkeys((part.value for part in Part), 0)
    for minute in range(MINUTES):
        counted[oracle(record, minute)] += 60_000
    told = tally(record, at(0), at(MINUTES))
    assert {part: getattr(told, f"{part}_ms") for part in counted} == counted


@settings(max_examples=100, deadline=None)
@given(records, st.integers(0, MINUTES))
def test_the_parts_have_no_gap_and_two_halves_are_the_whole(record, cut):
    found = stretches(record, at(0), at(MINUTES))
    assert found[0][1].start == at(0)
    assert found[-1][1].end == at(MINUTES)
    assert all(a[1].end == b[1].start and a[0] is not b[0] for a, b in pairwise(found))
    halves = [tally(record, at(0), at(cut)), tally(record, at(cut), at(MINUTES))]
    assert total(halves) == tally(record, at(0), at(MINUTES))


def test_what_nobody_watched_is_no_share_at_all():
    told = tally(Record(), at(0), at(60))
    assert (told.unwatched_ms, told.answered, told.answered_unplanned) == (3_600_000, None, None)


def test_planned_time_without_answers_counts_in_one_share_and_not_in_the_other():
    told = Tally(primary_ms=50, standby_ms=20, unanswered_planned_ms=20, unanswered_ms=10, unwatched_ms=900)
    assert told.answered == pytest.approx(0.7)
    assert told.answered_unplanned == pytest.approx(70 / 80)
    assert told.share(Part.STANDBY) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("tally_of_day", "tone"),
    [
        (Tally(unwatched_ms=9), "neutral"),
        (Tally(primary_ms=9), "good"),
        (Tally(primary_ms=9, standby_ms=1), "notice"),
        (Tally(primary_ms=9, unanswered_planned_ms=1), "notice"),
        (Tally(primary_ms=9, unanswered_ms=1), "warning"),
        (Tally(primary_ms=9, unanswered_ms=3_600_000), "danger"),
    ],
)
def test_a_day_has_the_tone_of_the_worst_in_it(tally_of_day, tone):
    assert Day(day=date(2026, 3, 1), tally=tally_of_day).tone == tone


def test_a_day_is_as_long_as_its_clocks_say():
    paris = ZoneInfo("Europe/Paris")
    lengths = [
        (end - start) / timedelta(hours=1)
        for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))
        for start, end in [day_bounds(day, paris)]
    ]
    assert lengths == [24, 23, 25]


def test_days_are_all_from_first_to_last():
    assert len(days_between(date(2026, 1, 1), date(2026, 3, 31))) == 90
