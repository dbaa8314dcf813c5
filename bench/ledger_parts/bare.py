"""What the ledger is held against on SQLite: one table, the same pragmas, a commit a batch, nothing else."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from dawam.storage.engines import sqlite
from ledger_parts.rows import Row


class Bare:
    """One table in a file of its own; `key` is a column that is its primary key, if any."""

    def __init__(self, file: Path, columns: Mapping[str, str], *, key: str | None = None) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        for pragma in sqlite._PRAGMAS:
            self._connection.execute(pragma)
        described = [f"{name} {kind}{' PRIMARY KEY' * (name == key)}" for name, kind in columns.items()]
        self._connection.execute(f"CREATE TABLE bare ({', '.join(described)})")
        self._statement = f"INSERT INTO bare VALUES ({', '.join('?' * len(columns))})"

    def insert(self, rows: Sequence[Row]) -> float:
        """Insert a batch; returns how many seconds that took, its commit included."""
        started = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._statement, rows)
        self._connection.execute("COMMIT")
        return time.perf_counter() - started

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
