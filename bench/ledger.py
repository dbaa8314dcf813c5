"""Ledger batches against a bare SQLite table, in one run: `python bench/ledger.py [--json]`.

Four ways to make the same transfers durable, by turns: posted by the ledger (10,000 accounts, uniform,
rules, counters, sealed journal); the ledger's own rows inserted into one bare table without an index, as
`bytes`; the same as `bytearray`, which the driver binds faster and which is how the ledger binds them;
the caller's 14 fields alone inserted into one bare table. Each commits batch by batch with
synchronous=FULL.
"""

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec

from dawam.ledger import TABLES, Account, Ledger, Transfer, TransferResult
from dawam.storage import Storage

ACCOUNTS = 10_000
BATCH = 8_189
TURN = 5
START_NS = 1_700_000_000_000_000_000
FIELDS = Transfer.__struct_fields__


def batches_of(count: int, seed: int) -> list[list[Transfer]]:
    """Random transfers between random accounts, ids in order of time."""
    chance = Random(seed)
    batches = []
    for batch in range(count):
        transfers = []
        for place in range(BATCH):
            debit, credit = chance.sample(range(1, ACCOUNTS + 1), 2)
            transfers.append(
                Transfer(
                    id=(START_NS // 1_000_000 + batch) << 80 | place << 40 | chance.getrandbits(40),
                    debit_account_id=debit << 64,
                    credit_account_id=credit << 64,
                    amount=chance.randrange(1, 1_000_000),
                    user_data_64=chance.getrandbits(40),
                    ledger=818,
                    code=1,
                )
            )
        batches.append(transfers)
    return batches


class Bare:
    """One table without any other index than its row number."""

    def __init__(self, file: Path, names: Sequence[str]) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "cache_size=-65536",
            "wal_autocheckpoint=4000",
        ):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute(f"CREATE TABLE bare ({', '.join(names)})")
        self.statement = f"INSERT INTO bare VALUES ({', '.join('?' * len(names))})"

    def time(self, rows: list[tuple]) -> float:
        """Seconds to make the rows durable."""
        started = time.perf_counter()
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(self.statement, rows)
        self.connection.execute("COMMIT")
        return time.perf_counter() - started


class Books:
    """A ledger with its accounts, and a second connection that reads the rows it wrote."""

    def __init__(self, file: Path) -> None:
        self.storage = Storage.open(f"sqlite:///{file}", tables=TABLES)
        self.ledger = Ledger(self.storage)
        accounts = [Account(id=number << 64, ledger=818, code=1) for number in range(1, ACCOUNTS + 1)]
        self.storage.write_now(lambda tx: self.ledger.create_accounts(tx, accounts, now_ns=START_NS))
        self.reader = sqlite3.connect(file)
        self.names = [row[1] for row in self.reader.execute("PRAGMA table_info(ledger_transfers)")]
        self.last_seq = 0

    def time(self, transfers: list[Transfer]) -> float:
        """Seconds to post the transfers and have them durable."""
        started = time.perf_counter()
        results = self.storage.write_now(
            lambda tx: self.ledger.post_transfers(tx, transfers, now_ns=START_NS)
        )
        elapsed = time.perf_counter() - started
        if any(results):
            raise SystemExit(f"refused: { ({TransferResult(result).name for result in results}) }")
        return elapsed

    def new_rows(self) -> list[tuple]:
        """The next batch of rows."""
        query = "SELECT * FROM ledger_transfers WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self.reader.execute(query, (self.last_seq, BATCH)).fetchall()
        self.last_seq = rows[-1][0]
        return rows


def fields_of(batches: list[list[Transfer]]) -> list[list[tuple]]:
    """The caller's 14 fields, ids as 16 bytes."""
    wide = {FIELDS.index(name) for name in FIELDS if name.endswith("id") or name == "user_data_128"}
    return [
        [
            tuple(
                value.to_bytes(16, "big") if place in wide else value
                for place, value in enumerate(msgspec.structs.astuple(transfer))
            )
            for transfer in transfers
        ]
        for transfers in batches
    ]


def as_the_ledger_binds(row: tuple) -> tuple:
    """The same values in the types that the driver binds without looking for an adapter."""
    return tuple(bytearray(value) if isinstance(value, bytes) else value for value in row)


def measure_once(batches: list[list[Transfer]], fields: list[list[tuple]]) -> dict[str, float]:
    """Seconds of each of the four, five batches each in turn, so that all meet the same weather."""
    seconds = dict.fromkeys(("ledger", "same_rows", "same_rows_tuned", "caller_fields"), 0.0)
    with tempfile.TemporaryDirectory() as name:
        books = Books(Path(name, "ledger.db"))
        same, tuned = (Bare(Path(name, f"{each}.db"), books.names) for each in ("same", "tuned"))
        caller = Bare(Path(name, "fields.db"), FIELDS)
        for first in range(0, len(batches), TURN):
            turn = slice(first, first + TURN)
            seconds["ledger"] += sum(books.time(transfers) for transfers in batches[turn])
            rows = [books.new_rows() for _ in batches[turn]]
            seconds["same_rows"] += sum(same.time(batch) for batch in rows)
            bound = [[as_the_ledger_binds(row) for row in batch] for batch in rows]
            seconds["same_rows_tuned"] += sum(tuned.time(batch) for batch in bound)
            seconds["caller_fields"] += sum(caller.time(batch) for batch in fields[turn])
        books.storage.close()
        for connection in (books.reader, same.connection, tuned.connection, caller.connection):
            connection.close()
    return seconds


def measure(batch_count: int, repeats: int) -> dict[str, float]:
    """Medians of the repeats."""
    batches = batches_of(batch_count, seed=1)
    fields = fields_of(batches)
    runs = [measure_once(batches, fields) for _ in range(repeats)]
    count = batch_count * BATCH
    median = statistics.median
    return {
        "transfers": count,
        "batch": BATCH,
        "accounts": ACCOUNTS,
        **{f"{name}_per_s": round(count / median(run[name] for run in runs)) for name in runs[0]},
        "ratio_same_rows": round(median(run["same_rows"] / run["ledger"] for run in runs), 3),
        "ratio_same_rows_tuned": round(median(run["same_rows_tuned"] / run["ledger"] for run in runs), 3),
        "ratio_caller_fields": round(median(run["caller_fields"] / run["ledger"] for run in runs), 3),
    }


def memory_per_account(count: int) -> float:
    """Bytes that the ledger keeps in memory for an account that has moved money."""
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    ledger = Ledger(storage)
    step = 10_000
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for first in range(1, count + 1, step):
        ids = [(START_NS // 1_000_000 << 80) | number for number in range(first, first + step)]
        accounts = [Account(id=identifier, ledger=818, code=1) for identifier in ids]
        transfers = [
            Transfer(
                id=ids[place],
                debit_account_id=ids[place],
                credit_account_id=ids[place - 1],
                amount=1_000_000 + place,
                ledger=818,
                code=1,
            )
            for place in range(step)
        ]
        storage.write_now(lambda tx, opened=accounts: ledger.create_accounts(tx, opened, now_ns=START_NS))
        storage.write_now(lambda tx, posted=transfers: ledger.post_transfers(tx, posted, now_ns=START_NS))
    del accounts, transfers, ids
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    storage.close()
    return round((after - before) / count)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--batches", type=int, default=25, help="batches of 8,189 transfers")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory-accounts", type=int, default=100_000, help="0 leaves memory out")
    given = parser.parse_args()
    found = measure(given.batches, given.repeats)
    if given.memory_accounts:
        found["memory_accounts"] = given.memory_accounts
        found["bytes_per_account"] = memory_per_account(given.memory_accounts)
    if given.json:
        json.dump(found, sys.stdout)
        print()
        return
    for name, value in found.items():
        print(f"{name:24} {value:>12,}")


if __name__ == "__main__":
    main()
