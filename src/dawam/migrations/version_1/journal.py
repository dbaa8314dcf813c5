"""The journal of version 1, read from the first record to the last, its chain of seals checked on the way.

What is checked: positions 1, 2, 3, … without a gap; timestamps that increase; every seal, which is
SHA-256(the seal before || the record). A record's bytes are those of docs/journal.md of the first release.
"""

import struct
from collections.abc import Callable, Iterator
from hashlib import sha256
from heapq import merge
from typing import Any, NamedTuple

from dawam.kernel import IntegrityBroken
from dawam.migrations.version_1 import store
from dawam.storage import Rows

Progress = Callable[[int, int], None]

_PAGE = 8192
_GENESIS = bytes(32)
_NO_ID = bytes(16)
_ACCOUNT_RECORD, _TRANSFER_RECORD = 1, 2
# previous seal, kind, number, id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp
_ACCOUNT = struct.Struct(">32sBq16sIHH16sqIq")
# previous seal, kind, seq, id, debit, credit, amount, pending_id, user_data_128, user_data_64, user_data_32,
# timeout, ledger, code, flags, effective_at, timestamp
_TRANSFER = struct.Struct(">32sBq16sqqq16s16sqIIIHHqq")


class Account(NamedTuple):
    """A row of `ledger_accounts`; ids and user data of 128 bits are 16 bytes, or none for 0."""

    number: int
    id: bytes
    ledger: int
    code: int
    flags: int
    user_data_128: bytes
    user_data_64: int
    user_data_32: int
    timestamp: int
    seal: bytes


class Transfer(NamedTuple):
    """A row of `ledger_transfers`; `id` is None for the record of an expiry."""

    seq: int
    id: bytes | None
    debit: int
    credit: int
    amount: int
    pending_id: bytes
    user_data_128: bytes
    user_data_64: int
    user_data_32: int
    timeout: int
    ledger: int
    code: int
    flags: int
    effective_at: int
    timestamp: int
    debit_prev: int
    credit_prev: int
    debit_debits_pending: int
    debit_debits_posted: int
    debit_credits_pending: int
    debit_credits_posted: int
    credit_debits_pending: int
    credit_debits_posted: int
    credit_credits_pending: int
    credit_credits_posted: int
    seal: bytes


Record = Account | Transfer


def read_journal(rows: Rows, on_progress: Progress | None = None, *, page: int = _PAGE) -> Iterator[Record]:
    """Every record in the order of its position, each verified before it is given.

    Memory: one page of records. Raises: IntegrityBroken `old_journal_broken` with the position and
    what is wrong: `record_missing`, `timestamp_not_increasing`, `seal_differs`, `record_malformed`.
    """
    last = store.last_position(rows)
    position, seal, timestamp = 0, _GENESIS, 0
    for first in range(1, last + 1, page):
        for record in _records(rows, first, first + page):
            position += 1
            finding = _wrong(record, position, seal, timestamp)
            if finding is not None:
                raise IntegrityBroken("old_journal_broken", position=position, finding=finding)
            seal, timestamp = record.seal, record.timestamp
            yield record
        if on_progress is not None:
            on_progress(min(first + page - 1, last), last)


def _records(rows: Rows, first: int, beyond: int) -> Iterator[Record]:
    accounts, transfers = store.page(rows, first, beyond)
    return merge(map(Account._make, accounts), map(Transfer._make, transfers), key=_position)


def _position(record: Record) -> int:
    return record[0]


def _wrong(record: Record, position: int, seal: bytes, timestamp: int) -> str | None:
    """A word for what is wrong with a record, or None."""
    if record[0] != position:
        return "record_missing"
    if record.timestamp <= timestamp:
        return "timestamp_not_increasing"
    try:
        packed = _pack_account(seal, record) if isinstance(record, Account) else _pack_transfer(seal, record)
    except (struct.error, TypeError, ValueError, OverflowError):
        return "record_malformed"
    return None if sha256(packed).digest() == record.seal else "seal_differs"


def _pack_account(previous: bytes, record: Account) -> bytes:
    number, identifier, ledger, code, flags, data_128, *rest, _ = record
    packed: Any = (identifier, ledger, code, flags, data_128 or _NO_ID)
    return _ACCOUNT.pack(previous, _ACCOUNT_RECORD, number, *packed, *rest)


def _pack_transfer(previous: bytes, record: Transfer) -> bytes:
    seq, identifier, debit, credit, amount, pending_id, data_128, *rest = record[:15]
    packed: Any = (identifier or _NO_ID, debit, credit, amount, pending_id or _NO_ID, data_128 or _NO_ID)
    return _TRANSFER.pack(previous, _TRANSFER_RECORD, seq, *packed, *rest)
