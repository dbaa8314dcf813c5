"""Advice from the bookings that the institution’s own feed has told of, posted by a real mirror."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dawam import ledger, primary
from dawam.ledger import Ledger
from dawam.primary import BookedHours, Event, Mirror, MirrorSettings
from dawam.status.windows import TABLES, MaintenanceSettings, Ports, Windows
from dawam.status.windows.advice import Source, load_of_feed
from dawam.storage import Storage

from .stage import HOURS, Browser, Desk, plan_fields

CAIRO = ZoneInfo("Africa/Cairo")
RULES = MaintenanceSettings(notice=())
DAY = timedelta(days=1)
QUIET, USUAL, FRIDAYS = 0, 2, 5


class Town:
    """People who sleep from 03:00 to 05:00 on their clock and pay most on Fridays; their bank's mirror."""

    def __init__(self, url="sqlite://", **rules):
        self.storage = Storage.open(url, tables=[*ledger.TABLES, *primary.TABLES, *TABLES], inline=True)
        self.mirror = Mirror.open(
            "misr", storage=self.storage, ledger=Ledger(self.storage), settings=MirrorSettings()
        )
        self.rules = msgspec.structs.replace(RULES, **rules)
        self.desk = Desk(storage=self.storage, rules={"misr": self.rules})
        self.windows = self.desk.windows = Windows(
            self.storage,
            self.desk.world,
            {"misr": self.rules},
            Ports(booked=lambda _, since, until: self.mirror.booked_hours(since, until)),
        )
        self.seq = 0

    def live(self, since, until):
        """Book what people do between two moments, an hour's payments over the hour."""
        events, at = [], since
        while at < until:
            local = at.astimezone(CAIRO)
            usual = FRIDAYS if local.weekday() == 4 else USUAL
            for number in range(QUIET if local.hour in (3, 4) else usual):
                self.seq += 1
                events.append(
                    Event(
                        seq=self.seq, event_id=f"E{self.seq}", account="A", amount_minor=1, currency="EGP",
                        balance_after_minor=self.seq, booked_at=at + number * timedelta(minutes=9),
                        kind="transfer")
                )  # fmt: skip
            at += HOURS
        for start in range(0, len(events), 500):
            asyncio.run(self.mirror.take(events[start : start + 500], until))
        self.desk.clock.moment = until

    def load(self):
        return self.windows.adviser.load_of("misr")

    def best(self, length=2 * HOURS):
        advice = self.windows.adviser.advise("misr", self.load(), length, days_ahead=21, capabilities=())
        return advice.candidates[0]


@pytest.fixture
def town(database_url):
    place = Town(database_url)
    yield place
    place.storage.close()


def moment(*local):
    return datetime(*local, tzinfo=CAIRO).astimezone(UTC)


def test_events_of_a_mirror_over_new_year_give_advice(town):
    town.live(moment(2026, 12, 10, 17), moment(2027, 1, 12, 9))
    load = town.load()
    assert (load.source, load.days, load.weekly) == (Source.FEED, 32, True)
    best = town.best()
    assert (best.starts_at, best.operations) == (moment(2027, 1, 13, 3), 0)
    friday, sunday = date(2027, 2, 5), date(2027, 2, 7)
    assert [load.expected(friday, hour) for hour in (3, 12)] == [0, FRIDAYS]
    assert [load.expected(sunday, hour) for hour in (3, 12)] == [0, USUAL]
    assert town.best(6 * HOURS).operations == 4 * USUAL


@pytest.mark.parametrize(
    ("since", "until", "hour", "day"),
    [
        # clocks go back on Friday, 30 October 2026 at 00:00 to 23:00, and forward on 30 April 2027 over 00:00
        (moment(2026, 10, 11), moment(2026, 11, 12, 9), 23, date(2026, 11, 19)),
        (moment(2027, 4, 11), moment(2027, 5, 12, 9), 0, date(2027, 5, 21)),
    ],
)
def test_hours_stay_those_of_the_clock_when_it_is_changed(town, since, until, hour, day):
    town.live(since, until)
    load, usual = town.load(), FRIDAYS if day.weekday() == 4 else USUAL
    assert load.days == (until.astimezone(CAIRO).date() - since.astimezone(CAIRO).date()).days - 1
    for one in range(24):
        assert load.expected(day, one) == (0 if one in (3, 4) else usual), one
    assert load.expected(day, hour) == usual
    best = town.best()
    assert (best.starts_at.astimezone(CAIRO).hour, best.operations) == (3, 0)


def test_what_was_not_observed_is_not_quiet():
    town = Town()
    town.live(moment(2026, 11, 1), moment(2026, 11, 20, 12))
    before = town.load()
    town.desk.clock.moment += 6 * DAY  # nothing came since: the mirror stood
    after = town.load()
    assert (before.days, after.days) == (18, 18)
    assert all(
        before.expected(day, hour) == after.expected(day, hour)
        for day in (date(2026, 12, 1) + n * DAY for n in range(7))
        for hour in range(24)
    )
    town.live(town.desk.clock.moment, town.desk.clock.moment + DAY)
    assert town.load().days == 25  # the feed has told of that stretch: nobody paid
    town.storage.close()


def test_advice_begins_when_each_day_of_the_week_was_observed():
    town = Town()
    browser = Browser(town.desk, "amal")
    form = {**plan_fields(town.desk), **browser.form("/console/windows/plan"), "act": "look"}

    def told():
        return browser.post("/console/windows/plan", {**form, "institution": "misr"}).text

    assert "own feed: 0 whole days so far. Advice on quiet hours begins at 7 days." in told()
    town.live(moment(2026, 11, 1, 15), moment(2026, 11, 3, 9))
    assert "own feed: 1 whole day so far." in told()
    assert "It would meet" not in told()
    town.live(moment(2026, 11, 3, 9), moment(2026, 11, 9, 12))
    assert "over 7 whole days; the busiest start would meet" in told()
    assert "means of the same hours on all days" in told()
    assert "It would meet" in told()
    town.live(moment(2026, 11, 9, 12), moment(2026, 11, 17, 12))
    assert "means of the same hours on the same day of the week" in told()
    town.storage.close()


def test_only_the_last_weeks_count():
    town = Town(load_weeks=2)
    town.live(moment(2026, 11, 1), moment(2026, 11, 30, 12))
    assert town.load().days == 14
    town.storage.close()


def test_a_file_speaks_alone(tmp_path):
    file = tmp_path / "load.csv"
    file.write_text("month,day,hour,count\n10,0,3,900\n")
    town = Town(load_file=str(file))
    town.live(moment(2026, 11, 1), moment(2026, 11, 20, 12))
    load = town.load()
    assert (load.source, load.days, load.expected(date(2026, 12, 1), 3)) == (Source.FILE, 1, 900)
    town.storage.close()


def test_hours_of_a_clock_at_odds_with_utc_are_divided_in_proportion():
    kathmandu = ZoneInfo("Asia/Kathmandu")  # 5:45 ahead
    begins = datetime(2026, 11, 1, 19, tzinfo=UTC)  # 00:45 on the 2nd
    hours = [begins + n * HOURS for n in range(73)]
    load = load_of_feed(BookedHours(begins, hours[-1], {hour: hour.hour * 60 for hour in hours}), kathmandu)
    assert load.days == 2  # the 3rd and the 4th
    # 10:00 to 11:00 is 04:15 to 05:15 UTC
    assert load.expected(date(2026, 11, 3), 10) == Fraction(45 * 4 + 15 * 5)
    assert load.expected(date(2026, 11, 9), 10) == Fraction(45 * 4 + 15 * 5)
    assert load_of_feed(None, kathmandu).days == 0
