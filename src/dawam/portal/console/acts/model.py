"""What the staff may order of an institution's stand-in, and when another person must agree; pure.

Rules, in this order: an act has a reason; one that needs two people waits for an approver, at most so long;
nobody agrees to their own act; what is settled stays settled.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.kernel import Conflict, Forbidden, InvalidInput
from dawam.standin import Capability

REASON_MAX = 300


class Act(StrEnum):
    """What is ordered."""

    TAKE_OVER = "take_over"
    HAND_BACK = "hand_back"
    PAUSE = "pause"
    RESUME = "resume"


class State(StrEnum):
    """Where an order stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One act that somebody ordered; `capabilities` is empty for all of them."""

    id: str
    institution: str
    act: Act
    capabilities: tuple[Capability, ...]
    reason: str
    by: str
    at: datetime
    expires_at: datetime
    state: State
    second: str | None = None
    """Who agreed or refused."""
    settled_at: datetime | None = None


def ordered(
    *,
    identifier: str,
    institution: str,
    act: Act,
    capabilities: tuple[Capability, ...],
    reason: str,
    by: str,
    two_people: tuple[Act, ...],
    within_s: float,
    now: datetime,
) -> Order:
    """A new order: done at once, or waiting for a second person.

    Raises: InvalidInput `reason_malformed`.
    """
    said = " ".join(reason.split())
    if not said or len(said) > REASON_MAX or not said.isprintable():
        raise InvalidInput("reason_malformed", longest=REASON_MAX)
    return Order(
        id=identifier,
        institution=institution,
        act=act,
        capabilities=capabilities,
        reason=said,
        by=by,
        at=now,
        expires_at=now + timedelta(seconds=within_s),
        state=State.WAITING if act in two_people else State.DONE,
    )


def settled(order: Order, *, agrees: bool, by: str, now: datetime) -> Order:
    """The order after a second person's word.

    Raises: Conflict `order_settled`, `order_expired`; Forbidden `second_person_needed`.
    """
    _check_open(order, now)
    if by == order.by:
        raise Forbidden("second_person_needed")
    state = State.DONE if agrees else State.REFUSED
    return msgspec.structs.replace(order, state=state, second=by, settled_at=now)


def withdrawn(order: Order, *, by: str, now: datetime) -> Order:
    """The order taken back by who gave it. Raises: Conflict `order_settled`; Forbidden `order_of_another`."""
    _check_open(order, now)
    if by != order.by:
        raise Forbidden("order_of_another")
    return msgspec.structs.replace(order, state=State.WITHDRAWN, settled_at=now)


def seen(order: Order, now: datetime) -> Order:
    """The order as it stands now: one that waited too long has expired."""
    if order.state is State.WAITING and now >= order.expires_at:
        return msgspec.structs.replace(order, state=State.EXPIRED, settled_at=order.expires_at)
    return order


def _check_open(order: Order, now: datetime) -> None:
    found = seen(order, now)
    if found.state is State.EXPIRED:
        raise Conflict("order_expired")
    if found.state is not State.WAITING:
        raise Conflict("order_settled", state=found.state.value)
