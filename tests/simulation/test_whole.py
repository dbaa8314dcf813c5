"""A whole Dawam under every fault, judged by an oracle that shares nothing with it."""

from dataclasses import replace

import pytest

from dawam.simulation import FaultKind
from dawam.simulation.scenario import scenario
from dawam.simulation.virtual import play


def run(seed, kind):
    return play(scenario(seed, kind), seed, elapsed_s=lambda: 1.0)


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("kind", list(FaultKind))
def test_no_fault_breaks_a_promise(kind, seed):
    whole = run(seed, kind)
    assert whole.problems == ""
    assert whole.report.is_clean()
    assert whole.report.answers.shown > 100
    assert (whole.checks.checked > 100, whole.checks.wrong) == (True, 0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", [FaultKind.ZERO, FaultKind.DOWN, FaultKind.LOST_REPLY, FaultKind.FLAP])
def test_recovery_holds_on_a_network_that_loses_three_messages_in_a_hundred(kind, seed):
    script = scenario(seed, kind)
    lossy = replace(script, conditions=replace(script.conditions, loss=0.03, duplication=0.05))
    whole = play(lossy, seed, elapsed_s=lambda: 1.0)
    assert whole.problems == ""
    assert all(fault.recovered_after_s is not None for fault in whole.report.faults)


def test_a_whole_run_is_repeated_by_its_seed():
    first, again, other = run(5, FaultKind.CRASH), run(5, FaultKind.CRASH), run(6, FaultKind.CRASH)
    assert (first.trace, first.report) == (again.trace, again.report)
    assert first.trace != other.trace
