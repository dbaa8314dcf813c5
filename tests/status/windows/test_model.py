"""The rules of a window, in their order, and what each refuses."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from dawam.kernel import DawamError
from dawam.status.notices import NoticeText
from dawam.status.windows import MaintenanceSettings, NoticeRule, Times, WindowState, model
from dawam.status.windows.days import Days, days_of_notice, latest_announcement, noticed_from
from dawam.status.windows.moves.model import moved

from .stage import HOURS, NIGHT, START, Desk, texts

LONGEST = 72 * HOURS
LATER = Times(NIGHT + 24 * HOURS, NIGHT + 26 * HOURS)
DESK = Desk()


def code_of(act, *arguments, **options):
    """The code with which something is refused; None when it is not."""
    try:
        act(*arguments, **options)
    except DawamError as error:
        return error.code
    return None


def planned(**changes):
    return model.planned(DESK.draft(**changes), by="amal", now=START)


def running(**changes):
    before = model.announced(planned(**changes), latest=NIGHT, now=START)
    return model.started(before, now=before.starts_at)


REFUSED = [
    ({"institution": "nobody", "capabilities": ()}, "window_institution_unknown"),
    ({"capabilities": ("teleport",), "scope": ""}, "window_capability_unknown"),
    ({"goes_on": ("teleport",)}, "window_capability_unknown"),
    ({"capabilities": (), "goes_on": ("balance",)}, "window_capability_missing"),
    ({"goes_on": ("statement",), "scope": ""}, "window_goes_on_unaffected"),
    ({"scope": " ", "ends_at": NIGHT - HOURS}, "window_scope_missing"),
    ({"ends_at": NIGHT, "starts_at": NIGHT}, "window_ends_before_start"),
    ({"starts_at": START - 2 * HOURS, "ends_at": START - 3 * HOURS}, "window_ends_before_start"),
    ({"starts_at": START, "ends_at": START + HOURS}, "window_in_past"),
    ({"ends_at": NIGHT + 72 * HOURS + timedelta(seconds=1), "texts": {}}, "window_too_long"),
    ({"ends_at": NIGHT + 72 * HOURS}, None),
    ({"texts": {"ar": NoticeText("ا", "ب"), "en": NoticeText("a", "b")}}, "window_text_missing"),
    ({"texts": {**texts(), "fr": NoticeText("titre", " \n")}}, "window_text_missing"),
    ({"texts": {**texts(), "en": NoticeText("x" * 121, "body")}}, "window_text_too_long"),
    ({"scope": "x" * 301}, "window_text_too_long"),
    ({}, None),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED)
def test_a_draft_is_refused_by_the_first_rule_that_it_breaks(changes, code):
    draft = DESK.draft(**changes)
    assert code_of(model.check_draft, draft, institutions=("misr",), longest=LONGEST, now=START) == code


OVERLAPS = [
    (NIGHT - 2 * HOURS, NIGHT, ("balance",), False),
    (NIGHT - 2 * HOURS, NIGHT + timedelta(seconds=1), ("balance",), True),
    (NIGHT + 2 * HOURS, NIGHT + 3 * HOURS, ("balance",), False),
    (NIGHT + HOURS, NIGHT + 3 * HOURS, ("statement",), False),
    (NIGHT - HOURS, NIGHT + 9 * HOURS, ("statement", "cheque"), True),
]


@pytest.mark.parametrize(("starts_at", "ends_at", "capabilities", "refused"), OVERLAPS)
def test_two_windows_never_take_the_same_capability_at_once(starts_at, ends_at, capabilities, refused):
    other = planned()
    found = code_of(model.check_free, starts_at, ends_at, capabilities, [other])
    assert found == ("window_overlaps" if refused else None)
    over = model.cancelled(other, now=START)
    assert code_of(model.check_free, starts_at, ends_at, capabilities, [over]) is None


def test_the_refusal_names_the_other_window():
    with pytest.raises(DawamError) as refusal:
        model.check_free(NIGHT, NIGHT + HOURS, ("balance",), [planned()], zone=DESK.rules["misr"].zone)
    assert refusal.value.params == {
        "scope": "core banking, release 4.2",
        "starts_at": "2026-12-08 02:00",
        "ends_at": "2026-12-08 04:00",
    }


STATES = {
    "planned": planned,
    "announced": lambda: model.announced(planned(), latest=NIGHT, now=START),
    "started": running,
    "extended": lambda: model.extended(running(), NIGHT + 3 * HOURS, longest=LONGEST, now=NIGHT),
    "finished": lambda: model.finished(running(), now=NIGHT + HOURS),
    "cancelled": lambda: model.cancelled(planned(), now=START),
}
ACTS = {
    "announce": lambda window: model.announced(window, latest=NIGHT, now=START),
    "approve": lambda window: model.approved(window, seen=window.sequence, by="badr", now=START),
    "reword": lambda window: model.reworded(window, texts(), now=START),
    "move": lambda window: moved(window, LATER, texts(), short_notice=None, longest=LONGEST, now=START),
    "start": lambda window: model.started(window, now=NIGHT),
    "extend": lambda window: model.extended(window, NIGHT + 4 * HOURS, longest=LONGEST, now=NIGHT),
    "overrun": lambda window: model.overran(window, now=NIGHT + 3 * HOURS),
    "finish": lambda window: model.finished(window, now=NIGHT + HOURS),
    "cancel": lambda window: model.cancelled(window, now=START),
}
TABLE = """
          planned  announced  started  extended  finished  cancelled
announce  ok       planned    planned  planned   planned   planned
approve   nothing  planned    planned  planned   planned   planned
reword    ok       ok         ok       ok        over      over
move      ok       ok         moved    moved     over      over
start     announced ok        announced announced announced announced
extend    running  running    ok       ok        running   running
overrun   running  running    ok       ok        running   running
finish    running  running    ok       ok        running   running
cancel    ok       ok         begun    begun     over      over
"""
WORDS = {
    "ok": None,
    "planned": "window_not_planned",
    "nothing": "window_nothing_to_approve",
    "over": "window_over",
    "announced": "window_not_announced",
    "running": "window_not_running",
    "moved": "window_move_after_start",
    "begun": "window_cancel_after_start",
}


def test_every_act_in_every_state():
    head, *lines = TABLE.strip().splitlines()
    for line in lines:
        act, *answers = line.split()
        for state, answer in zip(head.split(), answers, strict=True):
            assert code_of(ACTS[act], STATES[state]()) == WORDS[answer], (act, state)


EXTENSIONS = [
    (NIGHT + 2 * HOURS, NIGHT, "window_extension_not_later"),
    (NIGHT + 3 * HOURS, NIGHT + 4 * HOURS, "window_extension_in_past"),
    (NIGHT + 73 * HOURS, NIGHT, "window_too_long"),
    (NIGHT + 72 * HOURS, NIGHT, None),
]


@pytest.mark.parametrize(("ends_at", "now", "code"), EXTENSIONS)
def test_an_extension_goes_forward_and_not_too_far(ends_at, now, code):
    assert code_of(model.extended, running(), ends_at, longest=LONGEST, now=now) == code


def test_an_early_end_moves_the_end_and_a_late_one_does_not():
    early, late = (
        model.finished(running(), now=NIGHT + HOURS),
        model.finished(running(), now=NIGHT + 5 * HOURS),
    )
    assert (early.ends_at, early.sequence) == (NIGHT + HOURS, 1)
    assert (late.ends_at, late.sequence) == (NIGHT + 2 * HOURS, 0)
    assert early.state is late.state is WindowState.FINISHED
    assert early.planned_ends_at == NIGHT + 2 * HOURS


def test_a_late_announcement_needs_a_reason_and_a_second_person():
    late = START + timedelta(days=30)
    window = planned(starts_at=late + HOURS)
    assert code_of(model.announced, window, latest=START, now=late) == "window_notice_too_short"
    asked = planned(starts_at=late + HOURS, short_notice_reason="a leak")
    assert code_of(model.announced, asked, latest=START, now=late) == "window_approval_missing"
    assert code_of(model.approved, asked, seen=0, by="amal", now=late) == "window_own_approval"
    assert code_of(model.approved, asked, seen=1, by="badr", now=late) == "window_changed"
    agreed = model.approved(asked, seen=0, by="badr", now=late)
    assert code_of(model.approved, agreed, seen=0, by="caro", now=late) == "window_nothing_to_approve"
    assert model.announced(agreed, latest=START, now=late).state is WindowState.ANNOUNCED
    assert code_of(model.announced, agreed, latest=START, now=late + HOURS) == "window_start_passed"


RULES = MaintenanceSettings(
    country="EG",
    notice=(NoticeRule(up_to_hours=4, working_days=5), NoticeRule(up_to_hours=12, working_days=7)),
)
NOTICE = [(1, 5), (4, 5), (4.1, 7), (12, 7), (50, 7)]


@pytest.mark.parametrize(("hours", "working_days"), NOTICE)
def test_longer_windows_need_longer_notice(hours, working_days):
    assert days_of_notice(timedelta(hours=hours), RULES) == working_days


LATEST = [
    # the start on the clock, in Cairo; hours; the latest announcement on it
    (datetime(2026, 12, 8, 2), 2, datetime(2026, 12, 1, 0)),  # 7, 6, 3, 2, 1; 4 and 5 are a weekend
    (datetime(2026, 12, 8, 23), 2, datetime(2026, 12, 1, 0)),
    (datetime(2026, 12, 5, 2), 2, datetime(2026, 11, 29, 0)),  # a Saturday itself
    (datetime(2027, 1, 11, 2), 2, datetime(2027, 1, 3, 0)),  # 10, 6, 5, 4, 3; 7 is a holiday
    (datetime(2026, 12, 8, 2), 5, datetime(2026, 11, 29, 0)),
]


@pytest.mark.parametrize(("start", "hours", "latest"), LATEST)
def test_weekends_and_holidays_are_no_notice(start, hours, latest):
    starts_at = start.replace(tzinfo=RULES.zone).astimezone(UTC)
    found = latest_announcement(starts_at, timedelta(hours=hours), RULES, Days(RULES))
    assert found.astimezone(RULES.zone).replace(tzinfo=None) == latest


def test_a_weekend_is_the_countrys_unless_it_is_set():
    saturday, friday, sunday = date(2026, 12, 5), date(2026, 12, 4), date(2026, 12, 6)
    egypt, morocco = Days(RULES), Days(MaintenanceSettings(country="MA", time_zone="Africa/Casablanca"))
    own = Days(msgspec.structs.replace(RULES, weekend=("sun",)))
    assert [egypt.weekend(day) for day in (friday, saturday, sunday)] == [True, True, False]
    assert [morocco.weekend(day) for day in (friday, saturday, sunday)] == [False, True, True]
    assert [own.weekend(day) for day in (friday, saturday, sunday)] == [False, False, True]


def test_the_first_start_with_enough_notice_is_the_first_whose_latest_moment_is_not_past():
    days = Days(RULES)
    for hour in range(0, 24 * 12, 5):
        now = START + timedelta(hours=hour)
        first = noticed_from(now, 2 * HOURS, RULES, days)
        assert latest_announcement(first, 2 * HOURS, RULES, days) >= now
        assert latest_announcement(first - timedelta(minutes=1), 2 * HOURS, RULES, days) < now


def test_settings_that_cannot_be_are_refused():
    for wrong in ({"time_zone": "Nowhere/City"}, {"country": "Egypt"}, {"pay_days": (0,)}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            MaintenanceSettings(**wrong)
    with pytest.raises(ValueError, match="notice"):
        MaintenanceSettings(
            notice=(NoticeRule(up_to_hours=4, working_days=1), NoticeRule(up_to_hours=2, working_days=1))
        )
    assert code_of(Days, MaintenanceSettings(country="XX")) == "window_country_unknown"
