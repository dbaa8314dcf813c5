"""May this transfer be created?"""

from collections.abc import Container

from dawam.kernel import AMOUNT_MAX, ID_MAX, unreachable
from dawam.ledger.model import AccountRow, Pending, Transfer
from dawam.ledger.results import TransferResult
from dawam.ledger.rules.bits import BALANCING, CLOSING, IMPORTED, PENDING, RESOLVES, TRANSFER_FLAGS, VOID
from dawam.ledger.rules.holds import completed, judge_resolution
from dawam.ledger.rules.limits import judge_closed, judge_counters
from dawam.ledger.rules.movement import amount_of

_OK = TransferResult.OK
_SAME = (
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


def sides_of(transfer: Transfer, pending: Pending | None) -> tuple[int, int]:
    """The ids of the accounts that it debits and credits: a post's or void's are those of its hold."""
    if transfer.flags & RESOLVES and pending is not None:
        transfer = pending.transfer
    return transfer.debit_account_id, transfer.credit_account_id


def judge_transfer(
    transfer: Transfer,
    *,
    existing: Transfer | None,
    pending: Pending | None,
    debit: AccountRow | None,
    credit: AccountRow | None,
    timestamp: int,
    failed: bool = False,
    importing: bool = False,
    last: int = 0,
    taken: Container[int] = (),
) -> TransferResult:
    """May this transfer be created at `timestamp`, or, imported, at its own?

    `existing` has the same id; `failed` says that the id was refused before for a reason that has burnt it
    (`results.TRANSIENT`). `pending` is what `pending_id` names; `debit` and `credit` are the accounts of
    `sides_of`. `timestamp` is the one that the ledger would give; an imported one must be older. `importing`
    says whether the first transfer of the call is imported, `last` is the timestamp of the newest transfer,
    expiries among them, and `taken` holds those of accounts, at least as far as they are among the timestamps
    of the call.
    """
    refused = _judge_time(transfer, timestamp, importing=importing) or _judge_identity(transfer)
    if refused:
        return refused
    if existing is not None:
        return _judge_existing(transfer, existing, pending)
    if failed:
        return TransferResult.ID_ALREADY_FAILED
    moment = transfer.timestamp or timestamp
    if transfer.flags & RESOLVES:
        return judge_resolution(transfer, pending, moment) or _judge_end(transfer, debit, credit, last, taken)
    return _judge_form(transfer) or _judge_movement(transfer, debit, credit, moment, last, taken)


def _judge_time(transfer: Transfer, timestamp: int, *, importing: bool) -> TransferResult:
    if not transfer.flags & IMPORTED:
        if importing:
            return TransferResult.IMPORTED_EVENT_EXPECTED
        return TransferResult.TIMESTAMP_MUST_BE_ZERO if transfer.timestamp else _OK
    if not importing:
        return TransferResult.IMPORTED_EVENT_NOT_EXPECTED
    if not 0 < transfer.timestamp <= AMOUNT_MAX:
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
    if transfer.timestamp >= timestamp:
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE
    return _OK


def _judge_identity(transfer: Transfer) -> TransferResult:
    if transfer.flags & ~TRANSFER_FLAGS:
        return TransferResult.RESERVED_FLAG
    if transfer.id == 0:
        return TransferResult.ID_MUST_NOT_BE_ZERO
    return TransferResult.ID_MUST_NOT_BE_INT_MAX if transfer.id == ID_MAX else _OK


def _judge_existing(transfer: Transfer, existing: Transfer, pending: Pending | None) -> TransferResult:
    """The same id again: the same transfer, or in what does it differ? Flags first, they change the rest."""
    if transfer.flags != existing.flags:
        return TransferResult.EXISTS_WITH_DIFFERENT_FLAGS
    if transfer.pending_id != existing.pending_id:
        return TransferResult.EXISTS_WITH_DIFFERENT_PENDING_ID
    if transfer.timeout != existing.timeout:
        return TransferResult.EXISTS_WITH_DIFFERENT_TIMEOUT
    asked = transfer
    if transfer.flags & RESOLVES and pending is not None:
        asked = completed(transfer, pending.transfer)
    for field, result in _SAME:
        if getattr(asked, field) != getattr(existing, field):
            if field == "amount" and asked.flags & BALANCING and asked.amount > existing.amount:
                continue  # it asked for at most so much; what it moved is less
            return result
    return TransferResult.EXISTS


def _judge_form(transfer: Transfer) -> TransferResult:
    """A plain or pending transfer by itself, before any account is looked at."""
    return _judge_sides(transfer) or _judge_purpose(transfer)


def _judge_sides(transfer: Transfer) -> TransferResult:
    debit_id, credit_id = transfer.debit_account_id, transfer.credit_account_id
    if debit_id == 0:
        return TransferResult.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if debit_id == ID_MAX:
        return TransferResult.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if credit_id == 0:
        return TransferResult.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if credit_id == ID_MAX:
        return TransferResult.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    return TransferResult.ACCOUNTS_MUST_BE_DIFFERENT if debit_id == credit_id else _OK


def _judge_purpose(transfer: Transfer) -> TransferResult:
    if transfer.pending_id != 0:
        return TransferResult.PENDING_ID_MUST_BE_ZERO
    if not transfer.flags & PENDING:
        if transfer.timeout != 0:
            return TransferResult.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
        if transfer.flags & CLOSING:
            return TransferResult.CLOSING_TRANSFER_MUST_BE_PENDING
    if transfer.ledger == 0:
        return TransferResult.LEDGER_MUST_NOT_BE_ZERO
    return TransferResult.CODE_MUST_NOT_BE_ZERO if transfer.code == 0 else _OK


def _judge_movement(
    transfer: Transfer,
    debit: AccountRow | None,
    credit: AccountRow | None,
    moment: int,
    last: int,
    taken: Container[int],
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
    return (
        _judge_import(transfer, debit, credit, last, taken)
        or judge_closed(debit, credit)
        or judge_counters(transfer, amount_of(transfer, debit, credit), debit, credit, moment)
    )


def _judge_import(
    transfer: Transfer, debit: AccountRow, credit: AccountRow, last: int, taken: Container[int]
) -> TransferResult:
    """An imported plain or pending transfer among what is in the books."""
    if not transfer.flags & IMPORTED:
        return _OK
    if transfer.timestamp <= last or transfer.timestamp in taken:
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    if transfer.timestamp <= debit.timestamp:
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
    if transfer.timestamp <= credit.timestamp:
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
    return TransferResult.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO if transfer.timeout else _OK


def _judge_end(
    transfer: Transfer, debit: AccountRow | None, credit: AccountRow | None, last: int, taken: Container[int]
) -> TransferResult:
    """A post or void that its hold allows, among what is in the books: a closed account lets it be voided."""
    if transfer.flags & IMPORTED and (transfer.timestamp <= last or transfer.timestamp in taken):
        return TransferResult.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    if debit is None or credit is None:
        unreachable("a hold whose accounts were not given")
    return _OK if transfer.flags & VOID else judge_closed(debit, credit)
