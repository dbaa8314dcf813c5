"""Runs made by hand: every figure known, nothing played."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from dawam.simulation.report import (
    AdviceFigures,
    AnswerFigures,
    FaultFigures,
    FeedFigures,
    LedgerFigures,
    PaymentFigures,
    ReconciliationFigures,
    Report,
)
from dawam.simulation.timeline import Sample
from dawam.simulation.virtual import Run
from dawam.standin import BalanceChecks, Capability, Difference, Mode, ModeChange, Reason, Reconciliation

START = datetime(2026, 11, 1, 7, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sample(seconds: float, **figures: object) -> Sample:
    usual: dict[str, object] = {
        "mode": "normal",
        "share_percent": 100,
        "from_primary": 0,
        "from_stand_in": 0,
        "withheld": 0,
        "wrong": 0,
        "age_s": 0.0,
        "exposure_minor": 0,
        "advices_waiting": 0,
    }
    return Sample(at=at(seconds), **(usual | figures))  # type: ignore[arg-type]


def change(
    seconds: float,
    mode: Mode,
    *capabilities: Capability,
    share_percent: int = 0,
    evidence: str = "read_failures=3 write_failures=0 fault=timeout slow=4/10 feed_age_s=0.5",
) -> list[ModeChange]:
    return [
        ModeChange(
            institution="simulated",
            capability=capability,
            mode=mode,
            reason=Reason.HEALTHY if mode is Mode.NORMAL else Reason.UNREACHABLE,
            share_percent=share_percent,
            at=at(seconds),
            evidence=evidence,
        )
        for capability in capabilities or tuple(Capability)
    ]


def report(
    *,
    faults: Sequence[FaultFigures] = (),
    asked: int = 0,
    wrong: int = 0,
    payments: int = 0,
    made: int = 0,
    lost: int = 0,
    doubled: int = 0,
    overdrawn: int = 0,
    accounts: int = 0,
    unexplained_minor: int = 0,
    journal_ok: bool = True,
    exposure_minor: int = 0,
    cap_minor: int = 0,
    by_code: dict[str, int] | None = None,
) -> Report:
    return Report(
        seed=7,
        feed=FeedFigures(events=accounts * 2, accounts=accounts, refused=0, seconds=0.0, events_per_s=0.0),
        faults=list(faults),
        answers=AnswerFigures(
            balances_asked=asked, shown=asked, withheld=0, wrong=wrong, oldest_age_s=4.0 if asked else 0.0
        ),
        payments=PaymentFigures(
            asked=payments,
            approved=payments,
            declined=0,
            pending=0,
            by_code=by_code or {},
            approved_in_stand_in=made,
            exposure_minor=exposure_minor,
            exposure_cap_minor=cap_minor,
            overdrawn_accounts=overdrawn,
        ),
        advices=AdviceFigures(
            made=made, applied=made, already_applied=0, parked=0, lost=lost, applied_twice=doubled
        ),
        reconciliation=ReconciliationFigures(
            accounts=accounts, agreeing=accounts, differing=0, unexplained_minor=unexplained_minor
        ),
        ledger=LedgerFigures(
            debits_minor=accounts * 100, credits_minor=accounts * 100, records=accounts, journal_ok=journal_ok
        ),
    )


def run_of(
    figures: Report,
    *,
    samples: Sequence[Sample] = (),
    changes: Sequence[ModeChange] = (),
    differences: Sequence[Difference] = (),
    problems: str = "",
) -> Run:
    books = figures.reconciliation
    return Run(
        report=figures,
        samples=samples,
        changes=changes,
        reconciliation=Reconciliation(
            accounts=books.accounts, agreeing=books.agreeing, differences=list(differences)
        ),
        checks=BalanceChecks(shown=1, checked=1),
        problems=problems,
        trace="",
    )


def fault(kind: str = "zero", **figures: object) -> FaultFigures:
    usual: dict[str, object] = {
        "started_at": at(10),
        "detected_after_s": 0.05,
        "stood_in_after_s": 0.4,
        "ended_at": at(40),
        "recovered_after_s": 8.0,
        "pattern": "zero",
    }
    return FaultFigures(kind=kind, **(usual | figures))  # type: ignore[arg-type]
