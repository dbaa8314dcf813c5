"""A ledger with its accounts on either engine, as it would be run: durable, sealed, every index kept."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from dawam.ledger import TABLES, Account, Ledger, Transfer, loading, records, store
from dawam.ledger.proofs import Checkpoint, SigningKey, sign_checkpoint
from dawam.storage import Storage
from dawam.storage.engines.sqlite import PREFIX
from ledger_parts.figures import told
from ledger_parts.transfers import CODE, EGP, START_NS, Source, account_id, in_batches

KEY = SigningKey("bench.example/books", sha256(b"no secret").digest())
STEP_NS = 1_000_000_000


def seal(size: int, root: bytes) -> str:
    """The signed checkpoint of a commit."""
    return sign_checkpoint(Checkpoint(KEY.name, size, root), KEY).text


def url_of(folder: Path, name: str) -> str:
    """A database in a file."""
    return f"{PREFIX}{folder / name}.db"


def read_through(url: str) -> None:
    """Let the system have a database's file in its memory, as far as it goes. Nothing on a server."""
    if url.startswith(PREFIX):
        with Path(url.removeprefix(PREFIX)).open("rb") as file:
            while file.read(1 << 20):
                pass


class Books:
    """A ledger, and how much of it has been looked at. A batch is recorded a second after the one before."""

    def __init__(self, url: str) -> None:
        self.storage = Storage.open(url, tables=TABLES)
        self.ledger = Ledger(self.storage, seal=seal)
        self.now_ns = START_NS
        self._seen = 0

    def open_accounts(self, count: int, batch: int = 8_189) -> float:
        """Open accounts 1 to `count`; returns how many seconds that took."""
        took, done = 0.0, 0
        for size in in_batches(count, batch):
            accounts = [Account(account_id(number), EGP, CODE) for number in range(done + 1, done + size + 1)]
            took += self._committed(accounts, self.ledger.create_accounts)
            done += size
            told(f"{done:,} of {count:,} accounts opened", 10)
        return took

    def post(self, transfers: list[Transfer]) -> float:
        """Post a batch; returns how many seconds that took, its commit included."""
        return self._committed(transfers, self.ledger.post_transfers)

    def last_seq(self) -> int:
        """How many records the journal has."""
        return self.storage.read(loading.end_of)

    def tail(self) -> int:
        """How many records are newer than the indexes."""
        state = self.storage.read(store.read_state)
        return self.last_seq() - (state.indexed_seq if state else 0)

    def lengthen_tail(self, source: Source, batch: int, wanted: int) -> None:
        """Post until so many records are newer than the indexes."""
        while (missing := wanted - self.tail()) > 0:
            self.post(source.uniform(min(batch, missing)))

    def new_transfers(self) -> bytes:
        """The stored records of all transfers since it was last asked for."""
        first, self._seen = self._seen + 1, self.last_seq()
        chunks = self.storage.read(lambda rows: list(store.blocks(rows, first, self._seen)))
        return b"".join(chunk.stored for chunk in chunks if chunk.kind == records.TRANSFER)

    def close(self) -> None:
        """Let go of the database."""
        self.storage.close()

    def _committed(self, events: list[Any], verb: Callable[..., list[Any]]) -> float:
        self.now_ns += STEP_NS
        now_ns = self.now_ns
        started = time.perf_counter()
        results = self.storage.write_now(lambda tx: verb(tx, events, now_ns=now_ns))
        elapsed = time.perf_counter() - started
        if any(results):
            raise SystemExit(f"refused: { {str(result) for result in results if result} }")
        return elapsed
