"""How fast is a feed mirrored, durable and sealed, and how much memory does a mirrored account take?

    python bench/mirror.py [--data ../shared/data/wallet/transactions.csv.gz] [--page 8000] [--memory N]

The events of the wallet data set are made in memory, then applied page by page, one commit a page, to a
database in a file (WAL, synchronous=FULL). The ratio compares with inserting as many rows, with the same
content and the same commits, into one bare SQLite table in the same run.
"""

import argparse
import asyncio
import csv
import gc
import gzip
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dawam import ledger, primary
from dawam.kernel import to_ns
from dawam.ledger import Ledger
from dawam.primary import Event, Mirror, MirrorSettings, SnapshotLine
from dawam.storage import Storage

START = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2027, 11, 1, tzinfo=UTC)
TABLES = [*ledger.TABLES, *primary.TABLES]
Feed = tuple[list[SnapshotLine], list[Event]]


def minor(text: str) -> int:
    """Minor units of a decimal with two places."""
    return round(float(text) * 100)


def wallet_feed(file: Path) -> Feed:
    """The data set's opening balances and bookings; the balances decide, refused attempts are left out."""
    opening: dict[str, int] = {}
    events: list[Event] = []
    with gzip.open(file, "rt") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if row["isUnauthorizedOverdraft"] == "1":
                continue
            booked_at = START + timedelta(hours=int(row["step"]), milliseconds=number)
            for side in ("Orig", "Dest"):
                account = row[f"name{side}"]
                old, new = minor(row[f"oldBalance{side}"]), minor(row[f"newBalance{side}"])
                if old == new:
                    continue
                opening.setdefault(account, old)
                events.append(
                    Event(
                        seq=len(events) + 1,
                        event_id=f"E{len(events) + 1}",
                        account=account,
                        amount_minor=new - old,
                        currency="EGP",
                        balance_after_minor=new,
                        booked_at=booked_at,
                        kind=row["action"].lower(),
                        payment_id=f"T{number}",
                    )
                )
    return [line(account, balance) for account, balance in opening.items()], events


def made_feed(count: int) -> Feed:
    """As many bookings over a tenth as many accounts, where the data set is absent."""
    accounts = [f"C{number:010}" for number in range(count // 10)]
    balances = dict.fromkeys(accounts, 100_000)
    events = []
    for number in range(count):
        account = accounts[number * 7919 % len(accounts)]
        amount = (number % 1000) - 400 or 1
        balances[account] += amount
        events.append(
            Event(
                seq=number + 1,
                event_id=f"E{number + 1}",
                account=account,
                amount_minor=amount,
                currency="EGP",
                balance_after_minor=balances[account],
                booked_at=START + timedelta(milliseconds=number),
                kind="transfer",
                payment_id=f"T{number}",
            )
        )
    return [line(account, 100_000) for account in accounts], events


def line(account: str, balance: int) -> SnapshotLine:
    """An account's opening balance."""
    return SnapshotLine(account=account, currency="EGP", balance_minor=balance, last_seq=0)


def pages(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    """The feed as a follower gets it."""
    for start in range(0, len(events), size):
        yield events[start : start + size]


def opened(folder: str) -> tuple[Storage, Mirror]:
    """A new database with an empty mirror."""
    storage = Storage.open(f"sqlite:///{folder}/mirror.db", tables=TABLES)
    mirror = Mirror.open("wallet", storage=storage, ledger=Ledger(storage), settings=MirrorSettings())
    return storage, mirror


async def mirrored(feed: Feed, page: int) -> float:
    """Seconds to mirror the events, durable."""
    opening, events = feed
    with tempfile.TemporaryDirectory() as folder:
        storage, mirror = opened(folder)
        try:
            await mirror.load_snapshot(opening, last_seq=0, as_of=START, now=NOW)
            gc.collect()
            began = time.perf_counter()
            for some in pages(events, page):
                await mirror.take(some, NOW)
            return time.perf_counter() - began
        finally:
            storage.close()


def bare(feed: Feed, page: int) -> float:
    """Seconds to insert the events into one table, durable."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute(
            "CREATE TABLE events (seq INTEGER PRIMARY KEY, event_id TEXT, account TEXT, amount INTEGER, "
            "currency TEXT, balance INTEGER, booked_at INTEGER, kind TEXT, payment_id TEXT)"
        )
        began = time.perf_counter()
        for some in pages(feed[1], page):
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    (
                        event.seq, event.event_id, event.account, event.amount_minor, event.currency,
                        event.balance_after_minor, to_ns(event.booked_at), event.kind, event.payment_id,
                    )
                    for event in some
                ),
            )  # fmt: skip
            database.execute("COMMIT")
        seconds = time.perf_counter() - began
        database.close()
        return seconds


def rss() -> int:
    """Resident bytes of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def names(count: int) -> Iterator[str]:
    """As many account names, made as they are asked for."""
    return (f"C{number:010}" for number in range(count))


async def filled(folder: str, count: int) -> None:
    """Fill an empty mirror from a snapshot, in this process."""
    storage, mirror = opened(folder)
    before = rss()
    began = time.perf_counter()
    lines = [line(name, 1_000 + number) for number, name in enumerate(names(count))]
    await mirror.load_snapshot(lines, last_seq=count, as_of=START, now=NOW)
    seconds = time.perf_counter() - began
    del lines
    gc.collect()
    after = rss()
    storage.close()
    size = sum(file.stat().st_size for file in Path(folder).iterdir())
    print(
        f"filled from a snapshot   {count / seconds:,.0f} accounts/s, {size / count:,.0f} bytes of disk each"
    )
    print(
        f"memory after filling     {(after - before) / count:,.0f} bytes of RSS an account, ledger included"
    )


def timed_reads(mirror: Mirror, count: int) -> float:
    """Microseconds a balance."""
    began = time.perf_counter()
    for name in names(count):
        mirror.balance(name)
    return (time.perf_counter() - began) / count * 1e6


def memory(count: int) -> None:
    """Fill in one process, then read every balance in this one, which holds nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"accounts                 {count:,}", flush=True)
        subprocess.run([sys.executable, __file__, "--memory", str(count), "--fill", folder], check=True)
        storage, mirror = opened(folder)
        before = rss()
        first = timed_reads(mirror, count)
        used = rss() - before
        second = timed_reads(mirror, count)
        storage.close()
    print(f"first read of each       {first:.1f} us (from disk)")
    print(f"second read of each      {second:.2f} us (from memory)")
    print(f"memory after reading     {used / count:,.0f} bytes of RSS an account")


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data/wallet/transactions.csv.gz"))
    parser.add_argument("--page", type=int, default=8_000)
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--fill", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        asyncio.run(filled(options.fill, options.memory))
        return
    if options.memory:
        memory(options.memory)
        return
    feed = wallet_feed(options.data) if options.data.exists() else made_feed(67_000)
    count = len(feed[1])
    seconds = min(asyncio.run(mirrored(feed, options.page)) for _ in range(3))
    plain = min(bare(feed, options.page) for _ in range(3))
    print(f"events                   {count:,} over {len(feed[0]):,} accounts, {options.page:,} a commit")
    print(f"mirrored                 {count / seconds:,.0f} events/s, durable, journal sealed")
    print(f"bare insert              {count / plain:,.0f} rows/s")
    print(f"ratio                    {plain / seconds:.2f}")


if __name__ == "__main__":
    main()
