"""The rules of double entry, as TigerBeetle has them, and our terms: may this be created, what changes?

All functions are pure. Each check stands in the order of its code's precedence (`results.py`), and the order
is that of TigerBeetle's `src/state_machine.zig`. Linked chains, and what a failed one takes back, are the
batch's affair. Page: docs/ledger.md.
"""

from dawam.ledger.rules.accounts import judge_account
from dawam.ledger.rules.bits import (
    BALANCING,
    CLOSED,
    CLOSING,
    CREDIT_LIMITED,
    DEBIT_LIMITED,
    EXPIRED,
    IMPORTED,
    LINKED,
    NEVER,
    NS_PER_S,
    PENDING,
    POST,
    RESOLVES,
    VOID,
)
from dawam.ledger.rules.holds import completed, expires_at, expiry_of
from dawam.ledger.rules.movement import amount_of, move
from dawam.ledger.rules.transfers import judge_transfer, sides_of

__all__ = [
    "BALANCING",
    "CLOSED",
    "CLOSING",
    "CREDIT_LIMITED",
    "DEBIT_LIMITED",
    "EXPIRED",
    "IMPORTED",
    "LINKED",
    "NEVER",
    "NS_PER_S",
    "PENDING",
    "POST",
    "RESOLVES",
    "VOID",
    "amount_of",
    "completed",
    "expires_at",
    "expiry_of",
    "judge_account",
    "judge_transfer",
    "move",
    "sides_of",
]
