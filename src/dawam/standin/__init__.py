"""Dawam answering in the primary's place: when, for whom, how much, and how everything is handed back.

Promises: every answer is proved or withheld; a decision is held in the ledger and delivered as an advice,
applied once; what cannot be delivered is parked and shown until two people settle it; customers go back
to the primary by cohorts, each gated by agreement. Pages: docs/stand-in.md, docs/recovery.md.
"""

from dawam.standin import advices, decisions, measures, modes
from dawam.standin.advices import advice_states, as_it_counts
from dawam.standin.books import Books
from dawam.standin.decisions import day_start, share_left
from dawam.standin.desk import Desk
from dawam.standin.measures import BalanceChecks, balance_checks, forget
from dawam.standin.messages import (
    Capability,
    CapabilityState,
    Mode,
    ParkedAdvice,
    PaymentRequest,
    PaymentState,
    Reason,
    Receipt,
    Shown,
    Source,
    StatementEntry,
    StatementPage,
    TakenPayment,
    Withheld,
    WithheldReason,
)
from dawam.standin.modes import MODE_CHANGED, ModeChange, evidence_in_words
from dawam.standin.reconciliation import Difference, DifferenceKind, Reconciliation
from dawam.standin.settings import (
    DetectionSettings,
    Limits,
    PolicySettings,
    RecoverySettings,
    StandinSettings,
    Tier,
    Window,
)
from dawam.standin.tally import Counts
from dawam.standin.words import CAPABILITY_NAMES, CAPABILITY_TITLES, KIND_TITLES
from dawam.storage import outbox

TABLES = [*modes.TABLES, *decisions.TABLES, *advices.TABLES, *measures.TABLES, *outbox.TABLES]

__all__ = [
    "CAPABILITY_NAMES",
    "CAPABILITY_TITLES",
    "KIND_TITLES",
    "MODE_CHANGED",
    "TABLES",
    "BalanceChecks",
    "Books",
    "Capability",
    "CapabilityState",
    "Counts",
    "Desk",
    "DetectionSettings",
    "Difference",
    "DifferenceKind",
    "Limits",
    "Mode",
    "ModeChange",
    "ParkedAdvice",
    "PaymentRequest",
    "PaymentState",
    "PolicySettings",
    "Reason",
    "Receipt",
    "Reconciliation",
    "RecoverySettings",
    "Shown",
    "Source",
    "StandinSettings",
    "StatementEntry",
    "StatementPage",
    "TakenPayment",
    "Tier",
    "Window",
    "Withheld",
    "WithheldReason",
    "advice_states",
    "as_it_counts",
    "balance_checks",
    "day_start",
    "evidence_in_words",
    "forget",
    "share_left",
]
