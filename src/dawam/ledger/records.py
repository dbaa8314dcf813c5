"""The journal's records, byte by byte: what is sealed, stored, and proved. Page: docs/journal.md.

A stored record begins with its leaf input, 0x00 and the canonical record (RFC 9162, 2.1.1): what is sealed is
what is stored, and nothing is encoded anew to be verified. All integers are big-endian. A transfer is
followed by what is derived from the records before it: the previous transfer and the last mark of each of its
accounts, and the flags and counters of both after it. A record's position is not in it: it is its leaf's
index, plus 1.
"""

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from dawam.ledger.model import Account, Terms, Transfer

ACCOUNT, TRANSFER, TERMS, METADATA, BURNT = 1, 2, 3, 4, 5
BLOCK = 18  # records: fits a page of SQLite's, and half a page of PostgreSQL's
NO_MIN, NO_MAX, NO_OVERDRAFT = -(2**63), 2**63 - 1, -1
DEBITS_FROZEN, CREDITS_FROZEN = 1, 2
WAYPOINT_MASK, MARK_MASK = 63, 7
LATE = 0x8000  # beside an account's flags: this booking happened before one that was recorded before it
NOT_POSTED = 2 | 8 | 32768  # holds, voids and expiries move no posted counter

MALFORMED = (struct.error, TypeError, ValueError, OverflowError, LookupError)
"""What reading raises where the bytes are no records."""

Array = npt.NDArray[Any]

TRANSFER_DTYPE = np.dtype(
    [
        ("prefix", "u1"),
        ("kind", "u1"),
        ("id", "V16"),
        ("debit", ">i8"),  # positions of the accounts' records
        ("credit", ">i8"),
        ("amount", ">i8"),
        ("pending_id", "V16"),
        ("user_data_128", "V16"),
        ("user_data_64", ">u8"),
        ("user_data_32", ">u4"),
        ("timeout", ">u4"),
        ("ledger", ">u4"),
        ("code", ">u2"),
        ("flags", ">u2"),
        ("effective_at", ">i8"),
        ("timestamp", ">i8"),
        ("debit_prev", ">i8"),  # from here on derived, not sealed
        ("credit_prev", ">i8"),
        ("debit_mark", ">i8"),
        ("credit_mark", ">i8"),
        ("debit_flags", ">u2"),
        ("credit_flags", ">u2"),
        ("debit_after", ">i8", (4,)),  # debits pending, debits posted, credits pending, credits posted
        ("credit_after", ">i8", (4,)),
    ]
)
_TRANSFER = struct.Struct(">BB16sqqq16s16sQIIIHHqqqqqqHH4q4q")
_ACCOUNT = struct.Struct(">BB16sIHH16sQIqqqqB")
_TERMS = struct.Struct(">BBqqqqBq")
_METADATA = struct.Struct(">BBqB16s")
_BURNT = struct.Struct(">BB16sHq")

TRANSFER_BYTES = _TRANSFER.size
DEBIT_AT, DEBIT_PREV_AT, CREDIT_PREV_AT = 18, 114, 122  # bytes before these fields of a transfer
LEAF_BYTES = {ACCOUNT: _ACCOUNT.size, TRANSFER: 114, TERMS: _TERMS.size, BURNT: _BURNT.size}
_STRIDES = {ACCOUNT: _ACCOUNT.size, TRANSFER: TRANSFER_BYTES, TERMS: _TERMS.size, BURNT: _BURNT.size}


def leaf_of(transfer: bytes) -> bytes:
    """The leaf's hash of a stored transfer."""
    return sha256(transfer[: LEAF_BYTES[TRANSFER]]).digest()


def is_waypoint(leaf: bytes) -> bool:
    """Whether a transfer is a waypoint of its accounts: one in 64 is, by chance of its leaf's hash."""
    return not leaf[0] & WAYPOINT_MASK


def is_mark(leaf: bytes) -> bool:
    """Whether a transfer is a mark: one in 8 is, and later transfers of its accounts point to the last."""
    return not leaf[0] & MARK_MASK


def id_bytes(identifier: int) -> bytes:
    """A 128-bit identifier as it is stored: 16 bytes, big-endian."""
    return identifier.to_bytes(16, "big")


def id_of(stored: bytes) -> int:
    """The identifier of 16 stored bytes."""
    return int.from_bytes(stored, "big")


def count(kind: int, stored: bytes) -> int:
    """How many records a block holds; metadata has no fixed length and stands alone."""
    return 1 if kind == METADATA else len(stored) // _STRIDES[kind]


def is_whole(kind: int, stored: bytes) -> bool:
    """Whether these can be the bytes of a block: of records of the kind, and of nothing else."""
    if kind == METADATA:
        return len(stored) > _METADATA.size
    return len(stored) > 0 and len(stored) % _STRIDES[kind] == 0


def record(kind: int, stored: bytes, place: int) -> bytes:
    """The record at a place of a block, 0 first."""
    if kind == METADATA:
        return stored
    stride = _STRIDES[kind]
    return stored[place * stride : (place + 1) * stride]


def leaves(kind: int, stored: bytes) -> list[bytes]:
    """The leaf inputs of a block."""
    if kind == METADATA:
        return [stored]
    stride, length = _STRIDES[kind], LEAF_BYTES[kind]
    return [stored[at : at + length] for at in range(0, len(stored), stride)]


def columns(stored: bytes) -> Array:
    """A block of transfers as columns."""
    return np.frombuffer(stored, TRANSFER_DTYPE)


def pack_account(account: Account, timestamp: int) -> bytes:
    """The stored record of an account."""
    return _ACCOUNT.pack(
        0,
        ACCOUNT,
        id_bytes(account.id),
        account.ledger,
        account.code,
        account.flags,
        id_bytes(account.user_data_128),
        account.user_data_64,
        account.user_data_32,
        timestamp,
        *_pack_terms(account.terms),
    )


def unpack_account(stored: bytes) -> Account:
    """The account as it was opened."""
    _, _, identifier, ledger, code, flags, data_128, data_64, data_32, timestamp, *terms = _ACCOUNT.unpack(
        stored
    )
    return Account(
        id=id_of(identifier),
        ledger=ledger,
        code=code,
        flags=flags,
        user_data_128=id_of(data_128),
        user_data_64=data_64,
        user_data_32=data_32,
        timestamp=timestamp,
        terms=_unpack_terms(*terms),
    )


def pack_transfer(
    transfer: Transfer, *, debit: int, credit: int, timestamp: int, derived: Iterable[int]
) -> bytes:
    """The stored record of a transfer between the accounts at two positions.

    `derived`: the previous transfers of both accounts, the last marks before it, the flags of both, then the
    four counters of each, debited first.
    """
    return _TRANSFER.pack(
        0,
        TRANSFER,
        id_bytes(transfer.id),
        debit,
        credit,
        transfer.amount,
        id_bytes(transfer.pending_id),
        id_bytes(transfer.user_data_128),
        transfer.user_data_64,
        transfer.user_data_32,
        transfer.timeout,
        transfer.ledger,
        transfer.code,
        transfer.flags,
        transfer.effective_at,
        timestamp,
        *derived,
    )


class Line:
    """A transfer as stored: its accounts by position, and what is derived."""

    __slots__ = ("credit", "debit", "fields")

    def __init__(self, stored: bytes) -> None:
        self.fields = _TRANSFER.unpack(stored)
        self.debit: int = self.fields[3]
        self.credit: int = self.fields[4]

    @property
    def id(self) -> int:
        """The transfer's id."""
        return id_of(self.fields[2])

    @property
    def pending_id(self) -> int:
        """The id of the hold that it ends."""
        return id_of(self.fields[6])

    @property
    def timestamp(self) -> int:
        """When it was recorded."""
        return int(self.fields[15])

    def previous(self, number: int) -> int:
        """The position of the previous transfer of one of its accounts, 0 for none."""
        return int(self.fields[16 if number == self.debit else 17])

    def mark(self, number: int) -> int:
        """The position of the last mark of one of its accounts before it, 0 for none."""
        return int(self.fields[18 if number == self.debit else 19])

    def counters(self, number: int) -> tuple[int, int, int, int]:
        """The counters of one of its accounts after it."""
        return self.fields[22:26] if number == self.debit else self.fields[26:30]

    def flags(self, number: int) -> int:
        """The flags of one of its accounts after it: whether it is closed."""
        return int(self.fields[20 if number == self.debit else 21]) & ~LATE

    def is_late(self, number: int) -> bool:
        """Whether an earlier booking of one of its accounts happened later."""
        return bool(self.fields[20 if number == self.debit else 21] & LATE)

    @property
    def happened_ns(self) -> int:
        """When it happened: its effective time, or when it was recorded."""
        return int(self.fields[14] or self.fields[15])

    def transfer(self, debit_id: int, credit_id: int) -> Transfer:
        """The transfer as the world sees it."""
        f = self.fields
        return Transfer(
            id=id_of(f[2]),
            debit_account_id=debit_id,
            credit_account_id=credit_id,
            amount=f[5],
            pending_id=id_of(f[6]),
            user_data_128=id_of(f[7]),
            user_data_64=f[8],
            user_data_32=f[9],
            timeout=f[10],
            ledger=f[11],
            code=f[12],
            flags=f[13],
            effective_at=f[14],
            timestamp=f[15],
        )


def pack_terms(number: int, terms: Terms, timestamp: int) -> bytes:
    """The stored record of an account's new terms."""
    return _TERMS.pack(0, TERMS, number, *_pack_terms(terms), timestamp)


def unpack_terms(stored: bytes) -> tuple[int, Terms, int]:
    """The account's position, its new terms, and since when."""
    _, _, number, low, high, overdraft, frozen, timestamp = _TERMS.unpack(stored)
    return number, _unpack_terms(low, high, overdraft, frozen), timestamp


def pack_metadata(subject_kind: int, subject_id: int, encoded: bytes, timestamp: int) -> bytes:
    """The stored record of the metadata of an account (kind 1) or a transfer (kind 2)."""
    return _METADATA.pack(0, METADATA, timestamp, subject_kind, id_bytes(subject_id)) + encoded


def unpack_metadata(stored: bytes) -> tuple[int, int, bytes, int]:
    """Kind and id of what it belongs to, the encoded metadata, and since when."""
    _, _, timestamp, kind, identifier = _METADATA.unpack_from(stored)
    return kind, id_of(identifier), stored[_METADATA.size :], timestamp


def pack_burnt(transfer_id: int, code: int, timestamp: int) -> bytes:
    """The stored record of an id that can never be used, because of a transient refusal."""
    return _BURNT.pack(0, BURNT, id_bytes(transfer_id), code, timestamp)


def unpack_burnt(stored: bytes) -> tuple[int, int, int]:
    """The id, the code of the refusal, and when."""
    _, _, identifier, code, timestamp = _BURNT.unpack(stored)
    return id_of(identifier), code, timestamp


def timestamp_of(kind: int, stored: bytes) -> int:
    """When a record was made."""
    if kind == ACCOUNT:
        return unpack_account(stored).timestamp
    if kind == TRANSFER:
        return Line(stored).timestamp
    if kind == TERMS:
        return unpack_terms(stored)[2]
    return unpack_metadata(stored)[3] if kind == METADATA else unpack_burnt(stored)[2]


def each(kind: int, first_seq: int, stored: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Position, kind and bytes of every record of a block."""
    for place in range(count(kind, stored)):
        yield first_seq + place, kind, record(kind, stored, place)


def _pack_terms(terms: Terms) -> tuple[int, int, int, int]:
    return (
        NO_MIN if terms.balance_min is None else terms.balance_min,
        NO_MAX if terms.balance_max is None else terms.balance_max,
        NO_OVERDRAFT if terms.overdraft is None else terms.overdraft,
        DEBITS_FROZEN * terms.debits_frozen | CREDITS_FROZEN * terms.credits_frozen,
    )


def _unpack_terms(low: int, high: int, overdraft: int, frozen: int) -> Terms:
    return Terms(
        balance_min=None if low == NO_MIN else low,
        balance_max=None if high == NO_MAX else high,
        overdraft=None if overdraft == NO_OVERDRAFT else overdraft,
        debits_frozen=bool(frozen & DEBITS_FROZEN),
        credits_frozen=bool(frozen & CREDITS_FROZEN),
    )
