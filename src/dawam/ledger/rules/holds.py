"""Pending transfers: when they expire, and who may end them."""

from dawam.kernel import AMOUNT_MAX, ID_MAX
from dawam.ledger.model import Pending, PendingStatus, Transfer
from dawam.ledger.results import TransferResult
from dawam.ledger.rules.bits import (
    BALANCING,
    CLOSING,
    EXPIRED,
    NEVER,
    NS_PER_S,
    PENDING,
    POST,
    RESOLVES,
    VOID,
)

_RESOLVED = {
    PendingStatus.POSTED: TransferResult.PENDING_TRANSFER_ALREADY_POSTED,
    PendingStatus.VOIDED: TransferResult.PENDING_TRANSFER_ALREADY_VOIDED,
    PendingStatus.EXPIRED: TransferResult.PENDING_TRANSFER_EXPIRED,
}
_SAME = (
    ("debit_account_id", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID),
    ("credit_account_id", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID),
    ("ledger", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER),
    ("code", TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_CODE),
)
_EXCLUSIVE = PENDING | RESOLVES | BALANCING | CLOSING


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


def judge_resolution(transfer: Transfer, pending: Pending | None, timestamp: int) -> TransferResult:
    """May this transfer post or void the pending one at `timestamp`? Its accounts are another's affair."""
    refused = _judge_form(transfer)
    if refused:
        return refused
    if pending is None:
        return TransferResult.PENDING_TRANSFER_NOT_FOUND
    if pending.status is None:
        return TransferResult.PENDING_TRANSFER_NOT_PENDING
    refused = _judge_against(transfer, pending.transfer)
    if refused:
        return refused
    if pending.status is not PendingStatus.PENDING:
        return _RESOLVED[pending.status]
    if expires_at(pending.transfer) <= timestamp:
        return TransferResult.PENDING_TRANSFER_EXPIRED
    return TransferResult.OK


def _judge_form(transfer: Transfer) -> TransferResult:
    if transfer.flags & _EXCLUSIVE not in (POST, VOID):
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


def _judge_against(transfer: Transfer, held: Transfer) -> TransferResult:
    for field, result in _SAME:
        if getattr(transfer, field) not in (0, getattr(held, field)):
            return result
    amount = completed(transfer, held).amount
    if amount > held.amount:
        return TransferResult.EXCEEDS_PENDING_TRANSFER_AMOUNT
    if amount < held.amount and transfer.flags & VOID:
        return TransferResult.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    return TransferResult.OK
