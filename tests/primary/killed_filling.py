"""A process that is killed while it fills a mirror from a snapshot: `killed_filling.py URL`."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime

from dawam import ledger, primary
from dawam.ledger import Ledger
from dawam.primary import Mirror, MirrorSettings, SnapshotLine
from dawam.storage import Storage

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def made(count: int) -> list[SnapshotLine]:
    """A snapshot in which every account holds its number."""
    return [
        SnapshotLine(account=f"A{number}", currency="EGP", balance_minor=number, last_seq=0)
        for number in range(count)
    ]


def opened(url: str) -> tuple[Storage, Ledger, Mirror]:
    """A mirror in a database."""
    storage = Storage.open(url, tables=[*ledger.TABLES, *primary.TABLES])
    books = Ledger(storage)
    mirror = Mirror.open("bank", storage=storage, ledger=books, settings=MirrorSettings())
    return storage, books, mirror


class Deadly(list[SnapshotLine]):
    """Whoever reads far enough is killed."""

    def __getitem__(self, place: slice) -> list[SnapshotLine]:  # type: ignore[override]
        if place.start >= 30_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(place)


if __name__ == "__main__":
    _, _, found = opened(sys.argv[1])
    asyncio.run(found.load_snapshot(Deadly(made(40_000)), last_seq=7, as_of=NOW, now=NOW))
