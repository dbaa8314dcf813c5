"""What a lying primary says instead of the truth: pure functions, for the simulated and the real wallet."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from dawam.kernel import AMOUNT_MAX
from dawam.primary import BalanceAnswer, Event, EventPage, SnapshotLine
from dawam.simulation.faults import FaultKind

SOME_IN = 20
"""One account of so many is answered wrong under `some`: 5 %."""
_SCALE = 100


class Copied(NamedTuple):
    """A balance from elsewhere: of another account, or of another time."""

    balance_minor: int
    last_seq: int
    as_of: datetime | None = None


def is_chosen(account: str, seed: int) -> bool:
    """Whether `some` hits this account."""
    return crc32(f"{seed}/{account}".encode()) % SOME_IN == 0


def distort_balance(
    kind: FaultKind, answer: BalanceAnswer, *, seed: int, other: Copied | None, old: Copied | None
) -> BalanceAnswer:
    """The answer as the fault leaves it; kinds that do not lie about balances leave it alone.

    `other` is what another account holds now (`shift`); `old` what this one held in the restored copy
    (`stale`), whose `as_of` is told only when the copy is honest about its age.
    """
    balance_minor = distort_amount(
        kind, answer.account, answer.balance_minor, seed=seed, other=other, old=old
    )
    if balance_minor == answer.balance_minor and kind is not FaultKind.STALE:
        return answer
    last_seq, as_of = answer.last_seq, answer.as_of
    if kind is FaultKind.STALE and old is not None:
        last_seq, as_of = old.last_seq, old.as_of or answer.as_of
    return BalanceAnswer(
        account=answer.account,
        currency=answer.currency,
        balance_minor=balance_minor,
        available_minor=balance_minor,
        last_seq=last_seq,
        as_of=as_of,
    )


def distort_line(
    kind: FaultKind, line: SnapshotLine, *, seed: int, other: Copied | None, old: Copied | None
) -> SnapshotLine:
    """The same for a line of a snapshot."""
    last_seq = old.last_seq if kind is FaultKind.STALE and old is not None else line.last_seq
    return SnapshotLine(
        account=line.account,
        currency=line.currency,
        balance_minor=distort_amount(kind, line.account, line.balance_minor, seed=seed, other=other, old=old),
        last_seq=last_seq,
    )


def distort_amount(
    kind: FaultKind,
    account: str,
    balance_minor: int,
    *,
    seed: int,
    other: Copied | None,
    old: Copied | None,
) -> int:
    """The amount alone."""
    match kind:
        case FaultKind.ZERO:
            return 0
        case FaultKind.SCALE:
            return max(-AMOUNT_MAX, min(balance_minor * _SCALE, AMOUNT_MAX))
        case FaultKind.SHIFT:
            return other.balance_minor if other else balance_minor
        case FaultKind.STALE:
            return old.balance_minor if old else balance_minor
        case FaultKind.SOME if is_chosen(account, seed):
            return _wrong(account, balance_minor, seed)
        case _:
            return balance_minor


def _wrong(account: str, balance_minor: int, seed: int) -> int:
    """Never the right amount: one in three is 0, one too small, one too large."""
    draw = crc32(f"{account}/{seed}".encode())
    by = 1 + draw % 100_000
    if draw % 3 == 0 and balance_minor != 0:
        return 0
    return balance_minor - by if draw % 3 == 1 else balance_minor + by


def lose_events(page: EventPage, *, seed: int, share: float, hide_end: bool) -> EventPage:
    """A page of the feed without the events that `gap` swallows, the same ones however often it is asked.

    With `hide_end` the primary does not know either how far the feed really goes.
    """
    kept = [event for event in page.events if not _is_hit(event.seq, seed, share)]
    if not hide_end or len(kept) == len(page.events):
        return EventPage(events=kept, last_seq=page.last_seq)
    return EventPage(events=kept, last_seq=kept[-1].seq if kept else page.events[0].seq - 1)


def _is_hit(seq: int, seed: int, share: float) -> bool:
    return crc32(f"{seed}#{seq}".encode()) < share * 2**32


def repeat_events(page: EventPage, earlier: Sequence[Event], *, limit: int, seed: int) -> EventPage:
    """A page that begins with events the reader already has, and tells some of its own twice."""
    events = list(earlier)
    for event in page.events:
        events.append(event)
        if _is_hit(event.seq, seed, 0.25):
            events.append(event)
    return EventPage(events=events[:limit], last_seq=page.last_seq)
