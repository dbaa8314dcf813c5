"""Verify the books without trusting them: read every record in order, and work everything out again.

What is checked, in this order: positions without a gap, timestamps that increase, seals, accounts that exist,
what posts or voids what, the pointers of statements, the counters after each record; at the end the accounts'
latest transfers, the pending transfers' statuses, the waypoints, and that every ledger's debits equal its
credits.
"""

from collections.abc import Callable, Iterator
from struct import error as PackError
from typing import Any

from dawam.ledger.audit import store
from dawam.ledger.journal import GENESIS, is_waypoint, seal_account, seal_transfer
from dawam.ledger.model import AuditReport, PendingStatus
from dawam.ledger.rules import EXPIRED, PENDING, POST, VOID
from dawam.ledger.store import STATUS_NUMBERS
from dawam.storage import Rows

Progress = Callable[[int, int], None]
_PAGE = 4096
_DEBITS_PENDING, _DEBITS_POSTED, _CREDITS_PENDING, _CREDITS_POSTED, _LAST_SEQ, _LEDGER = range(6)
_ACCOUNT_SEAL, _TRANSFER_SEAL = 9, 25
_OPEN = STATUS_NUMBERS[PendingStatus.PENDING]


class _Held:
    """A pending transfer as the replay knows it."""

    __slots__ = ("amount", "credit", "debit", "seq", "status")

    def __init__(self, seq: int, debit: int, credit: int, amount: int) -> None:
        self.seq, self.debit, self.credit, self.amount, self.status = seq, debit, credit, amount, _OPEN


class Replay:
    """The books worked out again from the records alone."""

    def __init__(self) -> None:
        self.seq = 0
        self.seal = GENESIS
        self.timestamp = 0
        self.accounts: dict[int, list[int]] = {}
        self.held: dict[bytes, _Held] = {}
        self.waypoints: set[tuple[int, int, int]] = set()

    def take(self, row: tuple[Any, ...]) -> str | None:
        """The next record; a word for what is wrong with it, or None."""
        is_account = len(row) == _ACCOUNT_SEAL + 1
        timestamp, seal = (row[8], row[9]) if is_account else (row[14], row[25])
        if row[0] != self.seq + 1:
            return "record_missing"
        if timestamp <= self.timestamp:
            return "timestamp_not_increasing"
        expected = seal_account(self.seal, row[:9]) if is_account else seal_transfer(self.seal, row[:15])
        if seal != expected:
            return "seal_differs"
        self.seq, self.seal, self.timestamp = row[0], seal, timestamp
        if is_account:
            self.accounts[row[0]] = [0, 0, 0, 0, 0, row[2]]
            return None
        return self._move(row)

    def _move(self, row: tuple[Any, ...]) -> str | None:
        debit, credit = self.accounts.get(row[2]), self.accounts.get(row[3])
        if debit is None or credit is None or debit is credit:
            return "account_unknown"
        if not debit[_LEDGER] == credit[_LEDGER] == row[10]:
            return "ledger_differs"
        wrong = self._resolve(row, debit, credit) if row[12] & (POST | VOID | EXPIRED) else None
        if wrong is not None:
            return wrong
        flags, amount = row[12], row[4]
        if flags & PENDING:
            self.held[row[1]] = _Held(row[0], row[2], row[3], amount)
            debit[_DEBITS_PENDING] += amount
            credit[_CREDITS_PENDING] += amount
        elif not flags & (VOID | EXPIRED):
            debit[_DEBITS_POSTED] += amount
            credit[_CREDITS_POSTED] += amount
        return self._follow(row, debit, credit)

    def _resolve(self, row: tuple[Any, ...], debit: list[int], credit: list[int]) -> str | None:
        held, flags = self.held.get(row[5]), row[12]
        if held is None or held.status != _OPEN:
            return "pending_not_open"
        if (held.debit, held.credit) != (row[2], row[3]) or row[4] > held.amount:
            return "pending_differs"
        status = PendingStatus.POSTED if flags & POST else PendingStatus.VOIDED
        held.status = STATUS_NUMBERS[PendingStatus.EXPIRED if flags & EXPIRED else status]
        debit[_DEBITS_PENDING] -= held.amount
        credit[_CREDITS_PENDING] -= held.amount
        return None

    def _follow(self, row: tuple[Any, ...], debit: list[int], credit: list[int]) -> str | None:
        """What stands beside the sealed record follows from it: pointers, counters, waypoints."""
        if (row[15], row[16]) != (debit[_LAST_SEQ], credit[_LAST_SEQ]):
            return "pointer_differs"
        if [*row[17:25]] != [*debit[:4], *credit[:4]]:
            return "counters_differ"
        for number, account in ((row[2], debit), (row[3], credit)):
            account[_LAST_SEQ] = row[0]
            if is_waypoint(row[25]):
                self.waypoints.add((number, row[14], row[0]))
        return None


def verify(rows: Rows, on_progress: Progress | None = None) -> AuditReport:
    """Audit the books as of one moment; names the first bad record and what is wrong with it."""
    replay = Replay()
    unreadable: Any = rows.connection.dialect.dbapi.DatabaseError  # type: ignore[union-attr]
    rows.connection.exec_driver_sql("BEGIN")  # one snapshot, whatever is written meanwhile
    try:
        bad = _verify_records(rows, replay, on_progress) or _verify_state(rows, replay)
    except unreadable:
        bad = (replay.seq + 1, "unreadable")
    finally:
        rows.connection.exec_driver_sql("ROLLBACK")
    return AuditReport(
        ok=bad is None,
        records=replay.seq,
        accounts=len(replay.accounts),
        head=replay.seal.hex(),
        bad_seq=bad[0] if bad else None,
        finding=bad[1] if bad else None,
    )


def _verify_records(rows: Rows, replay: Replay, on_progress: Progress | None) -> tuple[int, str] | None:
    last = max(rows.fetch(store.LAST_ACCOUNT)[0][0] or 0, rows.fetch(store.LAST_TRANSFER)[0][0] or 0)
    for row in _records(rows, last, on_progress):
        try:
            wrong = replay.take(row)
        except (PackError, TypeError, ValueError, OverflowError):
            wrong = "record_malformed"
        if wrong is not None:
            return (replay.seq + 1 if wrong == "record_missing" else row[0], wrong)
    return None


def _records(rows: Rows, last: int, on_progress: Progress | None) -> Iterator[tuple[Any, ...]]:
    for first in range(1, last + 1, _PAGE):
        bounds = (first, first + _PAGE)
        page = rows.fetch(store.ACCOUNTS_PAGE, bounds) + rows.fetch(store.TRANSFERS_PAGE, bounds)
        page.sort(key=_position)
        yield from page
        if on_progress is not None:
            on_progress(min(first + _PAGE - 1, last), last)


def _position(row: tuple[Any, ...]) -> int:
    return int(row[0])


def _verify_state(rows: Rows, replay: Replay) -> tuple[int, str] | None:
    """What is kept beside the journal equals what the journal says."""
    found = dict(rows.fetch(store.LATEST))
    for number, account in replay.accounts.items():
        if found.pop(number, None) != account[_LAST_SEQ]:
            return number, "account_latest_differs"
    if found:
        return min(found), "account_unknown"
    return _verify_pendings(rows, replay) or _verify_waypoints(rows, replay) or _verify_sums(replay)


def _verify_pendings(rows: Rows, replay: Replay) -> tuple[int, str] | None:
    kept = dict(rows.fetch(store.PENDINGS))
    known = {held.seq: held.status for held in replay.held.values()}
    differing = [seq for seq in kept.keys() | known.keys() if kept.get(seq) != known.get(seq)]
    return (min(differing), "pending_status_differs") if differing else None


def _verify_waypoints(rows: Rows, replay: Replay) -> tuple[int, str] | None:
    differing = replay.waypoints.symmetric_difference(rows.fetch(store.WAYPOINTS))
    return (min(seq for _, _, seq in differing), "waypoint_differs") if differing else None


def _verify_sums(replay: Replay) -> tuple[int, str] | None:
    sums: dict[int, int] = {}
    for account in replay.accounts.values():
        debits = account[_DEBITS_PENDING] + account[_DEBITS_POSTED]
        credits_ = account[_CREDITS_PENDING] + account[_CREDITS_POSTED]
        sums[account[_LEDGER]] = sums.get(account[_LEDGER], 0) + debits - credits_
    return (replay.seq, "ledger_unbalanced") if any(sums.values()) else None
