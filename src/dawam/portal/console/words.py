"""Words for modes, reasons, acts and what people settle. A text's id is its English wording."""

from dawam.delivery import State as MessageState
from dawam.delivery import Way
from dawam.portal.console.acts import Act, State
from dawam.standin import CAPABILITY_TITLES, KIND_TITLES, Mode, Reason

CAPABILITIES = CAPABILITY_TITLES
KINDS = KIND_TITLES
MODES: dict[Mode, tuple[str, str]] = {
    Mode.NORMAL: ("Normal", "good"),
    Mode.STANDING_IN: ("Standing in", "warning"),
    Mode.RECOVERING: ("Recovering", "notice"),
}
"""The word, and the tone of its badge."""

REASONS: dict[Reason, str] = {
    Reason.OPERATOR: "by order of the staff",
    Reason.MAINTENANCE: "maintenance",
    Reason.CONTRADICTED: "its balances contradict its own bookings",
    Reason.UNREACHABLE: "the primary does not answer",
    Reason.SLOW: "the primary answers too slowly",
    Reason.FEED_STALE: "its bookings do not arrive",
    Reason.HEALTHY: "the primary is healthy",
}
ACTS: dict[Act, str] = {
    Act.TAKE_OVER: "Take over",
    Act.HAND_BACK: "Hand back",
    Act.PAUSE: "Hold the return of customers",
    Act.RESUME: "Go on with the return of customers",
}
MEANINGS: dict[Act, str] = {
    Act.TAKE_OVER: "The stand-in answers at once; customers see balances as of the last booking.",
    Act.HAND_BACK: "Customers go back to the primary step by step, as far as it proves right.",
    Act.PAUSE: "Who is back stays back; nobody else goes back until somebody goes on.",
    Act.RESUME: "The return of customers goes on where it was held.",
}
STATES: dict[State, tuple[str, str]] = {
    State.WAITING: ("Waits for an approver", "warning"),
    State.DONE: ("Done", "good"),
    State.REFUSED: ("Refused", "danger"),
    State.WITHDRAWN: ("Withdrawn", "neutral"),
    State.EXPIRED: ("Expired", "neutral"),
}
SETTLEMENTS: dict[str, str] = {"retry": "Deliver again", "write_off": "Write off"}

WAYS: dict[Way, str] = {
    Way.EMAIL: "E-mail",
    Way.SMS: "SMS",
    Way.PUSH: "To devices",
    Way.WEBHOOK: "Webhooks",
    Way.STAFF: "Staff channels",
}
MESSAGE_STATES: dict[MessageState, str] = {
    MessageState.WAITING: "Waiting",
    MessageState.SENDING: "Being sent",
    MessageState.SENT: "Sent",
    MessageState.FAILED: "Given up",
    MessageState.EXPIRED: "Too old",
}
