import pytest
from tests.simulation.conftest import START

from dawam.kernel import InvalidInput
from dawam.primary import BalanceAnswer, Event, EventPage, SnapshotLine
from dawam.simulation import FaultKind, FaultPlan
from dawam.simulation.distortion import (
    Copied,
    distort_balance,
    distort_line,
    is_chosen,
    lose_events,
    repeat_events,
)
from dawam.simulation.faults import LIES, MEANINGS


def answer(account="A", balance=500):
    return BalanceAnswer(
        account=account,
        currency="EGP",
        balance_minor=balance,
        available_minor=balance,
        last_seq=7,
        as_of=START,
    )


def distort(kind, balance=500, account="A", other=None, old=None):
    return distort_balance(kind, answer(account, balance), seed=3, other=other, old=old)


def page(first, last, total):
    events = [
        Event(
            seq=seq,
            event_id=str(seq),
            account="A",
            amount_minor=1,
            currency="EGP",
            balance_after_minor=seq,
            booked_at=START,
            kind="transfer",
        )
        for seq in range(first, last + 1)
    ]
    return EventPage(events=events, last_seq=total)


def test_every_kind_is_named_and_explained():
    assert len(FaultKind) == 14
    assert set(MEANINGS) == set(FaultKind)


def test_a_plan_is_read_as_it_is_written():
    plan = FaultPlan.parse("zero@0.5:3600")
    assert (plan.kind, plan.start, plan.length_s) == (FaultKind.ZERO, 0.5, 3600)
    assert str(plan) == "zero@0.5:3600"
    assert FaultPlan.parse("lost-reply@1:0.5").kind is FaultKind.LOST_REPLY


MALFORMED = "zero zero@ zero@0.5 zero@0.5: zero@0.5:0 zero@0.5:-1 zero@2:5 zero@-0.1:5 zero@x:5 zero@0.5:nan"


@pytest.mark.parametrize("text", [*MALFORMED.split(), "zero@0.5:inf", "zero@nan:5", "zero@0.5:5:6", "zero:5"])
def test_a_malformed_plan_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        FaultPlan.parse(text)
    assert refused.value.code in ("fault_malformed", "fault_unknown")
    assert refused.value.code == "fault_malformed" or text == "zero:5"


@pytest.mark.parametrize(("text", "nearest"), [("zeros@0:1", "zero"), ("donw@0:1", "down"), ("qqq@0:1", "")])
def test_an_unknown_fault_is_refused_with_the_nearest_name(text, nearest):
    with pytest.raises(InvalidInput) as refused:
        FaultPlan.parse(text)
    assert (refused.value.code, refused.value.params["nearest"]) == ("fault_unknown", nearest)


def test_each_lie_says_something_else():
    other, old = Copied(77, 3), Copied(60, 2, START)
    amounts = {kind: distort(kind, other=other, old=old) for kind in LIES - {FaultKind.SOME}}
    assert {kind.value: told.balance_minor for kind, told in amounts.items()} == {
        "zero": 0,
        "scale": 50_000,
        "shift": 77,
        "stale": 60,
    }
    assert amounts[FaultKind.STALE].last_seq == 2
    assert all(told.last_seq == 7 for kind, told in amounts.items() if kind is not FaultKind.STALE)


def test_faults_that_are_no_lies_leave_the_answer_alone():
    for kind in set(FaultKind) - LIES:
        assert distort(kind, other=Copied(1, 1), old=Copied(2, 2)) == answer()


def test_some_hits_one_account_in_twenty_and_is_never_right_about_it():
    accounts = [f"A{number}" for number in range(20_000)]
    chosen = [account for account in accounts if is_chosen(account, 3)]
    assert 0.04 < len(chosen) / len(accounts) < 0.06
    for account in accounts:
        told = [distort(FaultKind.SOME, balance, account).balance_minor for balance in (0, 500)]
        assert (told[0] != 0 and told[1] != 500) is (account in chosen)


def test_a_line_of_a_snapshot_lies_like_a_balance():
    line = SnapshotLine(account="A", currency="EGP", balance_minor=5, last_seq=9)
    told = distort_line(FaultKind.SCALE, line, seed=1, other=None, old=None)
    assert (told.balance_minor, told.last_seq) == (500, 9)


def test_a_gap_swallows_the_same_events_however_often_it_is_asked():
    whole = page(1, 1000, 1000)
    first = lose_events(whole, seed=5, share=0.2, hide_end=False)
    assert 100 < 1000 - len(first.events) < 300
    assert lose_events(whole, seed=5, share=0.2, hide_end=False) == first
    assert first.last_seq == 1000


def test_a_gap_may_hide_how_far_the_feed_goes():
    told = lose_events(page(11, 20, 20), seed=5, share=1.0, hide_end=True)
    assert (told.events, told.last_seq) == ([], 10)


def test_repeats_stay_within_the_limit_and_add_nothing_new():
    told = repeat_events(page(11, 30, 30), page(8, 10, 30).events, limit=500, seed=5)
    seqs = [event.seq for event in told.events]
    assert seqs[:4] == [8, 9, 10, 11]
    assert sorted(set(seqs)) == list(range(8, 31))
    assert len(seqs) > 23
    assert len(repeat_events(page(11, 30, 30), [], limit=5, seed=5).events) == 5
