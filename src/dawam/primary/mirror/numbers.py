"""How a mirror's facts are numbered in the ledger: everything follows from institution, seq and ordinal.

The upper 48 bits of every number stay below 2^18, which as the time of a ULID is the first five minutes of
1970: no number of a mirror ever meets the id of a payment. Page: docs/mirror.md, "Numbers".

    account of a customer    1 << 80 | institution << 64 | ordinal
    account of the house     2 << 80 | institution << 64 | role << 32 | currency
    booking of an event               institution << 64 | seq
    drift of an event        1 << 96 | institution << 64 | seq
    opening balance          2 << 96 | institution << 64 | ordinal
    release of a hold        3 << 96 | lower 96 bits of its payment's id
"""

from enum import IntEnum

INSTITUTION_MAX = 2**16 - 1

_ORDINAL_MASK = 2**64 - 1
_PAYMENT_MASK = 2**96 - 1


class Role(IntEnum):
    """What an account of the mirror is for; also its code in the ledger."""

    CUSTOMER = 1
    POSITION = 2
    ROUNDING = 3
    OPENING = 4


class Code(IntEnum):
    """What a transfer of the mirror is; also its code in the ledger. Events that are not listed are OTHER."""

    TRANSFER = 1
    CASH_IN = 2
    CASH_OUT = 3
    MERCHANT_PAYMENT = 4
    BILL_PAYMENT = 5
    DEBIT = 6
    CHEQUE = 7
    REFUND = 8
    FEE = 20
    INTEREST = 21
    DEPOSIT = 22
    WITHDRAWAL = 23
    OTHER = 99
    HOLD = 100
    DRIFT = 101
    OPENING_BALANCE = 102


_EVENT_CODES = {code.name.lower(): int(code) for code in Code if code < Code.HOLD}

_WORDS = {int(code): code.name.lower() for code in Code}


def code_of(kind: str) -> int:
    """The ledger's code of an event's kind."""
    return _EVENT_CODES.get(kind, 99)


def kind_of(code: int) -> str:
    """The word for a transfer's code: an event's kind, `drift`, `opening_balance` or `other`."""
    return _WORDS.get(code, "other")


def customer_account(institution: int, ordinal: int) -> int:
    """The ledger account of an institution's nth account, from 1."""
    return 1 << 80 | institution << 64 | ordinal


def customer_of(account_id: int) -> tuple[int, int] | None:
    """Institution and ordinal of a customer's ledger account; None for any other."""
    if account_id >> 80 != 1:
        return None
    return account_id >> 64 & INSTITUTION_MAX, account_id & _ORDINAL_MASK


def house_account(institution: int, role: Role, currency: int) -> int:
    """The institution's own account of a role, in one currency."""
    return 2 << 80 | institution << 64 | role << 32 | currency


def booking(institution: int, seq: int) -> int:
    """The transfer that an event becomes."""
    return institution << 64 | seq


def drift(institution: int, seq: int) -> int:
    """The transfer of an event's rounding drift."""
    return 1 << 96 | institution << 64 | seq


def opening(institution: int, ordinal: int) -> int:
    """The transfer of an account's balance in the snapshot that the mirror began with."""
    return 2 << 96 | institution << 64 | ordinal


def release(payment_id: int) -> int:
    """The transfer that voids a hold. A payment is held once, so that it is released once."""
    return 3 << 96 | payment_id & _PAYMENT_MASK
