"""Whatever the network does to a healthy feed, the mirror says what the bank's own books say.

The bank is a dictionary; the network drops, repeats, shuffles, splits and truncates; the process restarts in
between. At the position it claims, the mirror must agree on every balance, and the books must balance.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.kernel import IntegrityBroken, id_to_text
from dawam.primary import Event

from .books import NOW, Bank, House

TOLERANCE = 2
ACCOUNTS = ("A", "B", "C", "D")

bookings = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        st.integers(-1_000, 1_000),
        st.integers(-TOLERANCE, TOLERANCE),
        st.sampled_from(("none", "hold", "foreign")),
        st.integers(-3, 3),
    ),
    min_size=1,
    max_size=25,
)


@st.composite
def journeys(draw: st.DrawFn, events: list[Event]) -> list[tuple[str, Any]]:
    """What reaches the mirror, and what happens to it: batches that the network made of the feed."""
    acts: list[tuple[str, Any]] = []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(("batch", "batch", "batch", "restart", "release")))
        if kind == "batch":
            start = draw(st.integers(0, len(events)))
            batch = events[start : draw(st.integers(start, len(events)))]
            kept = [event for event in batch if draw(st.integers(0, 9)) or False]
            repeated = [event for event in kept if draw(st.booleans())]
            acts.append((kind, draw(st.permutations(kept + repeated))))
        elif kind == "release":
            acts.append((kind, draw(st.integers(0, len(events)))))
        else:
            acts.append((kind, None))
    acts.append(("batch", events))
    return acts


def payment_of(number: int) -> str:
    return id_to_text((1 << 120) + number)


class Run:
    """One journey, and what must hold after every step of it."""

    def __init__(self, folder: str, bank: Bank, snapshot_at: int) -> None:
        self.bank = bank
        self.house = House(Path(folder) / "mirror.db", tolerance=TOLERANCE, cache=2)
        self.first = snapshot_at
        self.held: dict[str, tuple[str, int]] = {}
        if snapshot_at:
            early = Bank()
            early.events = bank.events[:snapshot_at]
            early.balances = {name: bank.balance_at(name, snapshot_at) for name in bank.opening}
            for event in early.events:
                early.balances[event.account] = bank.balance_at(event.account, snapshot_at)
            asyncio.run(
                self.house.mirror.load_snapshot(early.lines(), last_seq=snapshot_at, as_of=NOW, now=NOW)
            )

    def hold(self, payment: str, account: str, amount: int) -> None:
        mirror = self.house.mirror
        if mirror.balance(account) is not None and payment not in self.held:
            self.house.storage.write_now(lambda tx: mirror.hold(tx, payment, account, amount, now=NOW))
            self.held[payment] = (account, amount)

    def release(self, payment: str) -> None:
        was_open = payment in self.held
        mirror = self.house.mirror
        assert self.house.storage.write_now(lambda tx: mirror.release(tx, payment, now=NOW)) is was_open
        self.held.pop(payment, None)

    def deliver(self, batch: list[Event]) -> None:
        """The batch goes in; the next event is refused exactly when the network lost it."""
        before = self.house.mirror.position().last_seq
        there = {event.seq for event in batch}
        reached = before
        while reached + 1 in there:
            reached += 1
        has_gap = any(seq > reached for seq in there)
        mirror = self.house.mirror
        applied = self.house.storage.write_now(lambda tx: mirror.apply(tx, batch, now=NOW))
        assert applied.last_seq == mirror.position().last_seq == reached
        assert applied.applied == reached - before
        assert isinstance(applied.broken, IntegrityBroken) is has_gap
        if has_gap:
            assert applied.broken.code == "feed_gap"
        for event in self.bank.events[before:reached]:
            held = self.held.get(event.payment_id or "")
            if held is not None and held[0] == event.account and event.amount_minor < 0:
                del self.held[event.payment_id or ""]

    def check(self) -> None:
        mirror = self.house.mirror
        reached = mirror.position().last_seq
        names = {event.account for event in self.bank.events[:reached]} | (
            set(self.bank.opening) if self.first else set()
        )
        assert set(mirror.accounts()) == names
        for name in names:
            balance = mirror.balance(name)
            assert balance is not None
            assert balance.balance_minor == self.bank.balance_at(name, reached)
            assert balance.held_minor == sum(
                amount for account, amount in self.held.values() if account == name
            )
        assert self.house.books_balance()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_at_its_position_the_mirror_agrees_with_the_bank_exactly_once(data: st.DataObject) -> None:
    bank = Bank()
    snapshot_at = 0
    made = data.draw(bookings)
    if data.draw(st.booleans()):
        snapshot_at = data.draw(st.integers(1, len(made)))
        for name in ACCOUNTS[:2]:
            bank.open(name, data.draw(st.integers(-500, 500)))
    for number, (account, amount, drift, origin, _) in enumerate(made):
        payment = {"none": None, "hold": payment_of(number), "foreign": f"primary-{number}"}[origin]
        bank.book(account, amount, drift=drift, payment_id=payment)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(folder, bank, snapshot_at)
        try:
            journey(run, data.draw(journeys(bank.events)), made)
        finally:
            run.house.storage.close()


def decide(run: Run, made: list[Any], step: int) -> None:
    """Some of the payments to come are decided by the stand-in, a little more or less than will be booked."""
    mirror = run.house.mirror
    for number, (account, amount, _, origin, difference) in enumerate(made):
        wanted = difference - amount
        is_to_come = number >= mirror.position().last_seq and number % 3 == step % 3
        is_new = origin == "hold" and mirror.hold_status(payment_of(number)) is None
        if is_to_come and is_new and wanted > 0:
            run.hold(payment_of(number), account, wanted)


def journey(run: Run, acts: list[tuple[str, Any]], made: list[Any]) -> None:
    """Play the acts, and check after each."""
    for step, (kind, what) in enumerate(acts):
        if kind == "restart":
            run.house.reopen()
        elif kind == "release":
            run.release(payment_of(what))
        else:
            decide(run, made, step)
            run.deliver(what)
        run.check()
    mirror = run.house.mirror
    assert mirror.position().last_seq == len(run.bank.events)
    for name in mirror.accounts():
        for seq in range(run.first, len(run.bank.events) + 1):
            assert mirror.balance_at(name, seq) == run.bank.balance_at(name, seq)
