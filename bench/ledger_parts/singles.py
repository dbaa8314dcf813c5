"""Single transfers by many callers at once: each waits for its own commit before it sends the next."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from statistics import median
from typing import Any

import uvloop
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, insert

from dawam.ledger import Transfer
from dawam.storage import Storage, Tx
from ledger_parts.books import Books, url_of
from ledger_parts.figures import Section, by_turns, percentile, ratio
from ledger_parts.rows import BLOB, GIVEN, Row, given
from ledger_parts.run import Run
from ledger_parts.sizes import Sizes
from ledger_parts.transfers import Source

Write = Callable[[Any], Awaitable[Any]]
_TARGET = 15_000.0


class Crowd:
    """Callers who take the next of all items, write it, and wait until it is durable."""

    def __init__(self, callers: int, write: Write) -> None:
        self._callers, self._write = callers, write
        self.latencies: list[float] = []

    def run(self, items: Iterable[Any], count: int) -> float:
        """Items a second."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return count / runner.run(self._all(iter(items)))

    async def _all(self, items: Iterator[Any]) -> float:
        started = time.perf_counter()
        await asyncio.gather(*(self._one(items) for _ in range(self._callers)))
        return time.perf_counter() - started

    async def _one(self, items: Iterator[Any]) -> None:
        for item in items:
            started = time.perf_counter()
            await self._write(item)
            self.latencies.append(time.perf_counter() - started)


class Posting:
    """A ledger to which transfers are posted one by one."""

    def __init__(self, url: str, sizes: Sizes, count: int) -> None:
        self._count = count
        self._source = Source(sizes.seed, sizes.busy_accounts)
        self._books = Books(url)
        self._books.open_accounts(sizes.busy_accounts)
        self.crowd = Crowd(sizes.callers, self._post)
        self.close = self._books.close

    def turn(self) -> float:
        """Transfers a second."""
        return self.crowd.run(self._source.uniform(self._count), self._count)

    async def _post(self, transfer: Transfer) -> None:
        ledger, now_ns = self._books.ledger, time.time_ns()
        (result,) = await self._books.storage.write(
            lambda tx: ledger.post_transfers(tx, [transfer], now_ns=now_ns)
        )
        if result:
            raise SystemExit(f"refused: {result!r}")


_bare = Table(
    "bare",
    MetaData(),
    *(Column(name, LargeBinary() if kind == BLOB else BigInteger()) for name, kind in GIVEN.items()),
)
_insert = insert(_bare)


class Bare:
    """The same storage and callers, whose verb inserts the caller's fields as one row."""

    def __init__(self, url: str, sizes: Sizes, count: int) -> None:
        self._count = count
        self._source = Source(sizes.seed, sizes.busy_accounts)
        self._storage = Storage.open(url, tables=[_bare])
        self.crowd = Crowd(sizes.callers, self._put)
        self.close = self._storage.close

    def turn(self) -> float:
        """Rows a second."""
        return self.crowd.run(given(self._source.uniform(self._count)), self._count)

    async def _put(self, row: Row) -> None:
        await self._storage.write(lambda tx: tx.many(_insert, [row]))


class Gathered(Bare):
    """The same, but rows are kept in memory and inserted together when the commit is made.

    It is as the ledger writes, and the fastest that a group commit can be.
    """

    def __init__(self, url: str, sizes: Sizes, count: int) -> None:
        super().__init__(url, sizes, count)
        self._rows: list[Row] = []
        self._storage.register(self)

    async def _put(self, row: Row) -> None:
        await self._storage.write(lambda _: self._rows.append(row))

    def settle(self, tx: Tx) -> None:
        """All verbs have run."""
        if self._rows:
            tx.many(_insert, self._rows)

    def publish(self) -> None:
        """The rows are durable."""
        self._rows = []

    def keep(self) -> None:
        """Nothing to do: no verb of these fails."""

    drop = forget = keep


def _measured(title: str, urls: dict[str, str], sizes: Sizes, count: int, **target: float) -> Section:
    kinds = {"ledger": Posting, "bare": Bare, "gathered": Gathered}
    with ExitStack() as stack:
        made = {}
        for name, kind in kinds.items():
            made[name] = kind(urls[name], sizes, count)
            stack.callback(made[name].close)
        rates = by_turns({name: each.turn for name, each in made.items()}, turns=sizes.turns)
    latencies = made["ledger"].crowd.latencies[count:]  # without the warm-up
    section = Section(f"{title}, single transfers by {sizes.callers} callers at once")
    section.add(
        "per_s", "posted, each durable when answered", median(rates["ledger"]), "transfers/s", **target
    )
    section.add("p50_ms", "answered within, half of them", percentile(latencies, 0.5) * 1e3, "ms")
    section.add("p99_ms", "answered within, 99 in 100", percentile(latencies, 0.99) * 1e3, "ms")
    section.add("bare_per_s", "a verb that inserts one bare row", median(rates["bare"]), "rows/s")
    section.add("gathered_per_s", "rows inserted together at the commit", median(rates["gathered"]), "rows/s")
    section.add("to_bare", "posted to one bare row each", ratio(rates["ledger"], rates["bare"]), "")
    section.add(
        "to_gathered", "posted to rows inserted together", ratio(rates["ledger"], rates["gathered"]), ""
    )
    return section


def embedded(run: Run) -> Section:
    """On SQLite."""
    with run.room("singles") as room:
        urls = {name: url_of(room, name) for name in ("ledger", "bare", "gathered")}
        return _measured("Embedded", urls, run.sizes, run.sizes.singles, at_least=_TARGET)


def on_postgresql(run: Run) -> Section:
    """On PostgreSQL."""
    if run.server.missing:
        return Section("PostgreSQL, single transfers", skipped=run.server.missing)
    urls = {name: run.server.url() for name in ("ledger", "bare", "gathered")}
    section = _measured("PostgreSQL", urls, run.sizes, run.sizes.singles_postgresql)
    for url in urls.values():
        run.server.drop(url)
    return section
