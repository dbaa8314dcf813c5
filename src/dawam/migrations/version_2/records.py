"""Records of version 1 as version 2 stores them; docs/journal.md has them byte by byte.

A stored record begins with its leaf input, 0x00 and the canonical record; a transfer is followed by what is
derived: the previous transfers and last marks of both accounts, their flags, the four counters of each.
"""

import struct
from collections.abc import Sequence
from typing import Any

from dawam.migrations.version_1 import Account, Transfer

ACCOUNT, TRANSFER = 1, 2
TRANSFER_LEAF_BYTES = 114
ZERO_ID = bytes(16)
_ACCOUNT = struct.Struct(">BB16sIHH16sQIqqqqB")
_TRANSFER = struct.Struct(">BB16sqqq16s16sQIIIHHqqqqqqHH4q4q")
_NO_TERMS = (-(2**63), 2**63 - 1, -1, 0)


def pack_account(record: Account) -> bytes:
    """The stored record of an account, which has no terms yet."""
    _, identifier, ledger, code, flags, data_128, data_64, data_32, timestamp, _ = record
    packed: tuple[Any, ...] = (identifier, ledger, code, flags, data_128 or ZERO_ID, data_64, data_32)
    return _ACCOUNT.pack(0, ACCOUNT, *packed, timestamp, *_NO_TERMS)


def pack_transfer(record: Transfer, marks: Sequence[int], flags: Sequence[int]) -> bytes:
    """The stored record of a transfer between accounts of these last marks and flags, debited first."""
    _, identifier, debit, credit, amount, pending_id, data_128, *rest = record
    ids: tuple[Any, ...] = (identifier or ZERO_ID, debit, credit, amount, pending_id or ZERO_ID)
    facts, pointers, counters = rest[:8], rest[8:10], rest[10:18]
    return _TRANSFER.pack(
        0, TRANSFER, *ids, data_128 or ZERO_ID, *facts, *pointers, *marks, *flags, *counters
    )
