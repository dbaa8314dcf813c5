"""News from lower slices to higher ones: written with the fact, acted on exactly once by each reader.

A reader's place moves in the transaction of what it does, so that a crash repeats nothing and loses nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from dawam.kernel import DawamError, from_ns, to_ns
from dawam.storage.database import Storage
from dawam.storage.tables import metadata
from dawam.storage.transaction import Rows, Tx

_TOGETHER = 100
_log = structlog.get_logger("dawam.storage")

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("topic", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
outbox_readers = Table(
    "outbox_readers",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
TABLES = [outbox, outbox_readers]

_put = insert(outbox).values(topic=bindparam("topic"), body=bindparam("body"), at=bindparam("at"))
_next = (
    select(outbox.c.seq, outbox.c.topic, outbox.c.body, outbox.c.at)
    .where(outbox.c.seq > bindparam("after"))
    .order_by(outbox.c.seq)
    .limit(_TOGETHER)
)


class News(msgspec.Struct, frozen=True):
    """Something that happened; `body` is what its topic says it is."""

    seq: int
    topic: str
    body: bytes
    at: datetime


def put(tx: Tx, topic: str, body: bytes, *, now: datetime) -> None:
    """Add news to the facts of the open transaction."""
    tx.execute(_put, {"topic": topic, "body": body, "at": to_ns(now)})


class Reader:
    """One who acts on news, in their order; `act` runs in the transaction that moves the reader's place.

    News are acted on once they are committed, so that `act` may read what they tell of as anybody reads it:
    what was written just now, in the same group commit, waits for the next look.
    What `act` raises stops this reader at that piece of news: it is tried again, and an alarm is logged.
    """

    def __init__(
        self, name: str, storage: Storage, act: Callable[[Tx, News], None], *, look_every_s: float = 0.2
    ) -> None:
        self._name = name
        self._storage = storage
        self._act = act
        self._look_every_s = look_every_s
        self._place = storage.read(self._begin_at)

    async def run(self) -> None:
        """Forever: act on what is new."""
        while True:
            try:
                while await self.catch_up():
                    pass
            except Exception as error:
                code = error.code if isinstance(error, DawamError) else type(error).__name__
                _log.error("news_not_acted_on", reader=self._name, after=self._place, code=code)
                await asyncio.sleep(1.0)
            await asyncio.sleep(self._look_every_s)

    async def catch_up(self) -> int:
        """Act on some of what is new; how many pieces that were."""
        until = self._storage.read(self._committed)
        if until is None:
            return 0
        place, count = await self._storage.write(lambda tx: self._some(tx, until))
        self._place = place
        return count

    def _committed(self, rows: Rows) -> int | None:
        found = rows.execute(_next, {"after": self._place}).all()
        return int(found[-1].seq) if found else None

    def _some(self, tx: Tx, until: int) -> tuple[int, int]:
        place = self._begin_at(tx)
        if place < 0:
            tx.execute(insert(outbox_readers).values(name=self._name, seq=0))
            place = 0
        found = [row for row in tx.execute(_next, {"after": place}) if row.seq <= until]
        for row in found:
            self._act(tx, News(row.seq, row.topic, bytes(row.body), from_ns(row.at)))
            place = row.seq
        tx.execute(update(outbox_readers).where(outbox_readers.c.name == self._name).values(seq=place))
        return place, len(found)

    def _begin_at(self, rows: Rows) -> int:
        found = rows.execute(select(outbox_readers.c.seq).where(outbox_readers.c.name == self._name)).first()
        return int(found.seq) if found else -1
