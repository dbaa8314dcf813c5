"""The end of a real run: the books compared, the promises checked, the report written."""

import asyncio
from collections.abc import Sequence

from dawam.kernel import Unavailable
from dawam.simulation.answers import AnswerBook
from dawam.simulation.customers import ChannelGone
from dawam.simulation.oracle import Oracle
from dawam.simulation.real.node import Node
from dawam.simulation.real.stage import Remains
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
from dawam.standin import Reconciliation

_RECONCILE_TRIES = 20


async def reconcile(node: Node) -> Reconciliation:
    """Compare the books.

    Raises: Unavailable `stage_never_reconciled`, when the primary never gives a whole snapshot.
    """
    for _ in range(_RECONCILE_TRIES):
        try:
            return await node.reconcile()
        except ChannelGone:
            await asyncio.sleep(0.5)
    raise Unavailable("stage_never_reconciled", tries=_RECONCILE_TRIES)


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
    reconciliation: Reconciliation,
) -> str:
    """Every broken promise in words; empty when all were kept."""
    promises = payments.check(oracle, parked=_in_state(advices, "parked"))
    found: list[str] = []
    if answers.wrong:
        found.append(str(answers))
    for what, ids in (
        ("lost", promises.lost),
        ("booked twice", promises.booked_twice),
        ("booked though declined", promises.booked_though_declined),
        ("told two things", payments.inconsistent),
    ):
        if ids:
            found.append(f"payments {what}: {ids[:10]}")
    if reconciliation.unexplained_minor:
        found.append(f"unexplained: {reconciliation.differences[:5]}")
    if not report.is_clean():
        found.append("the report is not clean")
    return "\n".join(found)


def _in_state(advices: Sequence[tuple[str, str]], state: str) -> list[str]:
    return [payment_id for payment_id, each in advices if each == state]
