"""Would a counter pass 2^63-1, an account its limit, or a transfer its account's terms?"""

from dawam.kernel import AMOUNT_MAX
from dawam.ledger.model import NO_TERMS, AccountRow, Transfer
from dawam.ledger.results import TransferResult
from dawam.ledger.rules.bits import CLOSED, CREDIT_LIMITED, DEBIT_LIMITED, NS_PER_S, PENDING


def judge_closed(debit: AccountRow, credit: AccountRow) -> TransferResult:
    """Nothing moves in a closed account."""
    if debit.flags & CLOSED:
        return TransferResult.DEBIT_ACCOUNT_ALREADY_CLOSED
    return TransferResult.CREDIT_ACCOUNT_ALREADY_CLOSED if credit.flags & CLOSED else TransferResult.OK


def judge_counters(
    transfer: Transfer, amount: int, debit: AccountRow, credit: AccountRow, timestamp: int
) -> TransferResult:
    """May a plain or pending transfer move `amount` at `timestamp`, by counters, limits and terms?"""
    debits = debit.debits_pending + debit.debits_posted + amount
    credits_ = credit.credits_pending + credit.credits_posted + amount
    held = amount if transfer.flags & PENDING else 0
    for sum_, result in (
        (held and debit.debits_pending + held, TransferResult.OVERFLOWS_DEBITS_PENDING),
        (held and credit.credits_pending + held, TransferResult.OVERFLOWS_CREDITS_PENDING),
        (debit.debits_posted + amount, TransferResult.OVERFLOWS_DEBITS_POSTED),
        (credit.credits_posted + amount, TransferResult.OVERFLOWS_CREDITS_POSTED),
        (debits, TransferResult.OVERFLOWS_DEBITS),
        (credits_, TransferResult.OVERFLOWS_CREDITS),
        (timestamp + transfer.timeout * NS_PER_S, TransferResult.OVERFLOWS_TIMEOUT),
    ):
        if sum_ > AMOUNT_MAX:
            return result
    if debit.flags & DEBIT_LIMITED and debits > debit.credits_posted:
        return TransferResult.EXCEEDS_CREDITS
    if credit.flags & CREDIT_LIMITED and credits_ > credit.debits_posted:
        return TransferResult.EXCEEDS_DEBITS
    if debit.terms is NO_TERMS and credit.terms is NO_TERMS:
        return TransferResult.OK
    return judge_terms(amount, debit, credit)


def judge_terms(amount: int, debit: AccountRow, credit: AccountRow) -> TransferResult:
    """May `amount` leave the one account and reach the other, by what was agreed on each?

    A term speaks only of what makes it worse: the debited account is not asked for its cap, the credited one
    not for its floor, and an amount of 0 makes nothing worse.
    """
    if amount == 0:
        return TransferResult.OK
    if debit.terms.debits_frozen:
        return TransferResult.DEBIT_FROZEN
    if credit.terms.credits_frozen:
        return TransferResult.CREDIT_FROZEN
    left = debit.credits_posted - debit.debits_posted - debit.debits_pending - amount
    reached = credit.credits_posted + credit.credits_pending - credit.debits_posted + amount
    floor, cap, overdraft = debit.terms.balance_min, credit.terms.balance_max, debit.terms.overdraft
    if floor is not None and left < floor:
        return TransferResult.BELOW_BALANCE_MIN
    if cap is not None and reached > cap:
        return TransferResult.ABOVE_BALANCE_MAX
    if overdraft is not None and left < -overdraft:
        return TransferResult.EXCEEDS_OVERDRAFT
    return TransferResult.OK
