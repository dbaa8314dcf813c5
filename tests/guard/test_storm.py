"""The storm detector's statistics, with fixed seeds: it hears every storm, soon, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

import msgspec
import pytest

from dawam.guard import CALM, GuardSettings, StormDetector, StormTest, step_contradicted, step_proved

T0 = datetime(2026, 11, 21, tzinfo=UTC)
TEST = StormTest.of(GuardSettings())
Read = tuple[str, bool]


def reads(rng: Random, accounts: int, wrong: Callable[[int], bool]) -> Iterator[Read]:
    """Endless reads of random accounts."""
    while True:
        account = rng.randrange(accounts)
        yield f"a{account}", wrong(account)


def beside_a_busy_one(rng: Random) -> Iterator[Read]:
    """Half of the reads are of one healthy account; of the others every twentieth is wrong."""
    while True:
        account = rng.randrange(20_000)
        yield ("busy", False) if rng.random() < 0.5 else (f"a{account}", account % 20 == 0)


def by_chance(rng: Random, share: float) -> Callable[[int], bool]:
    """Any read may be wrong, whatever the account."""
    return lambda _: rng.random() < share


def run(stream: Iterator[Read], count: int, *, every_s: float = 0.01) -> tuple[int | None, StormDetector]:
    """After how many reads the storm was declared, if within `count`; and the last state."""
    detector = CALM
    for number in range(1, count + 1):
        account, wrong = next(stream)
        if wrong:
            moment = T0 + timedelta(seconds=number * every_s)
            detector = step_contradicted(detector, TEST, account=account, now=moment)
        else:
            detector = step_proved(detector, TEST)
        if detector.tripped:
            return number, detector
    return None, detector


def test_three_accounts_contradicted_in_a_row_are_a_storm_and_two_are_not() -> None:
    detector = CALM
    for account in ("a", "b"):
        detector = step_contradicted(detector, TEST, account=account, now=T0)
    assert not detector.tripped
    detector = step_contradicted(detector, TEST, account="c", now=T0)
    assert detector.tripped_at == T0
    assert detector.score >= TEST.threshold


def test_one_bad_account_asked_a_thousand_times_is_never_a_storm() -> None:
    for every_s in (0.1, 30.0, 700.0):  # 700 s: each time beyond the window
        tripped, detector = run(iter([("a", True)] * 1_000), 1_000, every_s=every_s)
        assert tripped is None
        assert len(detector.contradicted) == 1


def test_two_bad_accounts_among_few_reads_are_never_a_storm() -> None:
    tripped, _ = run(iter([("a", True), ("b", True)] * 500), 1_000, every_s=400.0)
    assert tripped is None


@pytest.mark.parametrize(("share", "typical", "at_most"), [(0.05, 110, 600), (0.1, 50, 200), (0.5, 9, 40)])
def test_a_storm_over_a_share_of_the_accounts_is_heard_within_few_reads(
    share: float, typical: int, at_most: int
) -> None:
    counts = []
    for seed in range(200):
        rng = Random(seed)
        bad = {account for account in range(20_000) if rng.random() < share}
        tripped, _ = run(reads(rng, 20_000, bad.__contains__), 5_000)
        assert tripped is not None
        counts.append(tripped)
    assert median(counts) <= typical
    assert max(counts) <= at_most


def test_a_total_storm_is_heard_at_the_third_account_also_after_long_health() -> None:
    for seed in range(20):
        rng = Random(seed)
        healthy = run(reads(rng, 20_000, lambda _: False), 10_000)[1]
        assert healthy is CALM
        tripped, _ = run(reads(rng, 20_000, lambda _: True), 100)
        assert tripped is not None
        assert tripped <= 4  # 3 distinct accounts; the same one may be drawn twice


def test_rare_single_faults_of_a_healthy_primary_are_no_storm() -> None:
    """One answer in a thousand wrong, a million answers: the test is set to bear exactly that."""
    storms = 0
    for seed in range(10):
        rng = Random(seed)
        storms += run(reads(rng, 20_000, by_chance(rng, 0.001)), 100_000)[0] is not None
    assert storms <= 1


def test_a_few_accounts_that_are_always_wrong_are_no_storm() -> None:
    """Ten of 20,000 accounts broken for good, a million answers."""
    for seed in range(10):
        rng = Random(seed)
        tripped, _ = run(reads(rng, 20_000, lambda account: account < 10), 100_000)
        assert tripped is None


def test_one_customer_who_asks_again_and_again_does_not_hide_a_storm() -> None:
    counts = []
    for seed in range(50):
        tripped, _ = run(beside_a_busy_one(Random(seed)), 5_000)
        assert tripped is not None
        counts.append(tripped)
    assert median(counts) <= 400


def test_old_evidence_is_none() -> None:
    detector = CALM
    for account in ("a", "b"):
        detector = step_contradicted(detector, TEST, account=account, now=T0)
    later = T0 + timedelta(seconds=601)
    detector = step_contradicted(detector, TEST, account="c", now=later)
    assert not detector.tripped
    assert (detector.since, detector.answers, list(detector.contradicted)) == (later, 1, ["c"])


def test_a_storm_stays_and_a_calm_detector_costs_nothing() -> None:
    assert step_proved(CALM, TEST) is CALM
    storm = StormDetector(score=12.0, tripped_at=T0)
    assert step_proved(storm, TEST) is storm
    assert step_contradicted(storm, TEST, account="z", now=T0) is storm


def test_the_memory_of_contradicted_accounts_is_bounded() -> None:
    deaf = msgspec.structs.replace(TEST, threshold=1e9)
    detector = CALM
    for number in range(2_000):
        detector = step_contradicted(detector, deaf, account=f"a{number}", now=T0)
    assert len(detector.contradicted) == 512
    assert "a1999" in detector.contradicted


@pytest.mark.parametrize("bad", [{"p0": 0.05, "p1": 0.05}, {"alpha": 0.6, "beta": 0.5}])
def test_settings_that_make_no_test_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, GuardSettings)
