"""The pure rules of modes.

A *condition* is a reason that holds, and the capabilities it takes from the primary:

| reason | trips | takes | clears |
|---|---|---|---|
| operator | an operator says so | what was named | an operator hands back |
| maintenance | a window has started | what the window names | the window has ended |
| contradicted | the storm detector trips | all | no contradiction for `stable_for_s`, shadow reads prove |
| unreachable | `failures_to_trip` failures in a row | all; of payments: money | none for `stable_for_s` |
| slow | `slow_share` of the last answers late | all | none late for `stable_for_s` |
| feed_stale | the feed older than `feed_stale_after_s` | balance, statement | the feed is complete again |

A capability stands in while a condition takes it, recovers when none does any more, and is normal again
only when recovery says so. Out of scope: how recovery proceeds (`standin.recovery`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from dawam.standin.messages import Capability, CapabilityState, Mode, Reason
from dawam.standin.settings import DetectionSettings

ALL = frozenset(Capability)
MONEY = frozenset({Capability.PAYMENT, Capability.WITHDRAWAL, Capability.CHEQUE})
SHOWN = frozenset({Capability.BALANCE, Capability.STATEMENT})
SHADOW_PROOFS_TO_CLEAR = 10
SUSPECTS_TO_HOLD = 3

Conditions = Mapping[Reason, frozenset[Capability]]
States = Mapping[Capability, CapabilityState]


@dataclass(frozen=True, slots=True)
class Signals:
    """What the detectors know at one moment. `last_…_at` is None when it never happened.

    An outage is `failures_to_trip` failures in a row, not one lost message: on a network that loses one in
    a hundred, no minute would ever be without a failure.
    """

    read_failures: int = 0
    write_failures: int = 0
    last_read_outage_at: datetime | None = None
    last_write_outage_at: datetime | None = None
    slow: bool = False
    last_slow_at: datetime | None = None
    storm: bool = False
    last_contradiction_at: datetime | None = None
    shadow_proofs: int = 0
    suspects: int = 0
    feed_age_s: float = 0.0
    maintenance: frozenset[Capability] = frozenset()
    operator: frozenset[Capability] = frozenset()


class ModeChange(msgspec.Struct, frozen=True, kw_only=True):
    """A fact: a capability changed its mode, with the evidence in words and counts."""

    institution: str
    capability: Capability
    mode: Mode
    reason: Reason
    share_percent: int
    at: datetime
    evidence: str


def conditions(
    signals: Signals,
    held: Conditions,
    *,
    settings: DetectionSettings,
    stable_for_s: float,
    now: datetime,
) -> dict[Reason, frozenset[Capability]]:
    """The conditions that hold now, given those that held before."""

    def recent(moment: datetime | None, within_s: float = stable_for_s) -> bool:
        return moment is not None and now - moment < timedelta(seconds=within_s)

    found: dict[Reason, frozenset[Capability]] = {}
    if signals.operator:
        found[Reason.OPERATOR] = signals.operator
    if signals.maintenance:
        found[Reason.MAINTENANCE] = signals.maintenance
    unproved = (
        signals.shadow_proofs < SHADOW_PROOFS_TO_CLEAR
        or signals.suspects >= SUSPECTS_TO_HOLD
        or recent(signals.last_contradiction_at, settings.stable_for_s)
    )
    if signals.storm or (Reason.CONTRADICTED in held and unproved):
        found[Reason.CONTRADICTED] = ALL
    unreachable = _unreachable(signals, held.get(Reason.UNREACHABLE, frozenset()), settings, recent)
    if unreachable:
        found[Reason.UNREACHABLE] = unreachable
    if signals.slow or (Reason.SLOW in held and recent(signals.last_slow_at)):
        found[Reason.SLOW] = ALL
    if signals.feed_age_s > settings.feed_stale_after_s:
        found[Reason.FEED_STALE] = SHOWN
    return found


def _unreachable(
    signals: Signals,
    held: frozenset[Capability],
    settings: DetectionSettings,
    recent: Callable[[datetime | None], bool],
) -> frozenset[Capability]:
    taken: frozenset[Capability] = frozenset()
    reads_down = signals.read_failures >= settings.failures_to_trip
    if reads_down or (held == ALL and recent(signals.last_read_outage_at)):
        taken = ALL
    # Nobody pays the primary while it is away, so only time can clear failed payments.
    writes_down = signals.write_failures >= settings.failures_to_trip or held
    if writes_down and recent(signals.last_write_outage_at):
        taken |= MONEY
    return taken


def next_states(current: States, found: Conditions, *, now: datetime) -> dict[Capability, CapabilityState]:
    """Each capability's state after the conditions; a state that does not change is the same object."""
    return {capability: _next(state, found, now) for capability, state in current.items()}


def _next(state: CapabilityState, found: Conditions, now: datetime) -> CapabilityState:
    reason = next((r for r in Reason if state.capability in found.get(r, ())), None)
    if reason is None:
        if state.mode is not Mode.STANDING_IN:
            return state
        return msgspec.structs.replace(state, mode=Mode.RECOVERING, since=now, share_percent=0)
    if state.mode is Mode.STANDING_IN:
        return state if state.reason is reason else msgspec.structs.replace(state, reason=reason)
    return msgspec.structs.replace(state, mode=Mode.STANDING_IN, reason=reason, since=now, share_percent=0)


def normal_states(now: datetime) -> dict[Capability, CapabilityState]:
    """Every capability with the primary."""
    return {
        capability: CapabilityState(
            capability=capability, mode=Mode.NORMAL, reason=Reason.HEALTHY, since=now, share_percent=100
        )
        for capability in Capability
    }


def with_share(current: States, share_percent: int) -> dict[Capability, CapabilityState]:
    """The recovering capabilities with `share_percent` of the customers back."""
    return {
        capability: msgspec.structs.replace(state, share_percent=share_percent)
        if state.mode is Mode.RECOVERING
        else state
        for capability, state in current.items()
    }


def recovered(current: States, *, now: datetime) -> dict[Capability, CapabilityState]:
    """The recovering capabilities back to normal."""
    return {
        capability: msgspec.structs.replace(
            state, mode=Mode.NORMAL, reason=Reason.HEALTHY, since=now, share_percent=100
        )
        if state.mode is Mode.RECOVERING
        else state
        for capability, state in current.items()
    }
