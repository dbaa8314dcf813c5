"""What a transfer moves, and what that does to its two accounts."""

from dawam.ledger.model import AccountRow, Transfer
from dawam.ledger.rules.bits import (
    BALANCING_CREDIT,
    BALANCING_DEBIT,
    CLOSED,
    CLOSING_CREDIT,
    CLOSING_DEBIT,
    EXPIRED,
    PENDING,
    VOID,
)


def amount_of(transfer: Transfer, debit: AccountRow, credit: AccountRow) -> int:
    """What a plain or pending transfer moves: what was asked for, or, balancing, what balances if less.

    Balancing a debit takes no more than the debited account's posted credits exceed its debits and holds;
    balancing a credit is the mirror of it. A post or void has its amount from `completed`.
    """
    amount = transfer.amount
    if transfer.flags & BALANCING_DEBIT:
        amount = min(amount, max(debit.credits_posted - debit.debits_posted - debit.debits_pending, 0))
    if transfer.flags & BALANCING_CREDIT:
        amount = min(amount, max(credit.debits_posted - credit.credits_posted - credit.credits_pending, 0))
    return amount


def move(
    transfer: Transfer, held_minor: int, debit: AccountRow, credit: AccountRow, held_flags: int = 0
) -> None:
    """Change the two accounts by an accepted transfer, whose amount is the one that moves.

    `held_minor` and `held_flags` are the amount and flags of the pending transfer that it posts, voids or
    lets expire; otherwise 0. A closing transfer closes; its void or expiry opens again.
    """
    amount, flags = transfer.amount, transfer.flags
    if flags & PENDING:
        debit.debits_pending += amount
        credit.credits_pending += amount
        if flags & CLOSING_DEBIT:
            debit.flags |= CLOSED
        if flags & CLOSING_CREDIT:
            credit.flags |= CLOSED
        return
    debit.debits_pending -= held_minor
    credit.credits_pending -= held_minor
    if not flags & (VOID | EXPIRED):
        debit.debits_posted += amount
        credit.credits_posted += amount
        return
    if held_flags & CLOSING_DEBIT:
        debit.flags &= ~CLOSED
    if held_flags & CLOSING_CREDIT:
        credit.flags &= ~CLOSED
