"""Accounts and transfers: TigerBeetle's records, field for field, and its flags.

Ids are 128-bit and not 0; amounts are integers from 0 to 2^63-1; timestamps are nanoseconds since 1970.
Source: TigerBeetle, docs/reference/{account,transfer}.md.
"""

from enum import IntFlag

import msgspec


class AccountFlags(IntFlag):
    """How an account behaves."""

    LINKED = 1
    DEBITS_MUST_NOT_EXCEED_CREDITS = 2
    CREDITS_MUST_NOT_EXCEED_DEBITS = 4
    HISTORY = 8


class TransferFlags(IntFlag):
    """What a transfer does."""

    LINKED = 1
    PENDING = 2
    POST_PENDING = 4
    VOID_PENDING = 8


class Account(msgspec.Struct, frozen=True, gc=False):
    """One side of the books. Counters and `timestamp` are the ledger's; give 0."""

    id: int
    ledger: int
    code: int
    flags: int = 0
    user_data_128: int = 0
    user_data_64: int = 0
    user_data_32: int = 0
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    timestamp: int = 0


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """Money from a debited to a credited account. `timestamp` is the ledger's; give 0.

    `effective_at` is when it happened, in nanoseconds, where that differs from when it was recorded;
    0 means the same. `timeout` is in seconds, 0 for never; only pending transfers have one.
    """

    id: int
    debit_account_id: int = 0
    credit_account_id: int = 0
    amount: int = 0
    pending_id: int = 0
    user_data_128: int = 0
    user_data_64: int = 0
    user_data_32: int = 0
    timeout: int = 0
    ledger: int = 0
    code: int = 0
    flags: int = 0
    effective_at: int = 0
    timestamp: int = 0
