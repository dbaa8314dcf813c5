"""The release gate: every standing an account may have, and the verdict on the whole."""

from dataclasses import dataclass
from typing import Any

import pytest

from dawam.guard import GateReport, GateSettings, Pattern, gate
from dawam.guard.gate import Standing
from dawam.kernel import InvalidInput
from dawam.primary import SnapshotEnd, SnapshotLine


def line(account: str, balance_minor: int, last_seq: int, currency: str = "EGP") -> SnapshotLine:
    return SnapshotLine(account=account, currency=currency, balance_minor=balance_minor, last_seq=last_seq)


def judged(mirror: Any, lines: list[SnapshotLine], taken_at: int, **settings: float) -> GateReport:
    end = SnapshotEnd(end=True, accounts=len(lines), last_seq=taken_at)
    return gate(lines, end, mirror, GateSettings(**settings))


def counts(report: GateReport) -> dict[str, int]:
    return {each.value: count for each in Standing if (count := getattr(report, each.value))}


@dataclass(frozen=True)
class Case:
    """The mirror holds A: 500 at 1, 300 at 4; B: 70 at 2; C: 9 at 3. `lines` are added to a true B."""

    name: str
    lines: tuple[SnapshotLine, ...]
    taken_at: int
    found: dict[str, int]


TRUE = (line("A", 300, 4), line("C", 9, 3))
CASES = [
    Case("all true", TRUE, 4, {"agreeing": 3}),
    Case("true under the feed's last seq", (line("A", 300, 4), line("C", 9, 4)), 4, {"agreeing": 3}),
    Case("another currency", (line("A", 300, 4, "MAD"), TRUE[1]), 4, {"agreeing": 2, "differing": 1}),
    Case("another amount", (line("A", 301, 4), TRUE[1]), 4, {"agreeing": 2, "differing": 1}),
    Case("a forgotten booking", (line("A", 500, 1), TRUE[1]), 4, {"agreeing": 2, "differing": 1}),
    Case(
        "forgotten, with the right amount", (line("A", 300, 1), TRUE[1]), 4, {"agreeing": 2, "differing": 1}
    ),
    Case("taken before the mirror's last", (line("A", 500, 1), TRUE[1]), 3, {"agreeing": 3}),
    Case("before, and wrong", (line("A", 300, 1), TRUE[1]), 3, {"agreeing": 2, "differing": 1}),
    Case("newer than the mirror", (line("A", 1, 9), TRUE[1]), 9, {"agreeing": 2, "ahead": 1}),
    Case("one missing", TRUE[:1], 4, {"agreeing": 2, "missing": 1}),
    Case("one not yet opened", TRUE[:1], 2, {"differing": 1, "agreeing": 1}),
    Case("money from nowhere", (*TRUE, line("D", 5, 0)), 4, {"agreeing": 3, "extra": 1}),
    Case("bookings from nowhere", (*TRUE, line("D", 0, 4)), 4, {"agreeing": 3, "extra": 1}),
    Case("an account never booked", (*TRUE, line("D", 0, 0)), 4, {"agreeing": 4}),
    Case("an account newer than the mirror", (*TRUE, line("D", 5, 5)), 5, {"agreeing": 3, "ahead": 1}),
]


@pytest.fixture
def books(mirror: Any) -> Any:
    for account, balance_minor in (("A", 500), ("B", 70), ("C", 9), ("A", 300)):
        mirror.book(account, balance_minor)
    return mirror


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_account_has_one_standing(books: Any, case: Case) -> None:
    lines = [line("B", 70, 2), *case.lines]
    report = judged(books, lines, case.taken_at)
    assert counts(report) == case.found
    assert report.accounts == sum(case.found.values())
    assert report.passed == (set(case.found) == {"agreeing"})


def test_a_bad_release_is_refused_and_named(mirror: Any) -> None:
    for number in range(100):
        mirror.book(f"a{number:02}", 1_000 + number)
    zeros = [line(f"a{number:02}", 0, number + 1) for number in range(100)]
    report = judged(mirror, zeros, 100)
    assert (report.passed, report.pattern, report.worst, report.worst_share) == (
        False,
        Pattern.ZERO,
        Standing.DIFFERING,
        1.0,
    )
    assert report.refused_for == (Standing.DIFFERING, Standing.AGREEING)
    shifted = [line(f"a{number:02}", 1_000 + (number + 1) % 100, number + 1) for number in range(100)]
    assert judged(mirror, shifted, 100).pattern is Pattern.SHIFT
    assert judged(mirror, shifted, 100).pattern_share == 1.0


def test_the_limits_decide_what_passes(mirror: Any) -> None:
    for number in range(100):
        mirror.book(f"a{number:02}", 1_000)
    lines = [line(f"a{number:02}", 1_000 if number else 1, number + 1) for number in range(100)]
    assert judged(mirror, lines, 100).refused_for == (Standing.DIFFERING,)
    assert judged(mirror, lines, 100, differing_share=0.01).passed
    ahead = [line(f"a{number:02}", 1_000, number + 1 if number > 1 else 101) for number in range(100)]
    assert judged(mirror, ahead, 101).refused_for == (Standing.AHEAD,)
    assert judged(mirror, ahead, 101, ahead_share=0.02).passed


def test_a_gate_that_judged_nothing_does_not_pass(mirror: Any) -> None:
    assert judged(mirror, [], 0).refused_for == (Standing.AGREEING,)
    report = judged(mirror, [line("A", 5, 1)], 1, ahead_share=1.0)
    assert report.refused_for == (Standing.AGREEING,)


def test_a_snapshot_that_contradicts_itself_is_refused(books: Any) -> None:
    twice = [line("A", 300, 4), line("A", 300, 4)]
    with pytest.raises(InvalidInput) as caught:
        judged(books, twice, 4)
    assert (caught.value.code, caught.value.params) == ("snapshot_repeats_account", {"line": 2})
    with pytest.raises(InvalidInput) as caught:
        gate([line("A", 300, 4)], SnapshotEnd(end=True, accounts=2, last_seq=4), books)
    assert caught.value.code == "snapshot_count_differs"
