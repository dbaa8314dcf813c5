"""The advice on quiet hours: its figures against a slow and simple count, and what it says of a start."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.kernel import InvalidInput
from dawam.status.windows import Against, HourCount, HoursOfDay, LoadProfile, MaintenanceSettings, read_load
from dawam.status.windows.advice import Question, advise, apart
from dawam.status.windows.days import Days

from .stage import HOURS

HOURLY = Path(__file__).parents[4] / "shared" / "data" / "load" / "hourly.csv"
RULES = MaintenanceSettings(country="EG", notice=())
UTC_RULES = msgspec.structs.replace(RULES, time_zone="UTC")
MINUTE = timedelta(minutes=1)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


def ask(profile, *, length, earliest, horizon, rules=RULES, **more):
    question = Question(length=length, earliest=earliest, horizon=horizon, noticed_from=earliest, **more)
    return advise(question, profile, rules, Days(rules))


def counted_slowly(profile, starts_at, ends_at, zone):
    """Minute by minute, a sixtieth of the hour each."""
    total, at = Fraction(0), starts_at
    while at < ends_at:
        local = at.astimezone(zone)
        total += profile.expected(local.date(), local.hour) / 60
        at += MINUTE
    return int(total + Fraction(1, 2))


def october(year, day, hour, count):
    return HourCount(day=date(year, 10, day), hour=hour, count=count)


counts = st.lists(st.tuples(st.integers(1, 31), st.integers(0, 23), st.integers(0, 10**7)), max_size=80)
ZONES = st.sampled_from(["Africa/Cairo", "Africa/Casablanca", "Asia/Riyadh", "UTC", "Asia/Kathmandu"])


@settings(max_examples=40, deadline=None)
@given(
    counts=counts,
    zone=ZONES,
    offset=st.integers(0, 40 * 24 * 60),
    minutes=st.integers(1, 7 * 60),
    stretch=st.integers(0, 300),
    year=st.sampled_from([None, 2025, 2026]),
)
def test_every_figure_and_the_order_are_those_of_a_slow_count(counts, zone, offset, minutes, stretch, year):
    rules = msgspec.structs.replace(RULES, time_zone=zone)
    profile = LoadProfile([october(year or 2000, *one) for one in counts], dated=year is not None)
    earliest = OCTOBER + timedelta(minutes=offset)  # past the end of daylight saving too
    length = timedelta(minutes=minutes)
    advice = ask(
        profile,
        length=length,
        earliest=earliest,
        horizon=earliest + length + timedelta(minutes=stretch),
        rules=rules,
    )
    starts = [
        start
        for step in range(40)
        if (start := earliest.replace(hour=0, minute=0) + step * timedelta(minutes=30)) >= earliest
        and start + length <= earliest + length + timedelta(minutes=stretch)
    ]
    slow = {start: counted_slowly(profile, start, start + length, rules.zone) for start in starts if True}
    assert {one.starts_at: one.operations for one in advice.candidates if one.starts_at in slow} == slow
    order = [(bool(one.against), one.operations, one.starts_at) for one in advice.candidates]
    assert order == sorted(order)


def test_parts_of_hours_count_in_proportion():
    profile = LoadProfile([october(2026, 2, hour, hour * 100) for hour in range(24)])
    start = datetime(2026, 10, 2, 3, 30, tzinfo=UTC)
    (only,) = ask(
        profile, length=2 * HOURS, earliest=start, horizon=start + 2 * HOURS, rules=UTC_RULES
    ).candidates
    assert only.operations == 150 + 400 + 250
    assert only.counted


def test_the_hour_that_autumn_repeats_counts_twice():
    flat = LoadProfile([october(2026, day, hour, 60) for day in range(1, 32) for hour in range(24)])
    start = datetime(2026, 10, 29, 20, tzinfo=UTC)  # 23:00 in Cairo; at midnight clocks go back
    (only,) = ask(flat, length=2 * HOURS, earliest=start, horizon=start + 2 * HOURS).candidates
    assert only.operations == 120


def test_other_months_go_by_the_week_when_the_year_is_known_and_else_by_the_day():
    by_day = [october(2026, day, 5, 700 if date(2026, 10, day).weekday() == 4 else 0) for day in range(1, 29)]
    friday, monday = date(2026, 12, 4), date(2026, 12, 7)
    weekly = LoadProfile(by_day)
    daily = LoadProfile(
        [msgspec.structs.replace(one, day=one.day.replace(year=2000)) for one in by_day], dated=False
    )
    assert (weekly.expected(friday, 5), weekly.expected(monday, 5)) == (700, 0)
    assert (daily.expected(friday, 5), daily.expected(monday, 5)) == (100, 100)
    assert weekly.expected(date(2026, 10, 2), 5) == daily.expected(date(2027, 10, 2), 5) == 700
    assert weekly.expected(date(2027, 10, 2), 5) == 0  # a Saturday: that Friday was another year's
    assert LoadProfile([]).expected(friday, 5) == 0


def test_what_speaks_against_a_start_is_named_the_weightiest_first():
    rules = MaintenanceSettings(
        country="EG",
        avoid_weekend=True,
        pay_days=(-1, 25),
        friday_prayer=HoursOfDay(begins=time(11, 30), ends=time(13)),
        prayers=(HoursOfDay(begins=time(5), ends=time(5, 30)),),
        ramadan_evening=HoursOfDay(begins=time(18), ends=time(1)),
    )

    def against(*local, length=HOURS, **more):
        start = datetime(*local, tzinfo=rules.zone).astimezone(UTC)
        (only,) = ask(
            LoadProfile([]), length=length, earliest=start, horizon=start + length, rules=rules, **more
        ).candidates
        return [one.kind for one in only.against]

    assert against(2026, 12, 7, 2, 0) == []
    assert against(2026, 12, 7, 4, 30) == [Against.PRAYER]
    assert against(2026, 12, 7, 4, 0) == []
    assert against(2026, 12, 4, 12, 30) == [Against.WEEKEND, Against.FRIDAY_PRAYER]
    assert against(2026, 12, 31, 2, 0) == [Against.PAY_DAY]
    assert against(2026, 12, 25, 2, 0) == [Against.PAY_DAY, Against.WEEKEND]
    assert against(2027, 1, 7, 2, 0) == [Against.PUBLIC_HOLIDAY]
    assert against(2027, 2, 15, 20, 0) == [Against.RAMADAN_EVENING]
    assert against(2027, 2, 16, 0, 30) == [Against.RAMADAN_EVENING]
    assert against(2027, 2, 16, 1, 0) == []
    assert against(2027, 1, 31, 23, 30) == [Against.PAY_DAY]
    start = datetime(2026, 12, 7, 0, tzinfo=UTC)
    assert against(2026, 12, 7, 2, 0, busy=((start + HOURS / 2, start + HOURS),)) == [Against.OTHER_WINDOW]


def test_a_start_with_nothing_against_it_comes_before_a_quieter_one():
    profile = LoadProfile(
        [
            HourCount(day=date(2026, 12, day), hour=hour, count=0 if day == 25 else 9)
            for day in (24, 25)
            for hour in range(24)
        ]
    )
    rules = msgspec.structs.replace(RULES, pay_days=(25,))
    begin = datetime(2026, 12, 23, 22, tzinfo=UTC)
    advice = ask(profile, length=HOURS, earliest=begin, horizon=begin + 48 * HOURS, rules=rules)
    assert advice.candidates[0].operations == 9
    assert advice.candidates[-1].operations in (0, 5)
    assert advice.busiest == 9


def test_a_choice_of_nights_does_not_overlap():
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    advice = ask(LoadProfile([]), length=2 * HOURS, earliest=begin, horizon=begin + 12 * HOURS)
    chosen = apart(advice.candidates, 4)
    assert [one.starts_at for one in chosen] == [begin + 2 * n * HOURS for n in range(4)]


@pytest.mark.parametrize(
    "line", ["10,0,24,5", "10,31,0,5", "13,0,0,5", "10,0,0,-1", "10,0,0,x", "10,0,0", "10,,0,1"]
)
def test_a_line_that_is_none_is_named(tmp_path, line):
    file = tmp_path / "load.csv"
    file.write_text(f"month,day,hour,count\n10,0,0,1\n{line}\n")
    with pytest.raises(InvalidInput, match=r"load_line_invalid \(line=3\)"):
        read_load(file)
    with pytest.raises(InvalidInput, match="load_file_unreadable"):
        read_load(tmp_path / "nothing.csv")


def test_the_quietest_and_the_busiest_two_hours_of_a_week_of_an_operator():
    if not HOURLY.exists():
        pytest.skip("../shared/data/load/hourly.csv is not here")
    profile = read_load(HOURLY, year=2026)
    assert (profile.total, profile.days) == (24_576_685, 30)
    begin = datetime(2026, 10, 6, tzinfo=UTC)
    length, week = 2 * HOURS, timedelta(days=7)
    advice = ask(profile, length=length, earliest=begin, horizon=begin + week, rules=UTC_RULES)
    plain = plain_sums(begin, 7 * 24)
    whole = {one.starts_at: one.operations for one in advice.candidates if one.starts_at.minute == 0}
    assert whole == {begin + hour * HOURS: plain[hour] + plain[hour + 1] for hour in range(7 * 24 - 1)}
    best = apart(advice.candidates, 3)
    worst = max(advice.candidates, key=lambda one: one.operations)
    assert [(f"{one.starts_at:%d %H:%M}", one.operations) for one in best] == QUIETEST
    assert (f"{worst.starts_at:%d %H:%M}", worst.operations) == BUSIEST


def plain_sums(begin, hours):
    """Operations of each hour, added up from the lines of the file."""
    with HOURLY.open() as lines:
        rows = [(int(row["day"]) + 1, int(row["hour"]), int(row["count"])) for row in csv.DictReader(lines)]
    found = []
    for step in range(hours):
        at = begin + step * HOURS
        found.append(sum(count for day, hour, count in rows if (day, hour) == (at.day, at.hour)))
    return found


QUIETEST = [("06 04:00", 0), ("06 06:00", 0), ("06 08:00", 0)]
BUSIEST = ("06 19:00", 589_163)


def test_a_month_that_was_not_counted_is_advised_by_means():
    if not HOURLY.exists():
        pytest.skip("../shared/data/load/hourly.csv is not here")
    december = datetime(2026, 12, 7, tzinfo=UTC)
    found = [
        ask(
            read_load(HOURLY, year=year),
            length=2 * HOURS,
            earliest=december,
            horizon=december + timedelta(days=1),
            rules=UTC_RULES,
        )
        for year in (2026, None)
    ]
    assert not any(one.counted for advice in found for one in advice.candidates)
    assert [(f"{advice.candidates[0].starts_at:%H:%M}", advice.busiest) for advice in found] == MEANS


MEANS = [("05:00", 108_144), ("04:00", 211_513)]
