"""A whole Dawam under every fault, judged by an oracle that shares nothing with it."""

import pytest

from dawam.simulation import FaultKind
from dawam.simulation.scenario import scenario
from dawam.simulation.virtual import play


def run(seed, kind):
    return play(scenario(seed, kind), seed, elapsed_s=lambda: 1.0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", list(FaultKind))
def test_no_fault_breaks_a_promise(kind, seed):
    whole = run(seed, kind)
    assert whole.problems == ""
    assert whole.report.is_clean()
    assert whole.report.answers.shown > 100


def test_a_whole_run_is_repeated_by_its_seed():
    first, again, other = run(5, FaultKind.CRASH), run(5, FaultKind.CRASH), run(6, FaultKind.CRASH)
    assert (first.trace, first.report) == (again.trace, again.report)
    assert first.trace != other.trace
