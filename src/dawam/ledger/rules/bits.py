"""The flags as plain integers, because comparing members of an IntFlag takes many times as long."""

from dawam.kernel import AMOUNT_MAX
from dawam.ledger.model import AccountFlags, TransferFlags

NS_PER_S = 1_000_000_000
NEVER = AMOUNT_MAX

LINKED = int(TransferFlags.LINKED)
PENDING = int(TransferFlags.PENDING)
POST = int(TransferFlags.POST_PENDING)
VOID = int(TransferFlags.VOID_PENDING)
RESOLVES = POST | VOID
BALANCING_DEBIT = int(TransferFlags.BALANCING_DEBIT)
BALANCING_CREDIT = int(TransferFlags.BALANCING_CREDIT)
BALANCING = BALANCING_DEBIT | BALANCING_CREDIT
CLOSING_DEBIT = int(TransferFlags.CLOSING_DEBIT)
CLOSING_CREDIT = int(TransferFlags.CLOSING_CREDIT)
CLOSING = CLOSING_DEBIT | CLOSING_CREDIT
IMPORTED = int(TransferFlags.IMPORTED)
EXPIRED = int(TransferFlags.EXPIRED)
TRANSFER_FLAGS = LINKED | PENDING | RESOLVES | BALANCING | CLOSING | IMPORTED

DEBIT_LIMITED = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
CREDIT_LIMITED = int(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
IMPORTED_ACCOUNT = int(AccountFlags.IMPORTED)
CLOSED = int(AccountFlags.CLOSED)
ACCOUNT_FLAGS = (
    int(AccountFlags.LINKED | AccountFlags.HISTORY)
    | DEBIT_LIMITED
    | CREDIT_LIMITED
    | IMPORTED_ACCOUNT
    | CLOSED
)
