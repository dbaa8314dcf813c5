"""The rules of modes: what trips, what it takes, what clears it."""

from datetime import UTC, datetime, timedelta

import pytest

from dawam.standin import Capability, DetectionSettings, Mode, Reason
from dawam.standin.modes.model import (
    ALL,
    MONEY,
    SHOWN,
    Signals,
    conditions,
    next_states,
    normal_states,
    recovered,
    with_share,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = DetectionSettings(failures_to_trip=3, feed_stale_after_s=30, stable_for_s=5)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


HELD_ALL = {Reason.UNREACHABLE: ALL}
CASES = [
    # what happened, what was held before, what holds now
    ("nothing", Signals(), {}, {}),
    ("two failures are not three", Signals(read_failures=2, last_read_outage_at=NOW), {}, {}),
    ("three failures", Signals(read_failures=3, last_read_outage_at=NOW), {}, HELD_ALL),
    ("one lost message does not hold", Signals(read_failures=1, last_read_outage_at=ago(9)), HELD_ALL, {}),
    ("well for 4 of 5 s holds", Signals(last_read_outage_at=ago(4)), HELD_ALL, HELD_ALL),
    ("well for 6 s clears", Signals(last_read_outage_at=ago(6)), HELD_ALL, {}),
    (
        "payments fail, reads do not",
        Signals(write_failures=3, last_write_outage_at=NOW),
        {},
        {Reason.UNREACHABLE: MONEY},
    ),
    (
        "failed payments clear by time",
        Signals(write_failures=3, last_write_outage_at=ago(6)),
        {Reason.UNREACHABLE: MONEY},
        {},
    ),
    ("a storm", Signals(storm=True, last_contradiction_at=NOW), {}, {Reason.CONTRADICTED: ALL}),
    (
        "a storm holds until shadow reads prove",
        Signals(last_contradiction_at=ago(60), shadow_proofs=9),
        {Reason.CONTRADICTED: ALL},
        {Reason.CONTRADICTED: ALL},
    ),
    (
        "a storm holds while suspects remain",
        Signals(last_contradiction_at=ago(60), shadow_proofs=50, suspects=3),
        {Reason.CONTRADICTED: ALL},
        {Reason.CONTRADICTED: ALL},
    ),
    (
        "a storm clears",
        Signals(last_contradiction_at=ago(6), shadow_proofs=10),
        {Reason.CONTRADICTED: ALL},
        {},
    ),
    ("slow", Signals(slow=True, last_slow_at=NOW), {}, {Reason.SLOW: ALL}),
    ("slow clears", Signals(last_slow_at=ago(6)), {Reason.SLOW: ALL}, {}),
    ("an old feed", Signals(feed_age_s=31), {}, {Reason.FEED_STALE: SHOWN}),
    (
        "an order",
        Signals(operator=frozenset({Capability.CHEQUE})),
        {},
        {Reason.OPERATOR: frozenset({Capability.CHEQUE})},
    ),
]


@pytest.mark.parametrize(("what", "signals", "held", "expected"), CASES, ids=[case[0] for case in CASES])
def test_conditions_trip_and_clear_as_the_table_says(what, signals, held, expected):
    assert conditions(signals, held, settings=SETTINGS, stable_for_s=5.0, now=NOW) == expected


def test_the_weightiest_reason_names_the_mode():
    found = {Reason.FEED_STALE: SHOWN, Reason.UNREACHABLE: ALL, Reason.CONTRADICTED: ALL}
    states = next_states(normal_states(NOW), found, now=NOW)
    assert {state.reason for state in states.values()} == {Reason.CONTRADICTED}


def test_a_change_of_reason_keeps_the_moment_since_when():
    away = next_states(normal_states(NOW), {Reason.SLOW: ALL}, now=NOW)
    later = NOW + timedelta(minutes=1)
    worse = next_states(away, {Reason.UNREACHABLE: ALL}, now=later)
    assert all(state.since == NOW for state in worse.values())


def test_what_nothing_takes_any_more_recovers_and_is_normal_only_when_recovery_says_so():
    away = next_states(normal_states(NOW), {Reason.UNREACHABLE: MONEY}, now=NOW)
    back = next_states(away, {}, now=NOW)
    assert back[Capability.PAYMENT].mode is Mode.RECOVERING
    assert back[Capability.BALANCE].mode is Mode.NORMAL
    assert with_share(back, 10)[Capability.PAYMENT].share_percent == 10
    assert with_share(back, 10)[Capability.BALANCE].share_percent == 100
    assert all(state.mode is Mode.NORMAL for state in recovered(back, now=NOW).values())


def test_a_setback_sends_a_recovering_capability_back_to_the_stand_in():
    away = next_states(normal_states(NOW), {Reason.UNREACHABLE: ALL}, now=NOW)
    half_way = with_share(next_states(away, {}, now=NOW), 50)
    again = next_states(half_way, {Reason.CONTRADICTED: ALL}, now=NOW)
    assert {(s.mode, s.share_percent) for s in again.values()} == {(Mode.STANDING_IN, 0)}
