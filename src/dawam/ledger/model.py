"""Accounts and transfers: TigerBeetle's records, field for field, and its flags.

Ids are 128-bit and not 0; amounts are integers from 0 to 2^63-1; timestamps are nanoseconds since 1970.
Source: TigerBeetle, docs/reference/{account,transfer}.md.
"""

from enum import IntFlag, StrEnum
from typing import TYPE_CHECKING

import msgspec


class AccountFlags(IntFlag):
    """How an account behaves. `CLOSED` is a state: a closing transfer sets, its void or expiry unsets it."""

    LINKED = 1
    DEBITS_MUST_NOT_EXCEED_CREDITS = 2
    CREDITS_MUST_NOT_EXCEED_DEBITS = 4
    HISTORY = 8
    IMPORTED = 16
    CLOSED = 32


class TransferFlags(IntFlag):
    """What a transfer does. `EXPIRED` is the ledger's own: the release of a hold whose time is over."""

    LINKED = 1
    PENDING = 2
    POST_PENDING = 4
    VOID_PENDING = 8
    BALANCING_DEBIT = 16
    BALANCING_CREDIT = 32
    CLOSING_DEBIT = 64
    CLOSING_CREDIT = 128
    IMPORTED = 256
    EXPIRED = 32768


class PendingStatus(StrEnum):
    """What has become of a pending transfer."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class Terms(msgspec.Struct, frozen=True, gc=False):
    """What an institution has agreed on an account, in minor units of a credit-normal balance; None: nothing.

    `balance_min`: no debit takes the posted balance less holds below it. `balance_max`: no credit takes the
    posted balance and what is held for the account above it (a wallet's regulatory cap). `overdraft`: how far
    below zero debits may take it, 0 or more. A freeze stops new debits, or new credits; what was held before
    may still be posted. Source: docs/ledger.md, "Terms".
    """

    balance_min: int | None = None
    balance_max: int | None = None
    overdraft: int | None = None
    debits_frozen: bool = False
    credits_frozen: bool = False


NO_TERMS = Terms()


class Account(msgspec.Struct, frozen=True, gc=False):
    """One side of the books. Counters are the ledger's, and so is `timestamp` unless imported; give 0."""

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
    terms: Terms = NO_TERMS

    @property
    def balance_minor(self) -> int:
        """What a credit-normal account holds: posted credits less posted debits."""
        return self.credits_posted - self.debits_posted

    @property
    def held_minor(self) -> int:
        """What pending transfers may still take from it."""
        return self.debits_pending


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """Money from a debited to a credited account. `timestamp` is the ledger's unless imported; give 0.

    `effective_at` is when it happened, in nanoseconds, where that differs from when it was recorded;
    0 means the same. `timeout` is in seconds, 0 for never; only pending transfers have one.
    Posting a pending transfer: `amount` 2^63-1 (`AMOUNT_MAX`) posts all of it, a smaller one that much
    (0 posts nothing) and releases the rest. Voiding: 0 or the whole amount. Fields left 0 are taken from the
    pending transfer. Balancing: `amount` is the most that moves; what has moved is recorded.
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


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A line of an account's statement: a transfer, and the account's counters after it.

    `seq` is the transfer's position in the journal; `side` the account's, "debit" or "credit".
    """

    seq: int
    transfer: Transfer
    side: str
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int

    @property
    def balance_minor(self) -> int:
        """The running balance of a credit-normal account."""
        return self.credits_posted - self.debits_posted


class LedgerTotal(msgspec.Struct, frozen=True, gc=False):
    """One ledger's sums over its accounts, and how many accounts and transfers it has."""

    ledger: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    accounts: int
    records: int


class AuditReport(msgspec.Struct, frozen=True, gc=False):
    """What an audit found: nothing (`ok`), or the first bad record and what is wrong with it.

    `records` were verified, accounts among them; `head` is the root of the journal's tree, in hexadecimal.
    `bad_seq` is the journal position of the first bad record (for an account its own); `finding` a stable
    word: docs/journal.md, "Audit". Of the `checkpoints`, `signed` bear the signature of a key that was given,
    the last of them after `signed_seq` records; without a key both are None: no signature was checked.
    """

    ok: bool
    records: int
    accounts: int
    head: str
    bad_seq: int | None = None
    finding: str | None = None
    checkpoints: int = 0
    signed: int | None = None
    signed_seq: int | None = None


class AccountRow(msgspec.Struct, gc=False):
    """An account as the ledger keeps it: its facts, its counters, and where its statement begins.

    `number` is the journal position at which it was opened; `last_seq` that of its newest transfer, 0 for
    none; `happened_ns` the latest effective time of its transfers, `mark`
    the position of its last mark. `flags` hold `CLOSED` as it is now.
    """

    number: int
    id: int
    ledger: int
    code: int
    flags: int
    user_data_128: int
    user_data_64: int
    user_data_32: int
    timestamp: int
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    last_seq: int = 0
    terms: Terms = NO_TERMS
    happened_ns: int = -(2**63)
    mark: int = 0

    if TYPE_CHECKING:  # every msgspec struct has it; its type stubs do not say so

        def __copy__(self) -> "AccountRow": ...


class Pending(msgspec.Struct, frozen=True, gc=False):
    """A recorded transfer that is named by another one, and its status if it is a pending one."""

    seq: int
    transfer: Transfer
    status: PendingStatus | None
