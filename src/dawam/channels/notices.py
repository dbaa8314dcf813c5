"""What the customer is told about who answers and why. A text's id is its English wording.

Rules: two whole sentences, first what is the matter, then what it means for this capability; no word that
alarms, none that shifts blame, and no promise that the code does not keep: that money is safe with the
institution is not ours to prove, that no payment is taken twice is.
"""

from dawam.standin import Capability, Mode, Reason
from dawam.web import Locale, text

WHY: dict[Reason, str] = {
    Reason.OPERATOR: "The institution's staff have switched to the standby system.",
    Reason.MAINTENANCE: "The institution's system is under planned maintenance.",
    Reason.CONTRADICTED: (
        "The institution's system gives balances that cannot be right by its own bookings; "
        "they are not shown."
    ),
    Reason.UNREACHABLE: "The institution's system is not answering at the moment.",
    Reason.SLOW: "The institution's system is answering too slowly at the moment.",
    Reason.FEED_STALE: "The institution's latest bookings may not have reached us yet.",
    Reason.HEALTHY: "The institution's system is working again.",
}

HERE: dict[Capability, str] = {
    Capability.BALANCE: "Balances come from the standby system, as of the time shown with them.",
    Capability.PAYMENT: "The standby system decides payments, within limits; none is taken twice.",
    Capability.WITHDRAWAL: "The standby system decides withdrawals, within limits; none is taken twice.",
    Capability.CHEQUE: "The standby system decides cheques, within limits; none is taken twice.",
    Capability.STATEMENT: (
        "Statements come from the standby system and hold the bookings that have reached it."
    ),
}
"""While the stand-in answers."""

RETURNING: dict[Capability, str] = {
    Capability.BALANCE: (
        "Balances return to it step by step; until then they come from the standby system, "
        "as of the time shown."
    ),
    Capability.PAYMENT: (
        "Payments return to it step by step, and those decided meanwhile are passed on to it."
    ),
    Capability.WITHDRAWAL: (
        "Withdrawals return to it step by step, and those decided meanwhile are passed on to it."
    ),
    Capability.CHEQUE: (
        "Cheques return to it step by step, and those decided meanwhile are passed on to it."
    ),
    Capability.STATEMENT: (
        "Statements return to it step by step and hold the bookings that have reached us."
    ),
}
"""While customers return to the primary by cohorts; the reason is that of the time before."""


def notice(capability: Capability, mode: Mode, reason: Reason, locale: Locale) -> str | None:
    """What a customer is told about a capability; nothing when all is well."""
    if mode is Mode.NORMAL:
        return None
    said = (
        (WHY[Reason.HEALTHY], RETURNING[capability])
        if mode is Mode.RECOVERING
        else (WHY[reason], HERE[capability])
    )
    return " ".join(text(sentence, locale) for sentence in said)
