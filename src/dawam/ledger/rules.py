"""The rules of double entry, as TigerBeetle has them: may this be created, and what does it change?

The functions are pure. Each check stands in the order of its code's precedence. What is out of scope here is
refused as a reserved flag: balancing, closing and imported transfers, closed accounts.
Source: TigerBeetle, docs/reference/requests/create_{accounts,transfers}.md; docs/ledger.md.
"""

from dawam.kernel import AMOUNT_MAX, ID_MAX
from dawam.ledger.model import (
    Account,
    AccountFlags,
    AccountRow,
    Pending,
    PendingStatus,
    Transfer,
    TransferFlags,
)
from dawam.ledger.results import AccountResult, TransferResult

NS_PER_S = 1_000_000_000
NEVER = AMOUNT_MAX

LINKED = int(TransferFlags.LINKED)
PENDING = int(TransferFlags.PENDING)
POST = int(TransferFlags.POST_PENDING)
VOID = int(TransferFlags.VOID_PENDING)
EXPIRED = int(TransferFlags.EXPIRED)
DEBIT_LIMITED = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
CREDIT_LIMITED = int(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)

_ACCOUNT_FLAGS = int(AccountFlags.LINKED | AccountFlags.HISTORY) | DEBIT_LIMITED | CREDIT_LIMITED
_TRANSFER_FLAGS = LINKED | PENDING | POST | VOID
_RESOLVED = {
    PendingStatus.POSTED: TransferResult.PENDING_TRANSFER_ALREADY_POSTED,
    PendingStatus.VOIDED: TransferResult.PENDING_TRANSFER_ALREADY_VOIDED,
    PendingStatus.EXPIRED: TransferResult.PENDING_TRANSFER_EXPIRED,
}
_SAME_ACCOUNT = (
    ("flags", AccountResult.EXISTS_WITH_DIFFERENT_FLAGS),
    ("user_data_128", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ("user_data_64", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ("user_data_32", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ("ledger", AccountResult.EXISTS_WITH_DIFFERENT_LEDGER),
    ("code", AccountResult.EXISTS_WITH_DIFFERENT_CODE),
)
_ZERO_IN_ACCOUNT = (
    ("debits_pending", AccountResult.DEBITS_PENDING_MUST_BE_ZERO),
    ("debits_posted", AccountResult.DEBITS_POSTED_MUST_BE_ZERO),
    ("credits_pending", AccountResult.CREDITS_PENDING_MUST_BE_ZERO),
    ("credits_posted", AccountResult.CREDITS_POSTED_MUST_BE_ZERO),
)
_SAME_TRANSFER = (
    ("debit_account_id", TransferResult.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
    ("credit_account_id", TransferResult.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
    ("amount", TransferResult.EXISTS_WITH_DIFFERENT_AMOUNT),
    ("user_data_128", TransferResult.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ("user_data_64", TransferResult.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ("user_data_32", TransferResult.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ("ledger", TransferResult.EXISTS_WITH_DIFFERENT_LEDGER),
    ("code", TransferResult.EXISTS_WITH_DIFFERENT_CODE),
    ("effective_at", TransferResult.EXISTS_WITH_DIFFERENT_EFFECTIVE_AT),
)
_SAME_AS_PENDING = (
    ("debit_account_id", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID),
    ("credit_account_id", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID),
    ("ledger", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER),
    ("code", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_CODE),
)


def judge_account(account: Account, existing: AccountRow | None) -> AccountResult:
    """May this account be created? Linked chains are the batch's affair."""
    if account.timestamp != 0:
        return AccountResult.TIMESTAMP_MUST_BE_ZERO
    if account.flags & ~_ACCOUNT_FLAGS:
        return AccountResult.RESERVED_FLAG
    if account.id == 0:
        return AccountResult.ID_MUST_NOT_BE_ZERO
    if account.id == ID_MAX:
        return AccountResult.ID_MUST_NOT_BE_INT_MAX
    if existing is not None:
        differing = (
            code for field, code in _SAME_ACCOUNT if getattr(account, field) != getattr(existing, field)
        )
        return next(differing, AccountResult.EXISTS)
    if account.flags & DEBIT_LIMITED and account.flags & CREDIT_LIMITED:
        return AccountResult.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    return _judge_account_form(account)


def _judge_account_form(account: Account) -> AccountResult:
    for field, result in _ZERO_IN_ACCOUNT:
        if getattr(account, field) != 0:
            return result
    if account.ledger == 0:
        return AccountResult.LEDGER_MUST_NOT_BE_ZERO
    return AccountResult.CODE_MUST_NOT_BE_ZERO if account.code == 0 else AccountResult.OK


def judge_transfer(
    transfer: Transfer,
    *,
    existing: Transfer | None,
    pending: Pending | None,
    debit: AccountRow | None,
    credit: AccountRow | None,
    timestamp: int,
) -> TransferResult:
    """May this transfer be created at `timestamp`? Linked chains are the batch's affair.

    `existing` has the same id, `pending` is what `pending_id` names, `debit` and `credit` are the accounts.
    """
    if transfer.timestamp != 0:
        return TransferResult.TIMESTAMP_MUST_BE_ZERO
    if transfer.flags & ~_TRANSFER_FLAGS:
        return TransferResult.RESERVED_FLAG
    if transfer.id == 0:
        return TransferResult.ID_MUST_NOT_BE_ZERO
    if transfer.id == ID_MAX:
        return TransferResult.ID_MUST_NOT_BE_INT_MAX
    if existing is not None:
        return _judge_existing(transfer, existing, pending)
    if transfer.flags & (POST | VOID):
        return _judge_resolution(transfer, pending, timestamp)
    return _judge_form(transfer) or _judge_accounts(transfer, debit, credit, timestamp)


def _judge_accounts(
    transfer: Transfer, debit: AccountRow | None, credit: AccountRow | None, timestamp: int
) -> TransferResult:
    """A plain or pending transfer against its accounts."""
    if debit is None:
        return TransferResult.DEBIT_ACCOUNT_NOT_FOUND
    if credit is None:
        return TransferResult.CREDIT_ACCOUNT_NOT_FOUND
    if debit.ledger != credit.ledger:
        return TransferResult.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    if transfer.ledger != debit.ledger:
        return TransferResult.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
    return _judge_counters(transfer, debit, credit, timestamp)


def _judge_existing(transfer: Transfer, existing: Transfer, pending: Pending | None) -> TransferResult:
    """The same id again: the same transfer, or in what does it differ? Flags first, they change the rest."""
    if transfer.flags != existing.flags:
        return TransferResult.EXISTS_WITH_DIFFERENT_FLAGS
    if transfer.pending_id != existing.pending_id:
        return TransferResult.EXISTS_WITH_DIFFERENT_PENDING_ID
    if transfer.timeout != existing.timeout:
        return TransferResult.EXISTS_WITH_DIFFERENT_TIMEOUT
    asked = transfer
    if transfer.flags & (POST | VOID) and pending is not None:
        asked = completed(transfer, pending.transfer)
    for field, result in _SAME_TRANSFER:
        if getattr(asked, field) != getattr(existing, field):
            return result
    return TransferResult.EXISTS


def _judge_form(transfer: Transfer) -> TransferResult:
    """A plain or pending transfer by itself, before any account is looked at."""
    for account_id, zero, int_max in (
        (
            transfer.debit_account_id,
            TransferResult.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO,
            TransferResult.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX,
        ),
        (
            transfer.credit_account_id,
            TransferResult.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO,
            TransferResult.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX,
        ),
    ):
        if account_id == 0:
            return zero
        if account_id == ID_MAX:
            return int_max
    if transfer.debit_account_id == transfer.credit_account_id:
        return TransferResult.ACCOUNTS_MUST_BE_DIFFERENT
    if transfer.pending_id != 0:
        return TransferResult.PENDING_ID_MUST_BE_ZERO
    if transfer.timeout != 0 and not transfer.flags & PENDING:
        return TransferResult.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    if transfer.ledger == 0:
        return TransferResult.LEDGER_MUST_NOT_BE_ZERO
    return TransferResult.CODE_MUST_NOT_BE_ZERO if transfer.code == 0 else TransferResult.OK


def _judge_counters(
    transfer: Transfer, debit: AccountRow, credit: AccountRow, timestamp: int
) -> TransferResult:
    """Would a counter pass 2^63-1, or an account its limit?"""
    amount = transfer.amount
    debits = debit.debits_pending + debit.debits_posted + amount
    credits_ = credit.credits_pending + credit.credits_posted + amount
    expires_at = timestamp + transfer.timeout * NS_PER_S
    held = amount if transfer.flags & PENDING else 0
    for sum_, result in (
        (held and debit.debits_pending + held, TransferResult.OVERFLOWS_DEBITS_PENDING),
        (held and credit.credits_pending + held, TransferResult.OVERFLOWS_CREDITS_PENDING),
        (debit.debits_posted + amount, TransferResult.OVERFLOWS_DEBITS_POSTED),
        (credit.credits_posted + amount, TransferResult.OVERFLOWS_CREDITS_POSTED),
        (debits, TransferResult.OVERFLOWS_DEBITS),
        (credits_, TransferResult.OVERFLOWS_CREDITS),
        (expires_at, TransferResult.OVERFLOWS_TIMEOUT),
    ):
        if sum_ > AMOUNT_MAX:
            return result
    if debit.flags & DEBIT_LIMITED and debits > debit.credits_posted:
        return TransferResult.EXCEEDS_CREDITS
    if credit.flags & CREDIT_LIMITED and credits_ > credit.debits_posted:
        return TransferResult.EXCEEDS_DEBITS
    return TransferResult.OK


def _judge_resolution(transfer: Transfer, pending: Pending | None, timestamp: int) -> TransferResult:
    """May this transfer post or void the pending one?"""
    refused = _judge_resolution_form(transfer)
    if refused:
        return refused
    if pending is None:
        return TransferResult.PENDING_TRANSFER_NOT_FOUND
    if pending.status is None:
        return TransferResult.PENDING_TRANSFER_NOT_PENDING
    refused = _judge_against_pending(transfer, pending.transfer)
    if refused:
        return refused
    if pending.status is not PendingStatus.PENDING:
        return _RESOLVED[pending.status]
    if expires_at(pending.transfer) <= timestamp:
        return TransferResult.PENDING_TRANSFER_EXPIRED
    return TransferResult.OK


def _judge_against_pending(transfer: Transfer, held: Transfer) -> TransferResult:
    for field, result in _SAME_AS_PENDING:
        if getattr(transfer, field) not in (0, getattr(held, field)):
            return result
    amount = completed(transfer, held).amount
    if amount > held.amount:
        return TransferResult.EXCEEDS_PENDING_TRANSFER_AMOUNT
    if amount < held.amount and transfer.flags & VOID:
        return TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    return TransferResult.OK


def _judge_resolution_form(transfer: Transfer) -> TransferResult:
    if transfer.flags & (PENDING | POST | VOID) not in (POST, VOID):
        return TransferResult.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if transfer.pending_id == 0:
        return TransferResult.PENDING_ID_MUST_NOT_BE_ZERO
    if transfer.pending_id == ID_MAX:
        return TransferResult.PENDING_ID_MUST_NOT_BE_INT_MAX
    if transfer.pending_id == transfer.id:
        return TransferResult.PENDING_ID_MUST_BE_DIFFERENT
    if transfer.timeout != 0:
        return TransferResult.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    return TransferResult.OK


def expires_at(pending: Transfer) -> int:
    """When a pending transfer expires, in nanoseconds; `NEVER` without a timeout."""
    return pending.timestamp + pending.timeout * NS_PER_S if pending.timeout else NEVER


def completed(transfer: Transfer, pending: Transfer) -> Transfer:
    """A post or void with the fields that were left 0 taken from the pending transfer."""
    full = 0 if transfer.flags & VOID else AMOUNT_MAX
    return Transfer(
        id=transfer.id,
        debit_account_id=transfer.debit_account_id or pending.debit_account_id,
        credit_account_id=transfer.credit_account_id or pending.credit_account_id,
        amount=pending.amount if transfer.amount == full else transfer.amount,
        pending_id=transfer.pending_id,
        user_data_128=transfer.user_data_128 or pending.user_data_128,
        user_data_64=transfer.user_data_64 or pending.user_data_64,
        user_data_32=transfer.user_data_32 or pending.user_data_32,
        timeout=transfer.timeout,
        ledger=transfer.ledger or pending.ledger,
        code=transfer.code or pending.code,
        flags=transfer.flags,
        effective_at=transfer.effective_at,
        timestamp=transfer.timestamp,
    )


def expiry_of(pending: Transfer) -> Transfer:
    """The ledger's own record that a pending transfer has expired; it has no id."""
    return Transfer(
        id=0,
        debit_account_id=pending.debit_account_id,
        credit_account_id=pending.credit_account_id,
        amount=pending.amount,
        pending_id=pending.id,
        user_data_128=pending.user_data_128,
        user_data_64=pending.user_data_64,
        user_data_32=pending.user_data_32,
        ledger=pending.ledger,
        code=pending.code,
        flags=EXPIRED,
    )


def move(transfer: Transfer, held_minor: int, debit: AccountRow, credit: AccountRow) -> None:
    """Change the counters of the two accounts by an accepted transfer.

    `held_minor` is the amount of the pending transfer that it posts, voids or lets expire; otherwise 0.
    """
    amount = transfer.amount
    if transfer.flags & PENDING:
        debit.debits_pending += amount
        credit.credits_pending += amount
        return
    debit.debits_pending -= held_minor
    credit.credits_pending -= held_minor
    if not transfer.flags & (VOID | EXPIRED):
        debit.debits_posted += amount
        credit.credits_posted += amount
