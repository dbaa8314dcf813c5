"""The end of a run, virtual or real: the report, and every broken promise in words."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from dawam.kernel import EPOCH
from dawam.simulation.answers import AnswerBook
from dawam.simulation.oracle import Oracle
from dawam.simulation.receipts import PaymentBook
from dawam.simulation.report import (
    FaultFigures,
    FeedFigures,
    LedgerFigures,
    ReconciliationFigures,
    Report,
    advice_figures,
    answer_figures,
    payment_figures,
)
from dawam.standin import BalanceChecks, Reconciliation

ALWAYS = (EPOCH, EPOCH + timedelta(days=100_000))
"""From the beginning of time as the disk knows it until long after the run."""


class Remains(msgspec.Struct, frozen=True):
    """What Dawam has written down by the end."""

    advices: list[tuple[str, str]]
    debits_minor: int
    credits_minor: int
    records: int
    journal_ok: bool
    checks: BalanceChecks


def feed_figures(*, events: int, accounts: int, refused: int, seconds: float) -> FeedFigures:
    """What was played, and how fast."""
    return FeedFigures(
        events=events,
        accounts=accounts,
        refused=refused,
        seconds=round(seconds, 3),
        events_per_s=round(events / seconds, 1) if seconds else 0.0,
    )


def report_of(
    *,
    seed: int,
    feed: FeedFigures,
    faults: list[FaultFigures],
    answers: AnswerBook,
    payments: PaymentBook,
    oracle: Oracle,
    peak_exposure_minor: int,
    exposure_cap_minor: int,
    reconciliation: Reconciliation,
    remains: Remains,
) -> Report:
    """Everything that was measured, in the documented shape."""
    return Report(
        seed=seed,
        feed=feed,
        faults=faults,
        answers=answer_figures(answers),
        payments=payment_figures(
            payments, oracle, exposure_minor=peak_exposure_minor, exposure_cap_minor=exposure_cap_minor
        ),
        advices=advice_figures(remains.advices, oracle, waiting=_in_state(remains.advices, "waiting")),
        reconciliation=ReconciliationFigures(
            accounts=reconciliation.accounts,
            agreeing=reconciliation.agreeing,
            differing=reconciliation.differing,
            unexplained_minor=reconciliation.unexplained_minor,
        ),
        ledger=LedgerFigures(
            debits_minor=remains.debits_minor,
            credits_minor=remains.credits_minor,
            records=remains.records,
            journal_ok=remains.journal_ok,
        ),
    )


def broken_promises(
    report: Report,
    *,
    answers: AnswerBook,
    payments: PaymentBook,
    oracle: Oracle,
    advices: Sequence[tuple[str, str]],
    checks: BalanceChecks,
    reconciliation: Reconciliation,
    may_park: bool,
    unrecovered: str | None = None,
) -> str:
    """Every broken promise in words; empty when all were kept.

    `unrecovered` says in words that the run's end came before recovery's.
    """
    parked, waiting = (_in_state(advices, state) for state in ("parked", "waiting"))
    promises = payments.check(oracle, parked=parked, waiting=waiting)
    found: list[str] = [unrecovered] if unrecovered else []
    if answers.wrong:
        found.append(str(answers))
    elif checks.wrong:
        found.append(f"balances that were right were called wrong: {checks}")
    for what, ids in (
        ("lost", promises.lost),
        ("booked twice", promises.booked_twice),
        ("booked though declined", promises.booked_though_declined),
        ("told two things", payments.inconsistent),
    ):
        if ids:
            found.append(f"payments {what}: {ids[:10]}")
    if parked and not may_park:
        found.append(f"payments parked though nobody else moved the money: {parked[:10]}")
    if reconciliation.unexplained_minor:
        found.append(f"unexplained: {reconciliation.differences[:5]}")
    if not report.is_clean():
        found.append("the report is not clean")
    return "\n".join(found)


def _in_state(advices: Sequence[tuple[str, str]], state: str) -> list[str]:
    return [payment_id for payment_id, each in advices if each == state]
