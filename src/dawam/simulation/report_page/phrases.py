"""What the codes of a report are called for people. Each text is its own message id in the catalogues.

A code without a phrase (of a newer fault, say) is shown as it is, in code type.
"""

from collections.abc import Mapping

from dawam.guard import Pattern
from dawam.kernel import APPROVED, DeclineCode
from dawam.primary import Fault
from dawam.simulation.faults import FaultKind
from dawam.simulation.report_page.spans import GONE
from dawam.standin import Capability, DifferenceKind, Mode, Reason

FAULT_NAMES: Mapping[str, str] = {
    FaultKind.ZERO: "All balances zero",
    FaultKind.SCALE: "Balances 100 times too large",
    FaultKind.SHIFT: "Somebody else's balances",
    FaultKind.STALE: "Balances from an old copy",
    FaultKind.SOME: "Some accounts wrong",
    FaultKind.DOWN: "Connections refused",
    FaultKind.HANG: "No answers",
    FaultKind.SLOW: "Slow answers",
    FaultKind.ERRORS: "Every call an error",
    FaultKind.FLAP: "Up and down by turns",
    FaultKind.GAP: "The feed loses bookings",
    FaultKind.REPEAT: "The feed repeats bookings",
    FaultKind.LOST_REPLY: "Answers lost after booking",
    FaultKind.CRASH: "Dawam killed and started again",
}

FAULT_MEANINGS: Mapping[str, str] = {
    FaultKind.ZERO: "The primary answered every balance as 0.",
    FaultKind.SCALE: "The primary answered every balance 100 times as large as it was.",
    FaultKind.SHIFT: "The primary answered with the balance of another account.",
    FaultKind.STALE: "The primary answered from an old copy of its books.",
    FaultKind.SOME: "The primary answered wrong balances for 5 % of the accounts.",
    FaultKind.DOWN: "The primary refused connections.",
    FaultKind.HANG: "The primary accepted connections and never answered.",
    FaultKind.SLOW: "The primary answered late, at times too late.",
    FaultKind.ERRORS: "The primary answered every call with an error.",
    FaultKind.FLAP: "The primary was up and down by turns.",
    FaultKind.GAP: "The primary's feed left bookings out.",
    FaultKind.REPEAT: "The primary's feed told bookings twice.",
    FaultKind.LOST_REPLY: "The primary booked payments, and its answers were lost.",
    FaultKind.CRASH: "Dawam itself was killed in the middle of decisions, and started again.",
}

PATTERNS: Mapping[str, str] = {
    Pattern.ZERO: "all zero",
    Pattern.SCALE: "wrong unit",
    Pattern.SHIFT: "somebody else's",
    Pattern.STALE: "old copy",
    Pattern.RANDOM: "no common pattern",
}

MODES: Mapping[str, str] = {
    Mode.NORMAL: "Normal",
    Mode.STANDING_IN: "Standing in",
    Mode.RECOVERING: "Recovering",
    GONE: "Dawam away",
}

REASONS: Mapping[str, str] = {
    Reason.OPERATOR: "an operator's order",
    Reason.MAINTENANCE: "announced maintenance",
    Reason.CONTRADICTED: "false balances",
    Reason.UNREACHABLE: "primary unreachable",
    Reason.SLOW: "primary too slow",
    Reason.FEED_STALE: "feed out of date",
    Reason.HEALTHY: "primary healthy",
}

CAPABILITIES: Mapping[str, str] = {
    Capability.BALANCE: "balances",
    Capability.PAYMENT: "payments",
    Capability.WITHDRAWAL: "withdrawals",
    Capability.CHEQUE: "cheques",
    Capability.STATEMENT: "statements",
}

FAILURES: Mapping[str, str] = {
    Fault.UNREACHABLE: "not reached",
    Fault.TIMEOUT: "no answer in time",
    Fault.ERROR: "answered with an error",
    Fault.MALFORMED: "answered nonsense",
}

DIFFERENCES: Mapping[str, str] = {
    DifferenceKind.BALANCE_DIFFERS: "The primary's balance is not what its feed adds up to",
    DifferenceKind.NOT_MIRRORED: "An account that the feed never brought",
    DifferenceKind.NOT_AT_PRIMARY: "An account that the primary does not know",
    DifferenceKind.DECISION_PARKED: "A decision that the primary refused; two people settle it",
    DifferenceKind.DECISION_WAITING: "A decision still on its way",
    DifferenceKind.DECISION_UNBOOKED: "A decision applied, says the primary, but not in its feed",
    DifferenceKind.OUTCOME_UNKNOWN: "A payment that the primary has not answered",
}

# The kinds that reconciliation counts as explained.
EXPLAINED = frozenset(
    {DifferenceKind.DECISION_PARKED, DifferenceKind.DECISION_WAITING, DifferenceKind.OUTCOME_UNKNOWN}
)

CODES: Mapping[str, str] = {
    APPROVED: "approved",
    DeclineCode.INVALID_AMOUNT: "invalid amount",
    DeclineCode.NOT_AVAILABLE_IN_STAND_IN: "not available while standing in",
    DeclineCode.ACCOUNT_NOT_FOUND: "no such account",
    DeclineCode.ACCOUNT_FROZEN: "account frozen",
    DeclineCode.SUSPECTED_FRAUD: "suspected fraud",
    DeclineCode.OVER_LIMIT: "over the limit",
    DeclineCode.TOO_MANY: "too many payments",
    DeclineCode.INSUFFICIENT_FUNDS: "not enough money",
    DeclineCode.ISSUER_UNAVAILABLE: "institution not available",
}

ALL: tuple[Mapping[str, str], ...] = (
    FAULT_NAMES,
    FAULT_MEANINGS,
    PATTERNS,
    MODES,
    REASONS,
    CAPABILITIES,
    FAILURES,
    DIFFERENCES,
    CODES,
)
