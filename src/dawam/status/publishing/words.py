"""How a status page says what works: plain words, first what it means for the reader."""

from collections.abc import Sequence

from dawam.standin import CAPABILITY_NAMES, Capability, Mode, Reason
from dawam.web import Locale, Said, text
from dawam.web.pages import in_a_list

STOPPED = ("Not available", "danger")
MODES: dict[Mode, tuple[str, str]] = {
    Mode.NORMAL: ("Works", "good"),
    Mode.STANDING_IN: ("Works, by the standby system", "notice"),
    Mode.RECOVERING: ("Works, returning to the usual system", "notice"),
}
"""What a mode is called, and its tone."""

WHY: dict[Reason, str] = {
    Reason.OPERATOR: "The staff have switched to the standby system.",
    Reason.MAINTENANCE: "The usual system is under planned maintenance.",
    Reason.CONTRADICTED: "The usual system gives balances that cannot be right; they are not shown.",
    Reason.UNREACHABLE: "The usual system is not answering at the moment.",
    Reason.SLOW: "The usual system is answering too slowly at the moment.",
    Reason.FEED_STALE: "The latest bookings may not have reached us yet.",
    Reason.HEALTHY: "",
}

MEANS: dict[Capability, str] = {
    Capability.BALANCE: "Balances are those of the time shown beside them.",
    Capability.PAYMENT: "You can pay, within limits; no payment is taken twice.",
    Capability.WITHDRAWAL: "You can withdraw, within limits; nothing is taken twice.",
    Capability.CHEQUE: "Cheques are taken, within limits; none is taken twice.",
    Capability.STATEMENT: "Statements hold the bookings that have reached us.",
}
"""What it means for a customer while the standby system answers."""


def listed(capabilities: Sequence[Capability], locale: Locale) -> Said:
    """Capabilities as a list in a sentence."""
    return in_a_list([text(CAPABILITY_NAMES[one], locale) for one in capabilities], locale)
