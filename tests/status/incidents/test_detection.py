"""Incidents open, merge, speak and close by themselves."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.standin import BalanceChecks, Capability, Mode, Reason
from dawam.status.incidents import EntryKind, IncidentSettings, Nature, Ports, State
from dawam.status.incidents.reports import figures_of
from dawam.storage import Storage, outbox

from .conftest import AWAY, BACK, BANK, NORMAL, PEOPLE, START, TABLES, Play, touched


def test_a_failure_opens_an_incident_that_says_so_at_once_and_once(play):
    play.change(AWAY)
    incident = play.one()
    assert (incident.state, incident.nature, incident.opened_at) == (
        State.DETECTED,
        Nature.UNREACHABLE,
        START,
    )
    assert (incident.customers_affected, incident.customers_total) == (1_000, 1_000)
    assert len(incident.capabilities) == 5
    (notice,) = play.notices.of_subject(incident.id)
    assert notice.texts["en"].title == (
        "Balances, Payments, Withdrawals, Cheques and Statements: the standby system answers"
    )
    assert "being confirmed" in notice.texts["en"].body
    assert set(notice.texts) == {"ar", "fr", "en"}
    assert notice.kind == "incident"


@pytest.mark.parametrize("reason", [Reason.MAINTENANCE])
def test_planned_work_is_no_incident(play, reason):
    play.change(AWAY, reason=reason)
    play.change(BACK, reason=reason)
    play.change(NORMAL)
    assert play.incidents.history(BANK, None) == []


def test_more_capabilities_and_weightier_reasons_are_the_same_incident(play):
    play.change(AWAY, "payment", reason=Reason.SLOW)
    play.pass_s(5)
    play.change(AWAY, "balance", reason=Reason.CONTRADICTED)
    play.pass_s(5)
    play.change(AWAY, "payment", reason=Reason.FEED_STALE)
    incident = play.one()
    assert incident.nature is Nature.CONTRADICTED
    assert incident.capabilities == ("payment", "balance")
    assert len(play.titles()) == 1
    play.pass_s(120)
    assert play.titles()[1:] == ["Balances and Payments: the standby system answers"]


def test_restoration_is_told_step_by_step_and_all_normal_is_watched(play):
    play.change(AWAY)
    play.pass_s(600)
    for share in (1, 10):
        play.change(BACK, share=share)
        play.pass_s(130)
    assert play.one().share_percent == 10
    play.change(NORMAL)
    incident = play.one()
    assert incident.state is State.MONITORING
    assert incident.restored_at == play.clock.now()
    assert [title.partition(": ")[2] or title for title in play.titles()] == [
        "the standby system answers",
        "returning step by step",
        "returning step by step",
        "Everything works normally again",
    ]


def test_part_of_the_capabilities_back_is_not_over(play):
    play.change(AWAY)
    play.change(NORMAL, "balance", "statement")
    incident = play.one()
    assert incident.state is State.DETECTED
    assert incident.away == ("payment", "withdrawal", "cheque")


def test_what_fails_again_soon_reopens_the_same_incident(play):
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(899)
    play.change(AWAY, "balance")
    incident = play.one()
    assert (incident.state, incident.reopened, incident.restored_at) == (State.DETECTED, 1, None)
    kinds = [entry.kind for entry in play.incidents.timeline(incident.id)]
    assert kinds.count(EntryKind.RESTORED) == kinds.count(EntryKind.REOPENED) == 1


def test_what_fails_much_later_is_another_incident(play):
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(901)
    play.change(AWAY)
    states = [one.state for one in play.incidents.history(BANK, None)]
    assert states == [State.DETECTED, State.MONITORING]


def test_planned_work_after_an_incident_does_not_reopen_it(play):
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(60)
    play.change(AWAY, reason=Reason.MAINTENANCE)
    assert play.one().state is State.MONITORING


def test_flapping_does_not_spam(play):
    play.change(AWAY)
    for _ in range(60):
        play.pass_s(5)
        play.change(NORMAL)
        play.pass_s(5)
        play.change(AWAY)
    assert play.one().reopened == 60
    assert len(play.titles()) <= 1 + 600 // 120


def test_a_change_that_is_undone_before_its_notice_is_due_is_not_told(play):
    play.change(AWAY, "balance")
    play.pass_s(5)
    play.change(AWAY, "payment")
    play.pass_s(5)
    play.change(NORMAL, "payment")
    play.pass_s(300)
    assert len(play.titles()) == 1


def test_it_closes_by_itself_after_the_quiet_time_and_says_so(play):
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(86_399)
    assert play.one().state is State.MONITORING
    play.pass_s(1)
    incident = play.one()
    assert (incident.state, incident.closed_at) == (State.CLOSED, play.clock.now())
    assert play.titles()[-1] == "Closed: everything works normally"
    assert play.incidents.open_incidents() == []


def test_it_never_closes_by_itself_where_that_is_set(storage):
    play = Play(storage, IncidentSettings(close_after_quiet_s="never"))
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(10_000_000)
    assert play.one().state is State.MONITORING


def test_a_quiet_time_shorter_than_the_time_to_reopen_is_refused():
    with pytest.raises(ValueError, match="reopen_within_s"):
        IncidentSettings(close_after_quiet_s=10)


def test_institutions_have_their_own_incidents(play):
    play.change(AWAY)
    play.change(AWAY, institution="atlas")
    assert [one.institution for one in play.incidents.open_incidents()] == [BANK, "atlas"]
    assert len(play.incidents.open_incidents("atlas")) == 1


def test_a_window_that_overruns_opens_an_incident_until_it_is_finished(play):
    now = play.clock.now()
    play.storage.write_now(lambda tx: play.incidents.overran(tx, "w-1", BANK, ["balance", "payment"], now))
    incident = play.one()
    assert (incident.nature, incident.window_id, incident.away) == (
        Nature.OVERRUN,
        "w-1",
        ("balance", "payment"),
    )
    assert play.titles() == ["Balances and Payments: maintenance is taking longer than announced"]
    play.pass_s(200)
    play.storage.write_now(lambda tx: play.incidents.window_finished(tx, "w-1", play.clock.now()))
    assert play.one().state is State.MONITORING
    assert play.titles()[-1] == "Everything works normally again"


def test_a_window_that_overruns_during_an_incident_is_part_of_it(play):
    play.change(AWAY, "balance")
    play.storage.write_now(
        lambda tx: play.incidents.overran(tx, "w-1", BANK, ["balance", "cheque"], play.clock.now())
    )
    assert play.one().nature is Nature.UNREACHABLE
    assert play.one().capabilities == ("balance", "cheque")
    play.storage.write_now(lambda tx: play.incidents.window_finished(tx, "w-1", play.clock.now()))
    assert play.one().away == ("balance",)


def test_the_way_back_from_an_overrun_follows_the_modes(play):
    play.change(AWAY, "balance", reason=Reason.MAINTENANCE)
    play.storage.write_now(lambda tx: play.incidents.overran(tx, "w-1", BANK, ["balance"], play.clock.now()))
    play.change(BACK, "balance", reason=Reason.MAINTENANCE, share=10)
    assert play.one().share_percent == 10
    play.change(NORMAL, "balance")
    assert play.one().state is State.MONITORING


def test_who_was_affected_is_kept_once_an_account(storage):
    met = [touched("c-1"), touched("c-2", "withheld"), touched("c-1", "decided")]
    asked = []

    def affected(institution, since, until):
        asked.append((since, until))
        return met

    play = Play(storage, ports=Ports(affected=affected))
    play.change(AWAY)
    for _ in range(3):
        play.pass_s(60)
    play.pass_s(30)
    play.change(NORMAL)
    play.work()
    incident = play.one()
    assert play.incidents.affected(incident.id) == met[:2]
    assert [until for _, until in asked] == [since for since, _ in asked[1:]] + [incident.restored_at]


def test_the_balances_of_each_minute_of_the_outage_are_counted_once(storage):
    asked = []

    def balances(institution, start, end):
        asked.append((start, end))
        minutes = (end - start) // timedelta(minutes=1)
        return BalanceChecks(shown=10 * minutes, checked=5 * minutes, wrong=minutes)

    play = Play(storage, ports=Ports(balances=balances))
    play.pass_s(20)
    began = play.clock.now().replace(second=0)
    play.change(AWAY)
    assert play.one().balances_wrong is None
    for _ in range(20):
        play.pass_s(10)
    play.change(NORMAL)
    ended = play.one().restored_at
    for _ in range(30):
        play.pass_s(10)
    incident = play.one()
    assert [start for start, _ in asked] == [began, *(end for _, end in asked[:-1])]
    assert asked[-1][1] - timedelta(minutes=1) <= ended < asked[-1][1]
    minutes = (asked[-1][1] - began) // timedelta(minutes=1)
    assert (incident.balances_checked, incident.balances_wrong) == (5 * minutes, minutes)


def test_where_nobody_checks_balances_none_is_said_to_be_wrong_or_right(storage):
    play = Play(storage)
    play.change(AWAY)
    play.pass_s(300)
    figures = dict(figures_of(play.incidents, play.one(), "en"))
    assert figures["Wrong balances shown"] == "not measured"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([AWAY, BACK, NORMAL]),
        st.sets(st.sampled_from([one.value for one in Capability]), min_size=1),
        st.sampled_from([Reason.UNREACHABLE, Reason.SLOW, Reason.CONTRADICTED, Reason.OPERATOR]),
        st.sampled_from([0, 1, 30, 130, 1_000]),
    ),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_however_modes_flap_one_outage_is_one_incident_and_notices_are_bounded(steps):
    storage = Storage.open("sqlite://", tables=[*outbox.TABLES, *PEOPLE, *TABLES], inline=True)
    play = Play(storage)
    modes = dict.fromkeys((one.value for one in Capability), NORMAL)
    for mode, capabilities, reason, seconds in steps:
        moved = [one for one in sorted(capabilities) if modes[one] is not mode]
        if moved:
            play.change(mode, *moved, reason=reason)
            modes |= dict.fromkeys(moved, mode)
        play.pass_s(seconds)
    found = play.incidents.history(BANK, None)[::-1]
    timelines = [play.incidents.timeline(one.id) for one in found]
    told = [
        (entry.at, entry.capability, entry.mode)
        for timeline in timelines
        for entry in timeline
        if entry.kind is EntryKind.MODE
    ]
    assert told == [(one.at, one.capability.value, one.mode.value) for one in play.put]
    for before, after in itertools.pairwise(found):
        assert before.state in (State.MONITORING, State.CLOSED)
        assert after.opened_at - before.restored_at > timedelta(seconds=900)
    away = {one for one, mode in modes.items() if mode is not Mode.NORMAL}
    assert set(found[-1].away if found else ()) == away
    for incident in found:
        notices = play.notices.of_subject(incident.id)
        lasted = (play.clock.now() - incident.opened_at).total_seconds()
        assert 1 <= len(notices) <= 1 + lasted // 120
        for before, after in itertools.pairwise(notices):
            assert after.published_at - before.published_at >= timedelta(seconds=120)
    storage.close()
