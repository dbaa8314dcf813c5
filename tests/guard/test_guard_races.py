"""The guard on a real mirror in virtual time: bookings, feed, questions and answers overtake each other.

The books here are a list; they share nothing with mirror, ledger or guard.
"""

import asyncio
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from dawam.guard import Guard, GuardSettings, Proved
from dawam.kernel import Clock
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.primary import TABLES as PRIMARY_TABLES
from dawam.primary import BalanceAnswer, Event, Mirror, MirrorSettings
from dawam.simulation import run, simulated_world
from dawam.storage import Storage

START = datetime(2026, 11, 21, tzinfo=UTC)
SECONDS = 60.0
ACCOUNTS = [f"a{number}" for number in range(12)]


@dataclass
class Bank:
    """A primary of a few hot accounts; with `copied_seq` it answers from a copy that stopped there."""

    clock: Clock
    rng: Random
    reading: str
    honest_time: bool = True
    events: list[Event] = field(default_factory=list)
    copied_seq: int | None = None

    def book(self) -> None:
        account = self.rng.choice(ACCOUNTS)
        amount_minor = self.rng.randrange(1, 1_000)
        seq = len(self.events) + 1
        self.events.append(
            Event(
                seq=seq,
                event_id=f"e{seq}",
                account=account,
                amount_minor=amount_minor,
                currency="EGP",
                balance_after_minor=self.balance_after(account, seq - 1) + amount_minor,
                booked_at=self.clock.now(),
                kind="cash_in",
            )
        )

    def balance_after(self, account: str, seq: int) -> int:
        return sum(event.amount_minor for event in self.events[:seq] if event.account == account)

    def held(self, account: str, moment: datetime) -> int:
        return self.balance_after(account, bisect_right([event.booked_at for event in self.events], moment))

    async def balance(self, account: str) -> BalanceAnswer:
        await asyncio.sleep(self.rng.uniform(0.001, 0.3))
        known = len(self.events) if self.copied_seq is None else self.copied_seq
        own = [event for event in self.events[:known] if event.account == account]
        balance_minor = self.balance_after(account, known)
        copied_at = self.events[known - 1].booked_at if known else START
        answer = BalanceAnswer(
            account=account,
            currency="EGP",
            balance_minor=balance_minor,
            available_minor=balance_minor,
            last_seq=known if self.reading == "feed" else own[-1].seq if own else 0,
            as_of=self.clock.now() if self.copied_seq is None or not self.honest_time else copied_at,
        )
        await asyncio.sleep(self.rng.uniform(0.001, 0.3))
        return answer

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the guard asked for {name}")


async def follow(bank: Bank, mirror: Mirror) -> None:
    """The feed, up to a third of a second late."""
    while True:
        page = bank.events[mirror.position().last_seq :]
        await asyncio.sleep(bank.rng.uniform(0.001, 0.3))
        if page:
            await mirror.take(page, bank.clock.now())
        else:
            mirror.confirm(bank.clock.now())


async def books_grow(bank: Bank) -> None:
    while True:
        await asyncio.sleep(bank.rng.expovariate(8))
        bank.book()


async def customers(bank: Bank, guard: Guard, seen: Counter[str]) -> None:
    while True:
        await asyncio.sleep(bank.rng.expovariate(10))
        account = bank.rng.choice(ACCOUNTS)
        result = await guard.ask(account)
        seen[type(result).__name__] += 1
        if isinstance(result, Proved):
            answer = result.answer
            seen["wrong"] += answer.balance_minor != bank.held(account, answer.as_of)
            seen["from the future"] += answer.as_of > bank.clock.now()
            seen["old"] += bank.clock.now() - answer.as_of > timedelta(seconds=2)


def lived(seed: int, reading: str, recorder: Any, *, lies_from_s: float, honest_time: bool) -> Counter[str]:
    world, loop = simulated_world(seed, START)
    storage = Storage.open("sqlite://", tables=[*LEDGER_TABLES, *PRIMARY_TABLES], inline=True)
    mirror = Mirror.open("bank", storage=storage, ledger=Ledger(storage), settings=MirrorSettings())
    bank = Bank(world.clock, Random(seed), reading, honest_time)
    guard = Guard("bank", link=bank, mirror=mirror, world=world, settings=GuardSettings(), observer=recorder)  # type: ignore[arg-type]
    seen: Counter[str] = Counter()

    async def life() -> None:
        work = [follow(bank, mirror), books_grow(bank), *(customers(bank, guard, seen) for _ in range(4))]
        tasks = [asyncio.ensure_future(each) for each in work]
        await asyncio.sleep(lies_from_s)
        if lies_from_s < SECONDS:
            bank.copied_seq = len(bank.events) // 2 if seed % 2 else len(bank.events)
        await asyncio.sleep(SECONDS - lies_from_s)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in results), results

    run(life(), loop)
    storage.close()
    return seen


@pytest.mark.parametrize("reading", ["account", "feed"])
@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_primary_is_proved_and_never_contradicted(seed: int, reading: str, recorder: Any) -> None:
    seen = lived(seed, reading, recorder, lies_from_s=SECONDS, honest_time=True)
    assert (seen["Contradicted"], seen["wrong"], seen["from the future"], seen["old"]) == (0, 0, 0, 0)
    assert seen["Proved"] > 200
    assert seen["Proved"] / (seen["Proved"] + seen["NotProved"]) > 0.9


@pytest.mark.parametrize("honest_time", [True, False])
@pytest.mark.parametrize("reading", ["account", "feed"])
@pytest.mark.parametrize("seed", range(4))
def test_a_restored_copy_never_shows_a_false_balance(
    seed: int, reading: str, honest_time: bool, recorder: Any
) -> None:
    seen = lived(seed, reading, recorder, lies_from_s=SECONDS / 2, honest_time=honest_time)
    assert (seen["wrong"], seen["from the future"]) == (0, 0)
    assert seen["Contradicted"] > 100
    assert len(recorder.storms) == 1
