"""What people do about an incident, and what is computed of it."""

from datetime import timedelta

import pytest

from dawam.kernel import Conflict, InvalidInput, NotFound
from dawam.standin import Reason
from dawam.status.incidents import Criterion, EntryKind, Finding, IncidentSettings, Ports, State
from dawam.status.incidents.settings import MajorThresholds
from dawam.status.notices import NoticeText, Verdict

from .conftest import AWAY, BACK, NORMAL, START, WORDS, Play, touched

FINDINGS = {locale: Finding("A cable.", "A second cable.") for locale in ("ar", "fr", "en")}


def test_a_person_confirms_in_their_own_words_and_it_is_published(play):
    play.change(AWAY)
    incident = play.one()
    after = play.act(play.incidents.confirm(incident.id, WORDS, by="m-1"))
    assert (after.state, after.confirmed_at) == (State.CONFIRMED, START)
    last = play.notices.last_of(incident.id)
    assert last.texts == WORDS
    assert play.notices.check(last.code).verdict is Verdict.GENUINE
    assert play.trail.entries()[0].act == "incident_confirmed"
    with pytest.raises(Conflict, match="incident_confirmed_already"):
        play.act(play.incidents.confirm(incident.id, WORDS, by="m-1"))


def test_a_form_sent_twice_says_it_once(play):
    play.change(AWAY)
    incident = play.one()
    for _ in range(2):
        play.act(play.incidents.confirm(incident.id, WORDS, by="m-1", once="f-1"))
        play.act(play.incidents.update(incident.id, WORDS, by="m-1", once="f-2"))
    assert len(play.titles()) == 3


@pytest.mark.parametrize("act", ["confirm", "update"])
def test_words_in_two_languages_are_refused_and_nothing_is_kept(play, act):
    play.change(AWAY)
    incident = play.one()
    texts = {**WORDS, "fr": NoticeText("", "")}
    with pytest.raises(InvalidInput, match="notice_text_missing"):
        play.act(getattr(play.incidents, act)(incident.id, texts, by="m-1"))
    assert play.one() == incident
    assert len(play.titles()) == 1


def test_an_expected_end_is_told_revised_and_measured_afterwards(play):
    play.change(AWAY)
    incident = play.one()
    for minutes in (30, None, 90):
        when = None if minutes is None else START + timedelta(minutes=minutes)
        play.act(play.incidents.expect(incident.id, when, by="m-1"))
        play.pass_s(60)
    assert play.one().etas[0].eta == START + timedelta(minutes=30)
    assert len(play.titles()) == 4
    play.pass_s(3_600 - 180)
    play.change(NORMAL)
    from dawam.status.incidents import accuracy

    late = [one.late_by for one in accuracy(play.one())]
    assert late == [timedelta(minutes=30), None, timedelta(minutes=-30)]


@pytest.mark.parametrize(
    ("ahead", "code"),
    [(timedelta(0), "eta_in_the_past"), (timedelta(-1), "eta_in_the_past"), (timedelta(31), "eta_too_far")],
)
def test_an_expected_end_that_cannot_be_is_refused(play, ahead, code):
    play.change(AWAY)
    with pytest.raises(InvalidInput, match=code):
        play.act(play.incidents.expect(play.one().id, START + ahead, by="m-1"))
    assert play.one().etas == ()


def test_nothing_is_expected_of_what_is_over(play):
    play.change(AWAY)
    play.change(NORMAL)
    with pytest.raises(Conflict, match="incident_over"):
        play.act(play.incidents.expect(play.one().id, START + timedelta(1), by="m-1"))


def test_it_is_closed_only_when_all_is_normal_and_with_a_report_in_three_languages(play):
    play.change(AWAY)
    incident = play.one()
    with pytest.raises(Conflict, match="incident_not_over"):
        play.act(play.incidents.close(incident.id, FINDINGS, by="m-1"))
    play.change(NORMAL)
    with pytest.raises(InvalidInput, match="incident_finding_missing"):
        play.act(play.incidents.close(incident.id, {"en": FINDINGS["en"]}, by="m-1"))
    long = {**FINDINGS, "ar": Finding("x" * 4_001, "x")}
    with pytest.raises(InvalidInput, match="incident_finding_too_long"):
        play.act(play.incidents.close(incident.id, long, by="m-1"))
    assert play.act(play.incidents.close(incident.id, FINDINGS, by="m-1")).state is State.CLOSED
    assert play.incidents.findings(incident.id) == FINDINGS
    for act in (
        play.incidents.close(incident.id, FINDINGS, by="m-1"),
        play.incidents.update(incident.id, WORDS, by="m"),
    ):
        with pytest.raises(Conflict, match="incident_closed"):
            play.act(act)
    play.pass_s(1)
    play.change(AWAY)
    assert len(play.incidents.history("nile-bank", None)) == 2


def test_one_that_closed_by_itself_gets_its_report_later(play):
    play.change(AWAY)
    play.change(NORMAL)
    play.pass_s(86_400)
    said = len(play.titles())
    after = play.act(play.incidents.close(play.one().id, FINDINGS, by="m-1"))
    assert after.state is State.CLOSED
    assert len(play.titles()) == said


def test_nobody_acts_on_what_is_not_there(play):
    with pytest.raises(NotFound, match="incident_not_found"):
        play.act(play.incidents.update("0" * 26, WORDS, by="m-1"))


def test_downtime_counts_overlapping_times_once_and_no_pauses(play):
    play.change(AWAY, "balance")
    play.pass_s(60)
    play.change(AWAY, "payment")
    play.pass_s(60)
    play.change(NORMAL, "balance")
    play.pass_s(60)
    play.change(NORMAL, "payment")
    play.pass_s(300)
    play.change(AWAY, "balance")
    play.pass_s(60)
    figures = play.incidents.figures(play.one())
    assert figures.downtime == timedelta(seconds=240)
    assert figures.duration == timedelta(seconds=540)
    assert not figures.over


THRESHOLDS = MajorThresholds()


@pytest.mark.parametrize(
    ("seconds", "capabilities", "impact", "met"),
    [
        (60, ["balance"], None, {Criterion.CRITICAL, Criterion.CLIENTS}),
        (7_200, ["balance"], None, {Criterion.CRITICAL, Criterion.CLIENTS}),
        (7_201, ["balance"], None, {Criterion.CRITICAL, Criterion.CLIENTS, Criterion.DURATION}),
        (60, ["balance"], 100_000, {Criterion.CRITICAL, Criterion.CLIENTS}),
        (60, ["balance"], 100_001, {Criterion.CRITICAL, Criterion.CLIENTS, Criterion.IMPACT}),
        (7_201, ["statement"], None, {Criterion.CLIENTS}),
        (86_401, ["statement"], None, {Criterion.CLIENTS, Criterion.DURATION}),
    ],
)
def test_major_is_what_touches_critical_services_and_passes_two_more_thresholds(
    play, seconds, capabilities, impact, met
):
    play.change(AWAY, *capabilities)
    play.pass_s(seconds)
    if impact is not None:
        play.act(play.incidents.set_impact(play.one().id, impact, by="m-1"))
    found = play.incidents.assessment(play.one())
    assert {one for one, is_met in found.met.items() if is_met} == met
    assert found.major == (Criterion.CRITICAL in met and len(met) >= 3)
    assert (found.met[Criterion.IMPACT] is None) == (impact is None)


def test_downtime_counts_only_what_is_critical(play):
    play.change(AWAY, "balance")
    play.pass_s(60)
    play.change(NORMAL, "balance")
    play.change(AWAY, "statement")
    play.pass_s(7_200)
    incident = play.one()
    assert play.incidents.figures(incident).downtime == timedelta(seconds=7_260)
    assert play.incidents.assessment(incident).met[Criterion.DURATION] is False


def test_a_tenth_of_the_clients_is_not_yet_many(storage):
    counts = iter([10_000])
    play = Play(storage, ports=Ports(customers=lambda _: next(counts, 10_000)))
    play.change(AWAY)
    incident = play.one()
    from msgspec.structs import replace

    from dawam.status.incidents.figures import assess

    for customers, many in ((1_000, False), (1_001, True)):
        one = replace(incident, customers_affected=customers)
        figures = replace(play.incidents.figures(incident), customers=customers)
        assert assess(one, figures, THRESHOLDS).met[Criterion.CLIENTS] is many


def test_the_clocks_of_a_major_incident_run_from_its_classification(play):
    play.change(AWAY)
    incident = play.one()
    with pytest.raises(Conflict, match="incident_not_major"):
        play.act(play.incidents.report_sent(incident.id, "initial", by="m-1"))
    play.pass_s(21 * 3_600)
    play.act(play.incidents.mark_major(incident.id, by="m-1", reason="many clients"))
    with pytest.raises(Conflict, match="incident_major_already"):
        play.act(play.incidents.mark_major(incident.id, by="m-1", reason="again"))
    clocks = play.incidents.clocks(play.one())
    assert [one.due - START for one in clocks][:2] == [timedelta(hours=24), timedelta(hours=24 + 72)]
    play.pass_s(3_600)
    with pytest.raises(InvalidInput, match="report_unknown"):
        play.act(play.incidents.report_sent(incident.id, "last", by="m-1"))
    play.act(play.incidents.report_sent(incident.id, "initial", by="m-1"))
    with pytest.raises(Conflict, match="report_sent_already"):
        play.act(play.incidents.report_sent(incident.id, "initial", by="m-1"))
    initial, intermediate, final = play.incidents.clocks(play.one())
    assert initial.sent_at - START == timedelta(hours=22)
    assert intermediate.due - START == timedelta(hours=22 + 72)
    assert (final.due.month, final.due.day) == (4, intermediate.due.day)


@pytest.mark.parametrize(
    ("classified_h", "due_h"), [(0, 4), (20, 24), (21, 24), (24, 24), (24.5, 28.5), (100, 104)]
)
def test_what_is_classified_late_has_its_hours_from_the_classification(play, classified_h, due_h):
    play.change(AWAY)
    play.pass_s(classified_h * 3_600)
    play.act(play.incidents.mark_major(play.one().id, by="m-1", reason="many clients"))
    (initial, *_) = play.incidents.clocks(play.one())
    assert initial.due - START == timedelta(hours=due_h)


def test_a_month_later_is_never_beyond_the_month():
    from datetime import UTC, datetime

    from dawam.status.incidents.figures import _months_later

    assert _months_later(datetime(2026, 1, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert _months_later(datetime(2026, 12, 5, tzinfo=UTC), 1) == datetime(2027, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("eur", [-1, 2**53])
def test_a_cost_that_cannot_be_is_refused(play, eur):
    play.change(AWAY)
    with pytest.raises(InvalidInput, match="impact_out_of_range"):
        play.act(play.incidents.set_impact(play.one().id, eur, by="m-1"))


def test_the_list_of_those_affected_is_exported_whole_and_that_is_noted(storage):
    met = [touched(f"c-{number:05d}") for number in range(1_200)]
    play = Play(storage, IncidentSettings(), Ports(affected=lambda *_: met))
    play.change(AWAY)
    play.pass_s(60)
    found = play.act(play.incidents.export(play.one().id, by="m-9"))
    assert found == met
    assert play.incidents.figures(play.one()).noticed == 1_200
    entry = play.trail.entries()[0]
    assert (entry.act, entry.by) == ("incident_affected_exported", "m-9")


def test_every_act_is_in_the_timeline_with_who_did_it(play):
    play.change(AWAY, reason=Reason.CONTRADICTED)
    incident = play.one()
    play.act(play.incidents.confirm(incident.id, WORDS, by="m-1"))
    play.act(play.incidents.expect(incident.id, None, by="m-2"))
    play.change(BACK, share=10)
    play.change(NORMAL)
    play.act(play.incidents.close(incident.id, FINDINGS, by="m-3"))
    kinds = [(entry.kind, entry.by) for entry in play.incidents.timeline(incident.id)]
    for wanted in (
        (EntryKind.OPENED, ""),
        (EntryKind.CONFIRMED, "m-1"),
        (EntryKind.ETA, "m-2"),
        (EntryKind.RESTORED, ""),
        (EntryKind.CLOSED, "m-3"),
    ):
        assert wanted in kinds
