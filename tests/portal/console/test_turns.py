"""What several capabilities did at one moment is told once."""

from datetime import UTC, datetime, timedelta

import msgspec

from dawam.portal.console.turns import turns
from dawam.standin import Capability, Mode, ModeChange, Reason

AT = datetime(2026, 3, 1, tzinfo=UTC)
ZERO = ModeChange(
    institution="nil",
    capability=Capability.BALANCE,
    mode=Mode.STANDING_IN,
    reason=Reason.CONTRADICTED,
    share_percent=0,
    at=AT,
    evidence="pattern=zero",
)


def changed(*capabilities: Capability, **fields: object) -> list[ModeChange]:
    return [msgspec.structs.replace(ZERO, capability=each, **fields) for each in capabilities]


def test_changes_of_one_moment_and_kind_are_one_turn() -> None:
    later = changed(Capability.PAYMENT, Capability.BALANCE, at=AT + timedelta(seconds=1))
    found = turns([*later, *changed(*Capability)])
    assert [turn.capabilities for turn in found] == [
        (Capability.BALANCE, Capability.PAYMENT),
        tuple(Capability),
    ]
    assert [turn.whole for turn in found] == [False, True]
    assert [turn.change.at for turn in found] == [AT + timedelta(seconds=1), AT]


def test_what_differs_in_anything_else_is_another_turn() -> None:
    kinds = ({"mode": Mode.NORMAL}, {"evidence": "restart"}, {"share_percent": 10}, {"reason": Reason.SLOW})
    for other in kinds:
        assert len(turns([*changed(Capability.BALANCE), *changed(Capability.PAYMENT, **other)])) == 2


def test_nothing_changed_is_no_turn() -> None:
    assert turns([]) == []
