"""A mirror, a primary and a listener, small enough to be obviously right."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from dawam.guard import Judgement, Pattern, StormEvidence
from dawam.kernel import TimeOrderedIds, Unavailable, World
from dawam.primary import BalanceAnswer, Fault, PrimaryFailure

START = datetime(2026, 11, 21, 10, tzinfo=UTC)


@dataclass(frozen=True)
class FakeBalance:
    """An account as mirrored."""

    currency: str
    balance_minor: int
    last_seq: int
    as_of: datetime


@dataclass(frozen=True)
class FakePlace:
    """A position in the feed."""

    last_seq: int
    confirmed_at: datetime | None = None


@dataclass
class FakeMirror:
    """Keeps every balance that an account ever had: `(seq, balance)` in ascending order."""

    histories: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    last_seq: int = 0
    as_of: datetime = START
    confirmed_at: datetime | None = None
    currency: str = "EGP"
    scanned: int = 0
    unsearchable: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def book(self, account: str, balance_minor: int, *, seconds: float = 1) -> int:
        self.last_seq += 1
        self.as_of += timedelta(seconds=seconds)
        self.histories.setdefault(account, []).append((self.last_seq, balance_minor))
        self.arrived.set()
        return self.last_seq

    def balance(self, account: str) -> FakeBalance | None:
        history = self.histories.get(account)
        if history is None:
            return None
        seq, balance_minor = history[-1]
        return FakeBalance(self.currency, balance_minor, seq, self.as_of)

    def balance_at(self, account: str, seq: int) -> int | None:
        known = [balance_minor for at, balance_minor in self.histories.get(account, []) if at <= seq]
        return known[-1] if known else None

    def position(self) -> FakePlace:
        return FakePlace(self.last_seq, self.confirmed_at)

    def accounts(self) -> Iterator[str]:
        if self.unsearchable:
            raise Unavailable("storage_unavailable")
        for account in self.histories:
            self.scanned += 1
            yield account

    async def wait_until(self, seq: int) -> None:
        while self.last_seq < seq:
            self.arrived.clear()
            await self.arrived.wait()


Reply = BalanceAnswer | PrimaryFailure | None


class ScriptedLink:
    """Answers balances from a function; every other call is a mistake of the test."""

    def __init__(self, reply: Callable[[str], Reply], delay_s: float = 0) -> None:
        self.reply = reply
        self.delay_s = delay_s

    async def balance(self, account: str) -> BalanceAnswer | None:
        await asyncio.sleep(self.delay_s)
        reply = self.reply(account)
        if isinstance(reply, PrimaryFailure):
            raise reply
        return reply

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the guard asked for {name}")


@dataclass
class Recorder:
    """An observer that writes everything down."""

    latencies: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    proofs: int = 0
    judgements: list[Judgement] = field(default_factory=list)
    storms: list[tuple[Pattern, StormEvidence]] = field(default_factory=list)

    def answered(self, latency_s: float) -> None:
        self.latencies.append(latency_s)

    def failed(self, fault: Fault) -> None:
        self.faults.append(fault)

    def proved(self) -> None:
        self.proofs += 1

    def contradicted(self, judgement: Judgement) -> None:
        self.judgements.append(judgement)

    def storm(self, pattern: Pattern, evidence: StormEvidence) -> None:
        self.storms.append((pattern, evidence))


class FakeClock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.moment = START + timedelta(hours=1)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return (self.moment - START).total_seconds()


class Primary:
    """The healthy answer, from the mirror itself."""

    def __init__(self, mirror: FakeMirror, clock: FakeClock) -> None:
        self.mirror = mirror
        self.clock = clock

    def answer(self, account: str, **lies: object) -> BalanceAnswer:
        mirrored = self.mirror.balance(account)
        facts: dict[str, object] = {
            "account": account,
            "currency": "EGP",
            "balance_minor": mirrored.balance_minor if mirrored else 0,
            "available_minor": mirrored.balance_minor if mirrored else 0,
            "last_seq": mirrored.last_seq if mirrored else 0,
            "as_of": self.clock.now(),
        }
        return BalanceAnswer(**{**facts, **lies})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def world(clock: FakeClock) -> World:
    entropy = Random(7)
    return World(clock=clock, ids=TimeOrderedIds(clock, entropy), entropy=entropy)


@pytest.fixture
def mirror() -> FakeMirror:
    return FakeMirror()


@pytest.fixture
def primary(mirror: FakeMirror, clock: FakeClock) -> Primary:
    return Primary(mirror, clock)


@pytest.fixture
def link_of() -> type[ScriptedLink]:
    return ScriptedLink


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()
