"""What the ledger is held against on PostgreSQL: rows that the server has already, made durable."""

import time
from collections.abc import Sequence

import psycopg

from ledger_parts.rows import BLOB, KEPT, Row

_TYPES = {name: "bytea" if kind == BLOB else kind.lower() for name, kind in KEPT.items()}


class StagedRows:
    """An unlogged table with the rows of a batch, and a logged one without an index that they go to."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        columns = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
        self._connection.execute(f"CREATE UNLOGGED TABLE staging ({columns})")
        self._connection.execute(f"CREATE TABLE bare ({columns})")

    def insert(self, rows: Sequence[Row]) -> float:
        """Insert a batch; returns the seconds of `INSERT … SELECT` and its commit, not of the staging."""
        self._stage(rows)
        started = time.perf_counter()
        with self._connection.transaction():
            self._connection.execute("INSERT INTO bare SELECT * FROM staging")
        return time.perf_counter() - started

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _stage(self, rows: Sequence[Row]) -> None:
        """FREEZE: so that the measured statement need not find out whether each row was committed."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("TRUNCATE staging")
            with cursor.copy("COPY staging FROM STDIN (FORMAT BINARY, FREEZE)") as copy:
                copy.set_types(list(_TYPES.values()))
                for row in rows:
                    copy.write_row(row)
