"""Accounts in memory, as columns: one row a slot, so that a batch is decided by vector operations.

The writer works on `now`; readers are shown `committed`, under a lock, and only after the commit is durable.
An account whose latest transfer is not in the index yet (`dirty`) is never let go.
"""

from collections.abc import Iterable, Sequence
from itertools import islice, repeat
from threading import Lock
from typing import Any

import numpy as np

from dawam.ledger.model import NO_TERMS, Account, AccountRow, Terms
from dawam.ledger.records import CREDITS_FROZEN, DEBITS_FROZEN, NO_MAX, NO_MIN, Array

DEBITS_PENDING, DEBITS_POSTED, CREDITS_PENDING, CREDITS_POSTED, LATEST, FLAGS, LOW, HIGH, HAPPENED, MARK = (
    range(10)
)
NUMBER, LEDGER, CODE, TIMESTAMP, USER_DATA_64, USER_DATA_32 = range(6)
FROZEN_SHIFT = 16  # freezes stand above the flags' 16 bits
NONE = -1
_FIRST_SLOTS = 1024
_U64 = 1 << 64


def bounds(terms: Terms) -> tuple[int, int, int]:
    """Frozen sides, and the lowest and the highest balance that the terms allow."""
    low = max(
        NO_MIN if terms.balance_min is None else terms.balance_min,
        NO_MIN if terms.overdraft is None else -terms.overdraft,
    )
    high = NO_MAX if terms.balance_max is None else terms.balance_max
    frozen = DEBITS_FROZEN * terms.debits_frozen | CREDITS_FROZEN * terms.credits_frozen
    return frozen, low, high


class AccountCache:
    """At most `capacity` accounts, and those that must stay. Changed by the writer alone."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget all of it: the database may know better."""
        with self._lock:
            self.slots: dict[int, int] = {}
            self.ids: list[int] = [0] * _FIRST_SLOTS
            self.facts: Array = np.zeros((_FIRST_SLOTS, 6), np.int64)
            self.now: Array = np.zeros((_FIRST_SLOTS, 10), np.int64)
            self.dirty: Array = np.zeros(_FIRST_SLOTS, np.bool_)
            self._committed: Array = np.zeros((_FIRST_SLOTS, 10), np.int64)
            self._shown: Array = np.zeros(_FIRST_SLOTS, np.bool_)
            self._wide: dict[int, int] = {}  # user_data_128 by slot, where there is any
            self._terms: dict[int, Terms] = {}  # by slot, where there are any
            self._shown_terms: dict[int, Terms] = {}
            self._free: list[int] = []
            self._used = 0

    # What readers see

    def account(self, account_id: int) -> Account | None:
        """The account as committed; None if it is not in memory."""
        with self._lock:
            slot = self.slots.get(account_id, NONE)
            if slot < 0 or not self._shown[slot]:
                return None
            state: list[int] = self._committed[slot].tolist()
            return self._public(slot, state, self._shown_terms)

    def place(self, account_id: int) -> tuple[int, int] | None:
        """The committed account's number and latest transfer; None if it is not in memory."""
        with self._lock:
            slot = self.slots.get(account_id, NONE)
            if slot < 0 or not self._shown[slot]:
                return None
            return int(self.facts[slot, NUMBER]), int(self._committed[slot, LATEST])

    # What the writer does

    def public(self, slot: int) -> Account:
        """The account as the open transaction sees it."""
        return self._public(slot, self.now[slot].tolist(), self._terms)

    def row(self, slot: int) -> AccountRow:
        """The account as the rules judge it: a copy."""
        number, ledger, code, timestamp, data_64, data_32 = self.facts[slot].tolist()
        pending, posted, awaited, received, latest, flags, _, _, happened, mark = self.now[slot].tolist()
        return AccountRow(
            number,
            self.ids[slot],
            ledger,
            code,
            flags & 0xFFFF,
            self._wide.get(slot, 0),
            data_64 % _U64,
            data_32,
            timestamp,
            pending,
            posted,
            awaited,
            received,
            latest,
            self._terms.get(slot, NO_TERMS),
            happened,
            mark,
        )

    def set_row(self, slot: int, row: AccountRow) -> None:
        """Counters, flags and latest transfer as the rules left them."""
        self.now[slot] = _state(row)
        self.dirty[slot] = True

    def terms(self, slot: int) -> Terms:
        """The account's terms as the open transaction sees them."""
        return self._terms.get(slot, NO_TERMS)

    def set_terms(self, slot: int, terms: Terms) -> None:
        """The account's terms from now on."""
        frozen, low, high = bounds(terms)
        flags = int(self.now[slot, FLAGS]) & 0xFFFF | frozen << FROZEN_SHIFT
        self.now[slot, FLAGS], self.now[slot, LOW], self.now[slot, HIGH] = flags, low, high
        _put_terms(self._terms, slot, terms)

    def find(self, account_ids: Iterable[int], count: int) -> Array:
        """The slots of many ids, -1 where the account is not in memory."""
        return np.fromiter(map(self.slots.get, account_ids, repeat(NONE)), np.int64, count)

    def add(self, rows: Sequence[AccountRow], *, shown: bool) -> Array:
        """Take accounts in: `shown` if they are committed, otherwise from their commit on. Their slots."""
        slots = self._take_slots(len(rows))
        if not rows:
            return slots
        self.facts[slots] = [
            (row.number, row.ledger, row.code, row.timestamp, _signed(row.user_data_64), row.user_data_32)
            for row in rows
        ]
        self.now[slots] = [_state(row) for row in rows]
        self.dirty[slots] = False
        with self._lock:
            for slot, row in zip(slots.tolist(), rows, strict=True):
                self.ids[slot] = row.id
                self.slots[row.id] = slot
                if row.user_data_128:
                    self._wide[slot] = row.user_data_128
                if row.terms is not NO_TERMS:
                    self._terms[slot] = self._shown_terms[slot] = row.terms
            self._committed[slots] = self.now[slots]
            self._shown[slots] = shown
        return slots

    def remove(self, account_ids: Iterable[int]) -> None:
        """Let accounts go that were opened and are not to be."""
        with self._lock:
            for account_id in account_ids:
                slot = self.slots.pop(account_id)
                self._wide.pop(slot, None)
                self._terms.pop(slot, None)
                self._shown_terms.pop(slot, None)
                self._shown[slot] = self.dirty[slot] = False
                self.facts[slot, NUMBER] = NONE  # what names the slot must see that it is nobody's now
                self._free.append(slot)

    def publish(self, touched: Sequence[Array], new_terms: Iterable[int]) -> None:
        """The commit is durable: show what it changed."""
        with self._lock:
            for slot in new_terms:
                _put_terms(self._shown_terms, slot, self.terms(slot))
            if touched:
                slots = np.concatenate(touched) if len(touched) > 1 else touched[0]
                self._committed[slots] = self.now[slots]
                self._shown[slots] = True

    def trim(self) -> None:
        """Let the oldest accounts go that are above the capacity and need not stay."""
        excess = len(self.slots) - self._capacity
        if excess <= 0:
            return
        oldest = islice(self.slots.items(), 2 * excess)
        self.remove([key for key, slot in oldest if not self.dirty[slot]][:excess])

    def _take_slots(self, count: int) -> Array:
        free = self._free[-count:] if count else []
        del self._free[len(self._free) - len(free) :]
        first = self._used
        self._used += count - len(free)
        while self._used > len(self.now):
            with self._lock:
                self._grow()
        return np.array([*free, *range(first, self._used)], np.int64)

    def _grow(self) -> None:
        size = len(self.now)
        self.ids.extend([0] * size)
        for name in ("facts", "now", "dirty", "_committed", "_shown"):
            old: Array = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old)]))

    def _public(self, slot: int, state: list[Any], terms: dict[int, Terms]) -> Account:
        _, ledger, code, timestamp, data_64, data_32 = self.facts[slot].tolist()
        return Account(
            self.ids[slot],
            ledger,
            code,
            state[FLAGS] & 0xFFFF,
            self._wide.get(slot, 0),
            data_64 % _U64,
            data_32,
            state[DEBITS_PENDING],
            state[DEBITS_POSTED],
            state[CREDITS_PENDING],
            state[CREDITS_POSTED],
            timestamp,
            terms.get(slot, NO_TERMS),
        )


def _signed(value: int) -> int:
    return value - _U64 if value >> 63 else value


def _state(row: AccountRow) -> tuple[int, ...]:
    """A row of `now`."""
    frozen, low, high = bounds(row.terms) if row.terms is not NO_TERMS else (0, NO_MIN, NO_MAX)
    return (
        row.debits_pending,
        row.debits_posted,
        row.credits_pending,
        row.credits_posted,
        row.last_seq,
        row.flags | frozen << FROZEN_SHIFT,
        low,
        high,
        row.happened_ns,
        row.mark,
    )


def _put_terms(of: dict[int, Terms], slot: int, terms: Terms) -> None:
    if terms == NO_TERMS:
        of.pop(slot, None)
    else:
        of[slot] = terms
