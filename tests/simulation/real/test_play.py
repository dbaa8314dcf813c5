"""Short feeds on real processes: what must hold for a replay with --real."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulation.orphans import running_in

from dawam.simulation import FaultKind, FaultPlan
from dawam.simulation.real import Met, play_real
from dawam.simulation.scenario import scenario
from dawam.simulation.virtual import Run
from dawam.standin import DetectionSettings, RecoverySettings, StandinSettings

BRISK = StandinSettings(detection=DetectionSettings(stable_for_s=1.0), recovery=RecoverySettings(dwell_s=0.1))
SEED = 3


def played(workdir: Path, plan: FaultPlan, on_fault: Callable[[Met], None] = lambda _: None) -> Run:
    script = replace(scenario(SEED, plan.kind), plans=[plan], may_park=True)
    run = play_real(script, SEED, workdir=workdir, events_per_s=500, standin=BRISK, on_fault=on_fault)
    assert run.problems == ""
    report = run.report
    assert report.is_clean()
    assert report.feed.events == len(script.bookings)
    assert report.reconciliation.accounts == report.reconciliation.agreeing == len(script.openings)
    assert report.ledger.debits_minor == report.ledger.credits_minor
    assert not running_in(workdir)
    return run


@pytest.mark.parametrize(
    ("kind", "reason", "pattern"),
    [(FaultKind.ZERO, "contradicted", "zero"), (FaultKind.DOWN, "unreachable", None)],
)
def test_a_primary_that_lies_or_is_gone_is_replaced_and_everything_is_handed_back(
    tmp_path: Path, kind: FaultKind, reason: str, pattern: str | None
) -> None:
    met: list[Met] = []
    run = played(tmp_path, FaultPlan(kind, 0.2, 2.0), met.append)
    (fault,) = run.report.faults
    assert (fault.kind, fault.pattern) == (kind.value, pattern)
    assert fault.detected_after_s is not None
    assert fault.stood_in_after_s is not None
    assert fault.detected_after_s <= fault.stood_in_after_s < 2.0
    assert fault.recovered_after_s is not None
    assert met[0].from_first_bad_s is not None
    assert (run.changes[0].mode, run.changes[0].reason) == ("standing_in", reason)
    assert run.changes[-1].mode == "normal"
    assert run.report.payments.approved_in_stand_in == run.report.advices.made > 0
    assert {sample.mode for sample in run.samples} >= {"standing_in", "normal"}


def test_a_dawam_that_is_killed_in_the_middle_of_decisions_forgets_none(tmp_path: Path) -> None:
    run = played(tmp_path, FaultPlan(FaultKind.CRASH, 0.2, 3.5))
    (fault,) = run.report.faults
    assert fault.detected_after_s is not None
    answers = run.report.answers
    assert answers.balances_asked > answers.shown + answers.withheld, "nobody was there for a while"
    assert run.report.payments.pending == 0
