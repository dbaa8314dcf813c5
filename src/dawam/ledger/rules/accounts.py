"""May this account be created?"""

from collections.abc import Container

from dawam.kernel import AMOUNT_MAX, ID_MAX
from dawam.ledger.model import Account, AccountRow
from dawam.ledger.results import AccountResult
from dawam.ledger.rules.bits import ACCOUNT_FLAGS, CREDIT_LIMITED, DEBIT_LIMITED, IMPORTED_ACCOUNT

_SAME = (
    ("flags", AccountResult.EXISTS_WITH_DIFFERENT_FLAGS),
    ("user_data_128", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ("user_data_64", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ("user_data_32", AccountResult.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ("ledger", AccountResult.EXISTS_WITH_DIFFERENT_LEDGER),
    ("code", AccountResult.EXISTS_WITH_DIFFERENT_CODE),
    ("terms", AccountResult.EXISTS_WITH_DIFFERENT_TERMS),
)
_ZERO = (
    ("debits_pending", AccountResult.DEBITS_PENDING_MUST_BE_ZERO),
    ("debits_posted", AccountResult.DEBITS_POSTED_MUST_BE_ZERO),
    ("credits_pending", AccountResult.CREDITS_PENDING_MUST_BE_ZERO),
    ("credits_posted", AccountResult.CREDITS_POSTED_MUST_BE_ZERO),
)


def judge_account(
    account: Account,
    existing: AccountRow | None,
    *,
    timestamp: int,
    importing: bool = False,
    last: int = 0,
    taken: Container[int] = (),
) -> AccountResult:
    """May this account be created at `timestamp`, or, imported, at its own?

    `existing` is the account of the same id as it is now, its flags and terms too. `timestamp` is the one
    that the ledger would give; an imported one must be older. `importing` says whether the first account of
    the call is imported, `last` is the timestamp of the newest account, and `taken` holds those of transfers,
    at least as far as they are among the timestamps of the call.
    """
    return (
        _judge_time(account, timestamp, importing=importing)
        or _judge_identity(account)
        or (_judge_existing(account, existing) if existing is not None else AccountResult.OK)
        or _judge_form(account)
        or _judge_order(account, last, taken)
    )


def _judge_time(account: Account, timestamp: int, *, importing: bool) -> AccountResult:
    if not account.flags & IMPORTED_ACCOUNT:
        if importing:
            return AccountResult.IMPORTED_EVENT_EXPECTED
        return AccountResult.TIMESTAMP_MUST_BE_ZERO if account.timestamp else AccountResult.OK
    if not importing:
        return AccountResult.IMPORTED_EVENT_NOT_EXPECTED
    if not 0 < account.timestamp <= AMOUNT_MAX:
        return AccountResult.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
    if account.timestamp >= timestamp:
        return AccountResult.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE
    return AccountResult.OK


def _judge_identity(account: Account) -> AccountResult:
    if account.flags & ~ACCOUNT_FLAGS:
        return AccountResult.RESERVED_FLAG
    if account.id == 0:
        return AccountResult.ID_MUST_NOT_BE_ZERO
    return AccountResult.ID_MUST_NOT_BE_INT_MAX if account.id == ID_MAX else AccountResult.OK


def _judge_existing(account: Account, existing: AccountRow) -> AccountResult:
    for field, result in _SAME:
        if getattr(account, field) != getattr(existing, field):
            return result
    return AccountResult.EXISTS


def _judge_form(account: Account) -> AccountResult:
    if account.flags & DEBIT_LIMITED and account.flags & CREDIT_LIMITED:
        return AccountResult.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    for field, result in _ZERO:
        if getattr(account, field) != 0:
            return result
    if account.ledger == 0:
        return AccountResult.LEDGER_MUST_NOT_BE_ZERO
    return AccountResult.CODE_MUST_NOT_BE_ZERO if account.code == 0 else AccountResult.OK


def _judge_order(account: Account, last: int, taken: Container[int]) -> AccountResult:
    if account.flags & IMPORTED_ACCOUNT and (account.timestamp <= last or account.timestamp in taken):
        return AccountResult.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    return AccountResult.OK
