import json
from datetime import timedelta

import msgspec
from tests.simulation.conftest import START

from dawam.simulation import AnswerBook, PaymentBook
from dawam.simulation.report import (
    FeedFigures,
    LedgerFigures,
    ReconciliationFigures,
    Report,
    advice_figures,
    answer_figures,
    fault_figures,
    payment_figures,
)

SHAPE = {
    "seed": None,
    "feed": ["events", "accounts", "refused", "seconds", "events_per_s"],
    "faults": [
        "kind",
        "started_at",
        "detected_after_s",
        "stood_in_after_s",
        "ended_at",
        "recovered_after_s",
        "pattern",
    ],
    "answers": ["balances_asked", "shown", "withheld", "wrong", "oldest_age_s"],
    "payments": [
        "asked",
        "approved",
        "declined",
        "pending",
        "by_code",
        "approved_in_stand_in",
        "exposure_minor",
        "exposure_cap_minor",
        "overdrawn_accounts",
    ],
    "advices": ["made", "applied", "already_applied", "parked", "lost", "applied_twice"],
    "reconciliation": ["accounts", "agreeing", "differing", "unexplained_minor"],
    "ledger": ["debits_minor", "credits_minor", "records", "journal_ok"],
}


def report(here, **changes):
    oracle = here.primary.oracle
    whole = Report(
        seed=here.seed,
        feed=FeedFigures(events=3, accounts=3, refused=0, seconds=1.5, events_per_s=2.0),
        faults=[
            fault_figures(
                "zero",
                started_at=START,
                ended_at=START + timedelta(seconds=60),
                detected_at=START + timedelta(seconds=0.25),
                stood_in_at=START + timedelta(seconds=0.5),
                recovered_at=None,
                pattern="zero",
            )
        ],
        answers=answer_figures(AnswerBook(oracle, seed=here.seed)),
        payments=payment_figures(PaymentBook(), oracle, exposure_minor=0, exposure_cap_minor=10),
        advices=advice_figures([], oracle),
        reconciliation=ReconciliationFigures(accounts=3, agreeing=3, differing=0, unexplained_minor=0),
        ledger=LedgerFigures(debits_minor=5, credits_minor=5, records=3, journal_ok=True),
    )
    return msgspec.structs.replace(whole, **changes)


def test_the_report_has_exactly_the_documented_keys_in_their_order(stage):
    told = json.loads(report(stage()).to_json())
    assert list(told) == list(SHAPE)
    for part, keys in SHAPE.items():
        if keys is not None:
            assert list(told[part][0] if part == "faults" else told[part]) == keys
    assert told["faults"][0]["started_at"] == "2026-11-21T08:00:00Z"
    assert (told["faults"][0]["detected_after_s"], told["faults"][0]["recovered_after_s"]) == (0.25, None)


def test_a_report_is_clean_only_when_every_promise_held(stage):
    here = stage()
    assert report(here).is_clean()
    for change in (
        {"ledger": LedgerFigures(debits_minor=0, credits_minor=0, records=0, journal_ok=False)},
        {"reconciliation": ReconciliationFigures(accounts=1, agreeing=0, differing=1, unexplained_minor=1)},
        {"advices": advice_figures([("LOST", "applied")], here.primary.oracle)},
    ):
        assert not report(here, **change).is_clean()


def test_advices_are_judged_by_the_books_of_the_primary(stage):
    here = stage()
    for payment_id in ("A", "B", "B"):
        here.primary.book("A0", -1, "transfer", payment_id=payment_id)
    made = [("A", "applied"), ("B", "already_applied"), ("C", "parked"), ("D", "applied"), ("E", "waiting")]
    figures = advice_figures(made, here.primary.oracle, waiting=["E"])
    assert (figures.made, figures.applied, figures.already_applied, figures.parked) == (5, 2, 1, 1)
    assert (figures.lost, figures.applied_twice) == (1, 1)
