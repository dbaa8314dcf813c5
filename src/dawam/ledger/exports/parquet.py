"""A folder of Parquet files, `accounts-00001.parquet`, …, `transfers-00001.parquet`, … in journal order.

A file holds up to 262,144 rows in row groups of 131,072, so that no more than one file's columns are in
memory. Amounts are integers of minor units, times nanoseconds in UTC, 128-bit numbers ULIDs; what is 0
because it was not given is null.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from dawam.kernel import id_to_text
from dawam.ledger.exports.model import JournalEntry, Names, event_of, moved_minor
from dawam.ledger.exports.money import commodity_of
from dawam.ledger.exports.names import AccountNames
from dawam.ledger.metadata import Metadata, encode
from dawam.ledger.model import Account, Transfer

FILE_ROWS = 262_144
GROUP_ROWS = 131_072
_CHUNK_ROWS = 65_536

_MOMENT = pl.Datetime("ns", "UTC")
_GIVEN: dict[str, Any] = {
    "flags": pl.UInt16,
    "user_data_128": pl.String,
    "user_data_64": pl.UInt64,
    "user_data_32": pl.UInt32,
    "timestamp": _MOMENT,
    "metadata": pl.String,
}
ACCOUNT: dict[str, Any] = {
    "seq": pl.Int64,
    "id": pl.String,
    "name": pl.String,
    "ledger": pl.UInt32,
    "currency": pl.String,
    "exponent": pl.UInt8,
    "code": pl.UInt16,
    **_GIVEN,
}
TRANSFER: dict[str, Any] = {
    "seq": pl.Int64,
    "id": pl.String,
    "event": pl.String,
    "debit_account_id": pl.String,
    "debit_account": pl.String,
    "credit_account_id": pl.String,
    "credit_account": pl.String,
    "amount_minor": pl.Int64,
    "moved_minor": pl.Int64,
    "ledger": pl.UInt32,
    "currency": pl.String,
    "exponent": pl.UInt8,
    "pending_id": pl.String,
    "timeout_s": pl.UInt32,
    "code": pl.UInt16,
    "effective_at": _MOMENT,
    **_GIVEN,
}


class _Files:
    """One kind of record: rows become columns often, and columns a file when there are enough."""

    def __init__(self, folder: Path, kind: str, schema: dict[str, Any]) -> None:
        self._folder = folder
        self._kind = kind
        self._schema = schema
        self._rows: list[tuple[Any, ...]] = []
        self._chunks: list[pl.DataFrame] = []
        self._written = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """One more row."""
        self._rows.append(row)
        if len(self._rows) == _CHUNK_ROWS:
            self._pack()
            if len(self._chunks) * _CHUNK_ROWS == FILE_ROWS:
                self._write()

    def close(self) -> None:
        """Write what is left; the first file always, so that there are columns without rows too."""
        self._pack()
        if self._chunks or not self._written:
            self._write()

    def _pack(self) -> None:
        if not self._rows:
            return
        columns = zip(self._schema, zip(*self._rows, strict=True), strict=True)
        self._chunks.append(
            pl.DataFrame([_column(name, values, self._schema[name]) for name, values in columns])
        )
        self._rows = []

    def _write(self) -> None:
        self._written += 1
        whole = pl.concat([pl.DataFrame(schema=self._schema), *self._chunks])
        self._chunks = []
        file = self._folder / f"{self._kind}-{self._written:05}.parquet"
        whole.write_parquet(file, compression="zstd", row_group_size=GROUP_ROWS)


def write(entries: Iterable[JournalEntry], names: Names, folder: Path) -> None:
    """Write the records into an empty folder."""
    paths = AccountNames(names)
    accounts = _Files(folder, "accounts", ACCOUNT)
    transfers = _Files(folder, "transfers", TRANSFER)
    for entry in entries:
        record = entry.record
        if isinstance(record, Transfer):
            transfers.add(_transfer(entry, record, paths))
        else:
            accounts.add(_account(entry, record, paths))
    accounts.close()
    transfers.close()


def _column(name: str, values: tuple[Any, ...], dtype: Any) -> pl.Series:
    if dtype == _MOMENT:
        return pl.Series(name, values, pl.Int64).cast(_MOMENT)
    return pl.Series(name, values, dtype)


def _account(entry: JournalEntry, account: Account, names: AccountNames) -> tuple[Any, ...]:
    commodity = commodity_of(account.ledger)
    return (
        entry.seq,
        *names.id_and_name(account.id),
        account.ledger,
        commodity.symbol,
        commodity.exponent,
        account.code,
        *_given(account, entry.metadata),
    )


def _transfer(entry: JournalEntry, transfer: Transfer, names: AccountNames) -> tuple[Any, ...]:
    commodity = commodity_of(transfer.ledger)
    return (
        entry.seq,
        _id(transfer.id),
        event_of(transfer).value,
        *names.id_and_name(transfer.debit_account_id),
        *names.id_and_name(transfer.credit_account_id),
        transfer.amount,
        moved_minor(transfer),
        transfer.ledger,
        commodity.symbol,
        commodity.exponent,
        _id(transfer.pending_id),
        transfer.timeout or None,
        transfer.code,
        transfer.effective_at or None,
        *_given(transfer, entry.metadata),
    )


def _given(record: Account | Transfer, metadata: Metadata | None) -> tuple[Any, ...]:
    return (
        record.flags,
        _id(record.user_data_128),
        record.user_data_64 or None,
        record.user_data_32 or None,
        record.timestamp,
        encode(metadata).decode() if metadata else None,
    )


def _id(number: int) -> str | None:
    return id_to_text(number) if number else None
