"""What was counted is written down on each engine: never twice, and until it is counted elsewhere."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from dawam import app
from dawam.kernel import NotFound, Unavailable, to_ns
from dawam.primary import Held
from dawam.standin import BalanceChecks, Capability, forget
from dawam.standin.measures import Measures
from dawam.standin.measures.tables import answer_minutes
from dawam.storage import Storage

from .stage import SETTINGS, START
from .test_measures import ALWAYS, MINUTE, WITHHELD, shown


class Clock:
    """Time that moves when told to."""

    def __init__(self):
        self.at = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)

    def now(self):
        return self.at


class Disk:
    """A database that may refuse to write."""

    def __init__(self, url):
        self.storage = Storage.open(url, tables=app.TABLES, inline=True)
        self.read = self.storage.read
        self.full = False

    async def write(self, verb):
        if self.full:
            raise Unavailable("storage_unavailable", reason="disk_full")
        return await self.storage.write(verb)


@pytest.fixture
def disk(database_url):
    made = Disk(database_url)
    yield made
    made.storage.close()


def measures_on(disk, clock, institution="bank"):
    """Measures as a desk makes them, over books that say 100 of every account."""
    past = SimpleNamespace(held=lambda account, *, as_of, seq: Held("EGP", 100))
    return Measures(
        SimpleNamespace(
            institution=institution,
            world=SimpleNamespace(clock=clock, entropy=Random(1)),
            storage=disk,
            mirror=SimpleNamespace(past=past),
            settings=SETTINGS,
        )
    )


def test_counts_are_written_again_and_never_twice_and_lives_add_up(disk):
    clock = Clock()
    first = measures_on(disk, clock)
    for _ in range(3):
        first.balance(shown())
        asyncio.run(first.flush())
    first.balance(WITHHELD)
    asyncio.run(first.flush())
    clock.at += timedelta(seconds=10)
    second = measures_on(disk, clock)
    other = measures_on(disk, clock, "other")
    for one in (second, other):
        one.balance(shown())
        for _ in range(3):
            one.balance(WITHHELD)
        asyncio.run(one.flush())
    assert second.balances(*ALWAYS) == BalanceChecks(shown=4)
    assert second.unanswered(*ALWAYS) == {}
    clock.at += MINUTE
    second.balance(WITHHELD)
    asyncio.run(second.flush())
    begins = START + MINUTE
    assert second.unanswered(*ALWAYS) == {Capability.BALANCE: [(begins, begins + MINUTE)]}
    assert second.unanswered(begins + MINUTE, begins + 2 * MINUTE) == {}
    assert other.unanswered(*ALWAYS) == {Capability.BALANCE: [(START, START + MINUTE)]}


def test_what_could_not_be_written_is_written_later(disk):
    one = measures_on(disk, Clock())
    one.balance(shown())
    disk.full = True
    with capture_logs() as logs:
        asyncio.run(one.flush())
    assert [(line["event"], line["code"]) for line in logs] == [
        ("measures_not_recorded", "storage_unavailable")
    ]
    assert one.balances(*ALWAYS) == BalanceChecks()
    disk.full = False
    one.balance(shown())
    asyncio.run(one.flush())
    assert one.balances(*ALWAYS) == BalanceChecks(shown=2)


def test_what_is_counted_elsewhere_is_let_go(disk):
    clock = Clock()
    mine, other = measures_on(disk, clock), measures_on(disk, clock, "other")
    for _ in range(3):
        for one in (mine, other):
            one.balance(shown())
            asyncio.run(one.flush())
        clock.at += MINUTE
    disk.storage.write_now(lambda tx: forget(tx, "bank", START + 2 * MINUTE))
    assert mine.balances(*ALWAYS).shown == 1
    assert other.balances(*ALWAYS).shown == 3
    (kept,) = disk.read(
        lambda rows: rows.execute(
            select(answer_minutes.c.minute).where(answer_minutes.c.institution == "bank")
        ).all()
    )
    assert kept.minute == to_ns(START + 2 * MINUTE)


def test_a_call_that_fails_leaves_its_question_without_an_answer_and_an_unknown_name_does_not(disk):
    one = measures_on(disk, Clock())
    for error in (Unavailable("storage_unavailable"), NotFound("account_not_found")):
        with pytest.raises(type(error)), one.asked(Capability.STATEMENT):
            raise error
    one.statement(None, mirrored=True)
    asyncio.run(one.flush())
    query = select(answer_minutes.c.answered, answer_minutes.c.unanswered)
    assert [tuple(row) for row in disk.read(lambda rows: rows.execute(query).all())] == [(0, 1)]
    one.statement(None, mirrored=False)
    asyncio.run(one.flush())
    assert [tuple(row) for row in disk.read(lambda rows: rows.execute(query).all())] == [(0, 2)]
