"""What customers read: capabilities, kinds of bookings, decisions, reasons. A text's id is its English.

Rules: first what it means for the reader, then what to do; no word that alarms or blames; nothing promised
that the code does not keep.
"""

from dawam.kernel import DeclineCode
from dawam.portal.customer.cash_outs import State
from dawam.portal.customer.complaints import Nature
from dawam.portal.customer.sends import Check
from dawam.portal.customer.wallets import Why
from dawam.standin import KIND_TITLES, Capability, Mode, PaymentState

CAPABILITIES: dict[Capability, str] = {
    Capability.BALANCE: "Seeing balances",
    Capability.PAYMENT: "Sending and paying",
    Capability.WITHDRAWAL: "Taking out cash",
    Capability.CHEQUE: "Cheques",
    Capability.STATEMENT: "Statements",
}
MODES: dict[Mode, tuple[str, str]] = {
    Mode.NORMAL: ("Works", "good"),
    Mode.STANDING_IN: ("Works by the standby system", "notice"),
    Mode.RECOVERING: ("Returning step by step", "notice"),
}
"""The word, and the tone of its badge."""

STOPPED: tuple[str, str] = ("Not possible now", "warning")
STOPPED_TEXT = "It comes back when the institution's system answers again."

WHY: dict[Why, str] = {
    Why.NOT_MIRRORED: "The bookings of this account have not reached us yet. This does not mean zero.",
    Why.TOO_OLD: "The last bookings that reached us are too old to show. This does not mean zero.",
    Why.UNKNOWN: "The institution does not know this account at the moment. Ask it if this stays.",
    Why.LATE: "No proved answer came in time. This does not mean zero; look again in a moment.",
    Why.FAILED: "It cannot be proved at the moment. This does not mean zero; look again in a moment.",
}
KINDS: dict[str, str] = {
    **KIND_TITLES,
    "fee": "Fee",
    "interest": "Interest",
    "deposit": "Deposit",
    "withdrawal": "Withdrawal",
    "drift": "Correction",
    "opening_balance": "Opening balance",
}
OTHER_KIND = "Booking"

CHECKS: dict[Check, tuple[str, str, str]] = {
    Check.MATCH: ("good", "The name matches", "This account belongs to somebody of this name."),
    Check.CLOSE: (
        "warning",
        "The name is close, but not the same",
        "Ask the payee how their name is written at the institution, and compare every part of it.",
    ),
    Check.NO_MATCH: (
        "danger",
        "The name does not match",
        "This account belongs to somebody else than the name says. Ask the payee for the number again, by "
        "telephone or in person, before you send anything.",
    ),
    Check.OWN: ("good", "This is your own account", "The money stays yours."),
    Check.ELSEWHERE: (
        "notice",
        "The name could not be checked",
        "We do not know whose account this is: the payee is with another institution, or the number is "
        "wrong. Compare the number with the payee before you send anything.",
    ),
}
"""Tone, title, text."""

STATUS: dict[PaymentState, tuple[str, str]] = {
    PaymentState.APPROVED: ("Approved", "good"),
    PaymentState.DECLINED: ("Declined", "danger"),
    PaymentState.PENDING: ("Not certain yet", "warning"),
}
CHEQUES: dict[PaymentState, tuple[str, str]] = {
    PaymentState.APPROVED: ("Cheque approved", "good"),
    PaymentState.DECLINED: ("Cheque declined", "danger"),
    PaymentState.PENDING: ("Cheque not certain yet", "warning"),
}
"""The same of a cheque: in Arabic and French a word follows what it is said of."""

DECLINES: dict[str, tuple[str, str]] = {
    DeclineCode.INVALID_AMOUNT: (
        "The amount, the currency or the two accounts do not fit together.",
        "Check the amount and the payee, then begin again.",
    ),
    DeclineCode.NOT_AVAILABLE_IN_STAND_IN: (
        "This is not possible while the institution's system is away.",
        "Try again when it is back; you see on the first page what works.",
    ),
    DeclineCode.ACCOUNT_NOT_FOUND: (
        "One of the two accounts is not known.",
        "Compare the payee's number with the payee, then begin again.",
    ),
    DeclineCode.ACCOUNT_FROZEN: (
        "The institution has blocked payments from this account.",
        "Ask the institution why; another account of yours may work.",
    ),
    DeclineCode.SUSPECTED_FRAUD: (
        "The institution stopped it to protect you.",
        "Call the institution by the number on your card, and do not try again before.",
    ),
    DeclineCode.OVER_LIMIT: (
        "The amount is more than may be spent at the moment.",
        "Try a smaller amount, or wait until the institution's system is back.",
    ),
    DeclineCode.TOO_MANY: (
        "There were too many payments from this account while the institution's system is away.",
        "Wait until it is back.",
    ),
    DeclineCode.INSUFFICIENT_FUNDS: (
        "There is not enough available on the account.",
        "Choose a smaller amount or another account of yours.",
    ),
    DeclineCode.ISSUER_UNAVAILABLE: (
        "The institution could not be asked.",
        "Try again in a few minutes.",
    ),
}
"""What it means, and what to do next."""

DECLINED_OTHERWISE = (
    "The institution declined it and gave no reason that we know.",
    "Ask the institution, and tell it the reference.",
)
_PRESENTED_AGAIN = "The payee can present it again when the institution’s system is back."
_CHEQUE_STEPS: dict[str, str] = {
    DeclineCode.NOT_AVAILABLE_IN_STAND_IN: _PRESENTED_AGAIN,
    DeclineCode.ACCOUNT_FROZEN: "Ask the institution why, and tell it the reference.",
    DeclineCode.SUSPECTED_FRAUD: DECLINES[DeclineCode.SUSPECTED_FRAUD][1],
    DeclineCode.OVER_LIMIT: _PRESENTED_AGAIN,
    DeclineCode.TOO_MANY: _PRESENTED_AGAIN,
    DeclineCode.INSUFFICIENT_FUNDS: "Pay money in before the payee presents it again.",
    DeclineCode.ISSUER_UNAVAILABLE: "The payee can present it again in a few minutes.",
}
"""What the drawer of a declined cheque can do; they did not begin the payment, the payee did."""

CASH_OUTS: dict[State, tuple[str, str]] = {
    State.OPEN: ("Open", "good"),
    State.USED: ("Used", "neutral"),
    State.CANCELLED: ("Cancelled", "neutral"),
    State.ENDED: ("Ended", "warning"),
    State.EXPIRED: ("Expired", "neutral"),
}
NATURES: dict[Nature, str] = {
    Nature.BALANCE: "A balance or a booking",
    Nature.PAYMENT: "A payment",
    Nature.CASH: "Cash",
    Nature.CHEQUE: "A cheque",
    Nature.OUTAGE: "Something did not work",
    Nature.OTHER: "Something else",
}


def decline(code: str) -> tuple[str, str]:
    """What a refusal means, and what to do next."""
    return DECLINES.get(code, DECLINED_OTHERWISE)


def cheque_declined(code: str) -> tuple[str, str]:
    """What it means that a cheque was declined, and what its drawer can do."""
    return decline(code)[0], _CHEQUE_STEPS.get(code, DECLINED_OTHERWISE[1])


def kind(word: str) -> str:
    """What a booking is."""
    return KINDS.get(word, OTHER_KIND)
