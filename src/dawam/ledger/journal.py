"""The hash chain: every record's seal covers the seal before it and the record's canonical bytes.

Page, byte by byte: docs/journal.md. Positions of accounts and transfers together are 1, 2, 3, …
"""

import struct
from hashlib import sha256

GENESIS = bytes(32)
ZERO_ID = bytes(16)
# What is bound to statements is bytearray, not bytes or None: for those the driver first looks for an
# adapter, which takes as long as inserting the row. Nobody changes this one.
ABSENT = bytearray()
ACCOUNT_RECORD = 1
TRANSFER_RECORD = 2
WAYPOINT_MASK = 63

# previous seal, kind, seq, id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp
ACCOUNT = struct.Struct(">32sBq16sIHH16sqIq")
# previous seal, kind, seq, id, debit, credit, amount, pending_id, user_data_128, user_data_64, user_data_32,
# timeout, ledger, code, flags, effective_at, timestamp; debit and credit are the accounts' positions
TRANSFER = struct.Struct(">32sBq16sqqq16s16sqIIIHHqq")


def id_bytes(identifier: int) -> bytearray:
    """A 128-bit identifier as it is stored: 16 bytes, big-endian; none for 0."""
    return bytearray(identifier.to_bytes(16, "big")) if identifier else ABSENT


def id_of(stored: bytes | None) -> int:
    """The identifier of stored bytes."""
    return int.from_bytes(stored, "big") if stored else 0


def is_waypoint(seal: bytes) -> bool:
    """Whether a transfer is a waypoint of its accounts: one in 64 is, by chance of its seal."""
    return not seal[0] & WAYPOINT_MASK


def seal_account(previous: bytes, row: tuple[object, ...]) -> bytes:
    """The seal of an account: `row` is number, id, ledger, code, flags, three user data, timestamp."""
    number, identifier, ledger, code, flags, data_128, data_64, data_32, timestamp = row
    return sha256(
        ACCOUNT.pack(
            previous,
            ACCOUNT_RECORD,
            number,
            identifier,
            ledger,
            code,
            flags,
            data_128 or ZERO_ID,
            data_64,
            data_32,
            timestamp,
        )
    ).digest()


def seal_transfer(previous: bytes, row: tuple[object, ...]) -> bytes:
    """The seal of a transfer: `row` is its first 15 columns, from seq to timestamp, as stored."""
    seq, identifier, debit, credit, amount, pending_id, data_128, *rest = row
    return sha256(
        TRANSFER.pack(
            previous,
            TRANSFER_RECORD,
            seq,
            identifier or ZERO_ID,
            debit,
            credit,
            amount,
            pending_id or ZERO_ID,
            data_128 or ZERO_ID,
            *rest,
        )
    ).digest()
