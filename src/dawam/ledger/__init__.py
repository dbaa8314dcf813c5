"""Double-entry books: accounts with four counters, transfers plain or in two phases, linked or not.

Promises: debits equal credits, always; a transfer is created once, whatever is retried; a limit is never
passed; no record changes after it was sealed, and an audit from the first to the last finds out if one has.
Rules and result codes are TigerBeetle's. Pages: docs/ledger.md, docs/journal.md.
"""

from dawam.ledger.chart import TABLES as _CHART
from dawam.ledger.chart import Chart
from dawam.ledger.conversion import Rate, Rounding, Settled, Side, convert, quote, settled
from dawam.ledger.model import (
    Account,
    AccountFlags,
    AuditReport,
    Entry,
    LedgerTotal,
    PendingStatus,
    Terms,
    Transfer,
    TransferFlags,
)
from dawam.ledger.proofs import TABLES as _TREES
from dawam.ledger.proofs import AccountProof, Proofs, SigningKey, VerifyingKey, read_signing_key, sealing
from dawam.ledger.results import AccountResult, TransferResult
from dawam.ledger.service import Ledger, audited
from dawam.ledger.tables import TABLES as _BOOKS

TABLES = [*_BOOKS, *_CHART, *_TREES]

__all__ = [
    "TABLES",
    "Account",
    "AccountFlags",
    "AccountProof",
    "AccountResult",
    "AuditReport",
    "Chart",
    "Entry",
    "Ledger",
    "LedgerTotal",
    "PendingStatus",
    "Proofs",
    "Rate",
    "Rounding",
    "Settled",
    "Side",
    "SigningKey",
    "Terms",
    "Transfer",
    "TransferFlags",
    "TransferResult",
    "VerifyingKey",
    "audited",
    "convert",
    "quote",
    "read_signing_key",
    "sealing",
    "settled",
]
