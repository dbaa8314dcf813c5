"""Transfers as rows of a plain table: what the ledger keeps of each, or what the caller has given."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from dawam.ledger import Transfer, records

BLOB, BIG, INT = "BLOB", "BIGINT", "INTEGER"
_COUNTERS = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
_WIDE = ("id", "debit_account_id", "credit_account_id", "pending_id", "user_data_128")
_NARROW = ("user_data_32", "timeout", "ledger", "code", "flags")
_DERIVED = ("debit_prev", "credit_prev", "debit_flags", "credit_flags")
_LEAF = records.LEAF_BYTES[records.TRANSFER]

GIVEN = {
    name: BLOB if name in _WIDE else INT if name in _NARROW else BIG for name in Transfer.__struct_fields__
}
"""The caller's 14 fields, and their types."""

_KEPT_FIELDS = {
    {"debit_account_id": "debit", "credit_account_id": "credit"}.get(name, name): kind
    for name, kind in GIVEN.items()
}
KEPT = (
    _KEPT_FIELDS
    | {"debit": BIG, "credit": BIG}
    | dict(zip(_DERIVED, (BIG, BIG, INT, INT), strict=True))
    | {f"{side}_{name}": BIG for side in ("debit", "credit") for name in _COUNTERS}
    | {"hash": BLOB}
)
"""All that the ledger keeps of a transfer, and the types: the 14 fields, with accounts by number as it has
them; the previous transfer of both accounts; the flags and four counters of each after it; its hash."""

Row = tuple[int | bytes | bytearray, ...]


def kept(stored: bytes) -> list[Row]:
    """Rows of `KEPT` from stored records."""
    columns = records.columns(stored)
    fields = [columns[name].tolist() for name in (*_KEPT_FIELDS, *_DERIVED)]
    counters = [list(each) for side in ("debit_after", "credit_after") for each in columns[side].T.tolist()]
    hashes = [
        sha256(stored[at : at + _LEAF]).digest() for at in range(0, len(stored), records.TRANSFER_BYTES)
    ]
    return list(zip(*fields, *counters, hashes, strict=True))


def given(transfers: Iterable[Transfer]) -> list[Row]:
    """Rows of `GIVEN`: ids as 16 bytes."""
    wide = {place for place, name in enumerate(GIVEN) if name in _WIDE}
    return [
        tuple(
            value.to_bytes(16, "big") if place in wide else value
            for place, value in enumerate(msgspec.structs.astuple(transfer))
        )
        for transfer in transfers
    ]


def tuned(rows: Sequence[Row]) -> list[Row]:
    """The same values as the driver binds them fastest: of `bytes` it looks for an adapter each time."""
    return [tuple(bytearray(value) if type(value) is bytes else value for value in row) for row in rows]
