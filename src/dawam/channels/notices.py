"""One sentence for the customer about who answers and why. A text's id is its English wording."""

from dawam.standin import Capability, Mode, Reason
from dawam.web import Locale, text

WHO: dict[Mode, str] = {
    Mode.STANDING_IN: "{capability}: {reason}. We go on in its place; your money is safe.",
    Mode.RECOVERING: "{capability}: the institution's system is back and takes over step by step. "
    "Your money is safe.",
}

WHAT: dict[Capability, str] = {
    Capability.BALANCE: "Balance",
    Capability.PAYMENT: "Payments",
    Capability.WITHDRAWAL: "Withdrawals",
    Capability.CHEQUE: "Cheques",
    Capability.STATEMENT: "Statement",
}

WHY: dict[Reason, str] = {
    Reason.OPERATOR: "the institution's system is paused by its staff",
    Reason.MAINTENANCE: "the institution's system is under announced maintenance",
    Reason.CONTRADICTED: "the institution's system gives numbers that cannot be right",
    Reason.UNREACHABLE: "the institution's system does not answer",
    Reason.SLOW: "the institution's system answers too slowly",
    Reason.FEED_STALE: "the institution's system has sent no news for a while",
    Reason.HEALTHY: "the institution's system is well again",
}


def notice(capability: Capability, mode: Mode, reason: Reason, locale: Locale) -> str | None:
    """What a customer is told about a capability; nothing when all is well."""
    sentence = WHO.get(mode)
    if sentence is None:
        return None
    return text(sentence, locale, capability=text(WHAT[capability], locale), reason=text(WHY[reason], locale))
