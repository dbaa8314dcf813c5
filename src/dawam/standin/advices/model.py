"""The life of an advice.

waiting -> applied | already_applied      the primary has it
waiting -> parked                         the primary refuses it
parked  -> waiting                        two people say: deliver again
parked  -> written_off                    two people say: the institution bears it
"""

from enum import StrEnum

import msgspec

from dawam.kernel import Conflict, Forbidden
from dawam.primary import Advice, AdviceAnswer, AdviceStatus


class AdviceState(StrEnum):
    """Where an advice stands."""

    WAITING = "waiting"
    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    PARKED = "parked"
    WRITTEN_OFF = "written_off"


class Settlement(StrEnum):
    """What two people may decide about a parked advice."""

    RETRY = "retry"
    WRITE_OFF = "write_off"


class WaitingAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """An advice to deliver, and the hundredth of the customers it belongs to."""

    advice: Advice
    bucket: int
    attempts: int


class AdviceCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many advices stand where."""

    waiting: int = 0
    applied: int = 0
    already_applied: int = 0
    parked: int = 0
    written_off: int = 0

    @property
    def made(self) -> int:
        """All of them."""
        return self.waiting + self.applied + self.already_applied + self.parked + self.written_off


def state_after(answer: AdviceAnswer) -> AdviceState:
    """Where an advice stands after the primary's answer."""
    return {
        AdviceStatus.APPLIED: AdviceState.APPLIED,
        AdviceStatus.ALREADY_APPLIED: AdviceState.ALREADY_APPLIED,
        AdviceStatus.REJECTED: AdviceState.PARKED,
    }[answer.status]


def agreed(*, proposed: Settlement | None, proposed_by: str | None, action: Settlement, by: str) -> bool:
    """Whether this word is the second one and carries the proposal.

    Raises: Forbidden `second_person_needed`, when one person speaks twice; Conflict
    `settlement_differs`, when the second person says something else.
    """
    if proposed is None:
        return False
    if proposed_by == by:
        raise Forbidden("second_person_needed")
    if proposed is not action:
        raise Conflict("settlement_differs", proposed=proposed.value, given=action.value)
    return True
