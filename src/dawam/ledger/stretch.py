"""A stretch of transfers decided together: counters as running sums, one after the other in order of time.

Each transfer is two postings, one an account. Sorted by account, stably, the postings of an account stand in
order of time, and what it holds after each of them is a running sum. The first transfer that a rule refuses
ends the stretch; those before it do not depend on it, and those after it are decided anew.
"""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from dawam.kernel import AMOUNT_MAX
from dawam.ledger import records
from dawam.ledger.cache import FLAGS, FROZEN_SHIFT, HAPPENED, HIGH, LATEST, LOW, MARK, NUMBER
from dawam.ledger.columns import Columns, build, packed
from dawam.ledger.model import PendingStatus
from dawam.ledger.recent import Hold, Late, Waypoint
from dawam.ledger.records import CREDITS_FROZEN, DEBITS_FROZEN, Array
from dawam.ledger.rules import (
    CLOSED,
    CLOSING,
    CREDIT_LIMITED,
    DEBIT_LIMITED,
    NEVER,
    NS_PER_S,
    PENDING,
    POST,
    RESOLVES,
)
from dawam.storage import Rows

if TYPE_CHECKING:
    from dawam.ledger.books import Books

_LEAF = records.LEAF_BYTES[records.TRANSFER]
_BARRED_DEBIT = CLOSED | DEBITS_FROZEN << FROZEN_SHIFT
_BARRED_CREDIT = CLOSED | CREDITS_FROZEN << FROZEN_SHIFT
_WATCHED = DEBIT_LIMITED | CREDIT_LIMITED | _BARRED_DEBIT | _BARRED_CREDIT


class Stretch:
    """Transfers of a call from `start` up to `end`, to be recorded from `timestamp` on."""

    def __init__(self, books: "Books", columns: Columns, start: int, end: int, timestamp: int) -> None:
        self._books = books
        part = slice(start, end)
        self.count = end - start
        self.ids = columns.ids[part]
        self.columns, self.part = columns, part
        self.debit, self.credit = columns.debit[part], columns.credit[part]
        self.amount = columns.amount[part]
        self.flags = columns.flags[part]
        self.ledger, self.code = columns.ledger[part], columns.code[part]
        self.user_data_64, self.user_data_32 = columns.user_data_64[part], columns.user_data_32[part]
        self.timestamps = timestamp + np.arange(self.count)
        effective = columns.effective_at[part]
        self.happened = np.where(effective == 0, self.timestamps, effective)
        self.released: Array | None = None  # what a post or void takes out of the pending counters
        self.made: list[Hold] | None = None  # the holds of the stretch, once they are looked for
        self.ended: Sequence[int] = ()  # ids of the holds that posts and voids end, in order
        self.ended_seqs: Sequence[int] = ()  # and their positions
        self.wide: Sequence[int] | None = columns.wide[part] if columns.has_wide else None

    def post(self, rows: Rows) -> int:
        """Record as many from the first on as no rule refuses; returns how many."""
        accepted = self._resolve(rows) if self.columns.has_pending else self.count
        if not accepted:
            return 0
        postings = _Postings(self, self._books, accepted)
        if not postings.fit:
            return 0
        accepted = postings.first_refused()
        if not accepted:
            return 0
        if accepted < postings.count:
            postings = _Postings(self, self._books, accepted)
        self._record(postings, accepted)
        return accepted

    def _resolve(self, rows: Rows) -> int:
        """Put what a hold says in the place of posts and voids; returns how many may go on."""
        places = np.flatnonzero(self.flags & RESOLVES).tolist()
        if not places:
            return self.count
        names: Sequence[int] = self.columns.pending_ids[self.part]
        if len(places) < self.count:
            names = [names[place] for place in places]
        found = self._holds(rows, places, names)
        limit = self.count if len(found) == len(places) else places[len(found)]
        if not found:
            return limit
        places, names = places[: len(found)], names[: len(found)]
        debit = np.array([hold.debit for hold in found])
        credit = np.array([hold.credit for hold in found])
        at = np.array(places)
        for name in ("debit", "credit", "amount", "ledger", "code", "user_data_64", "user_data_32"):
            setattr(self, name, getattr(self, name).copy())
        asked, posts = self.amount[at], self.flags[at] == POST
        held = np.array([hold.amount for hold in found])
        full = np.where(posts, asked == AMOUNT_MAX, asked == 0)
        moved = np.where(full, held, asked)
        wrong = np.where(posts, moved > held, moved != held)
        numbers = self._books.cache.facts[:, NUMBER]
        wrong |= numbers[debit] != [hold.debit_number for hold in found]
        wrong |= numbers[credit] != [hold.credit_number for hold in found]
        self.debit[at], self.credit[at], self.amount[at] = debit, credit, moved
        self.ledger[at] = [hold.ledger for hold in found]
        self.code[at] = [hold.code for hold in found]
        self.released = np.zeros(self.count, np.int64)
        self.released[at] = held
        self._inherit(at, found)
        self.ended, self.ended_seqs = names, [hold.seq for hold in found]
        if wrong.any():
            limit = min(limit, places[int(np.flatnonzero(wrong)[0])])
        return limit

    def _inherit(self, at: Array, holds: Sequence[Hold]) -> None:
        """User data that a post or void leaves 0 is that of its hold."""
        data_32 = np.array([hold.user_data_32 for hold in holds], np.uint32)
        self.user_data_32[at] = np.where(self.user_data_32[at] == 0, data_32, self.user_data_32[at])
        data_64 = np.array([hold.user_data_64 for hold in holds], np.uint64)
        self.user_data_64[at] = np.where(self.user_data_64[at] == 0, data_64, self.user_data_64[at])
        held = [hold.user_data_128 for hold in holds]
        if self.wide is not None or any(held):
            wide = list(self.columns.wide[self.part])
            for place, data_128 in zip(at.tolist(), held, strict=True):
                wide[place] = wide[place] or data_128
            self.wide = wide

    def _holds(self, rows: Rows, places: Sequence[int], names: Sequence[int]) -> Sequence[Hold]:
        """The open holds of these ids, up to the first that cannot be ended here."""
        self._books.holds.load(rows, names)
        known = self._books.holds.open(names)
        made = self._made_here() if None in known else {}
        head, soonest = self._books.head.seq, int(self.timestamps[-1])
        found: list[Hold] = []
        if len(set(names)) < len(names):
            known = known[: _first_twice(names)]
        for place, name, hold in zip(places, names, known, strict=False):
            if hold is None:
                hold = made.get(name)
                if hold is None or hold.seq > head + place:
                    break
            if hold.flags & CLOSING or hold.expires_at <= soonest:
                break
            found.append(hold)
        return found

    def _made_here(self) -> dict[int, Hold]:
        places = np.flatnonzero(self.flags == PENDING).tolist()
        self.made = self._holds_at(places, self._books.head.seq + 1) if places else []
        return dict(zip([self.ids[place] for place in places], self.made, strict=True))

    def _holds_at(self, places: list[int], first: int) -> list[Hold]:
        """The holds at these places, when the stretch begins at position `first`."""
        at = np.array(places)
        debit, credit = self.debit[at], self.credit[at]
        numbers = self._books.cache.facts[:, NUMBER]
        timeouts = self.columns.timeout[self.part][at].astype(np.int64)
        expiries = np.where(timeouts, self.timestamps[at] + timeouts * NS_PER_S, NEVER)
        wide = [self.wide[place] for place in places] if self.wide is not None else repeat(0)
        columns: tuple[Array, ...] = (
            at + first,
            debit,
            credit,
            numbers[debit],
            numbers[credit],
            self.amount[at],
            self.ledger[at],
            self.code[at],
        )
        data: tuple[Array, ...] = (self.user_data_64[at], self.user_data_32[at], expiries)
        lists = [column.tolist() for column in columns], [column.tolist() for column in data]
        return list(map(Hold, *lists[0], wide, *lists[1], repeat(PENDING)))

    def _record(self, postings: "_Postings", count: int) -> None:
        first = self._books.head.seq + 1
        rows = self._rows(count)
        view, stride = memoryview(rows.view(np.uint8)), records.TRANSFER_BYTES
        leaves = [sha256(view[at : at + _LEAF]).digest() for at in range(0, count * stride, stride)]
        chance = np.frombuffer(b"".join(leaves), np.uint8)[::32]
        postings.follow_marks(chance & records.MARK_MASK == 0)
        postings.describe(rows)
        newest = max(self.ids[:count])
        self._books.append_transfers(rows.tobytes(), leaves, int(self.timestamps[count - 1]), newest)
        postings.save(self._books)
        self._books.fresh.ids.update(zip(self.ids[:count], range(first, first + count), strict=True))
        self._pass_waypoints(postings, chance & records.WAYPOINT_MASK == 0, first)
        self._keep_holds(first, count)

    def _rows(self, count: int) -> Any:
        columns = self.columns
        part = slice(self.part.start, self.part.start + count)
        rows = build(count)
        numbers = self._books.cache.facts[:, NUMBER]
        rows["id"] = columns.id_bytes[part]
        rows["debit"], rows["credit"] = numbers[self.debit[:count]], numbers[self.credit[:count]]
        rows["amount"] = self.amount[:count]
        if columns.has_pending:
            rows["pending_id"] = packed(columns.pending_ids[part])
        if self.wide is not None:
            rows["user_data_128"] = packed(self.wide[:count])
        rows["user_data_64"], rows["user_data_32"] = self.user_data_64[:count], self.user_data_32[:count]
        rows["timeout"] = columns.timeout[part]
        rows["ledger"], rows["code"], rows["flags"] = (
            self.ledger[:count],
            self.code[:count],
            self.flags[:count],
        )
        rows["effective_at"] = columns.effective_at[part]
        rows["timestamp"] = self.timestamps[:count]
        return rows

    def _pass_waypoints(self, postings: "_Postings", passes: Array, first: int) -> None:
        numbers, waypoints = self._books.cache.facts[:, NUMBER], self._books.fresh.waypoints
        newest = postings.newest_times()
        at = np.flatnonzero(passes)
        slots = _interleaved(self.debit[at], self.credit[at])  # in order of time, as they are taken back
        happened = newest[_interleaved(2 * at, 2 * at + 1)].tolist()
        times, seqs = (np.repeat(each, 2).tolist() for each in (self.timestamps[at], at + first))
        passed = map(Waypoint._make, zip(times, seqs, happened, strict=True))
        for number, waypoint in zip(numbers[slots].tolist(), passed, strict=True):
            waypoints.setdefault(number, []).append(waypoint)
        for place in postings.late_places():
            slot = (self.debit, self.credit)[place & 1][place >> 1]
            late = Late(first + (place >> 1), int(self.happened[place >> 1]))
            self._books.fresh.lates.setdefault(int(numbers[slot]), []).append(late)

    def _keep_holds(self, first: int, count: int) -> None:
        made = np.flatnonzero(self.flags[:count] == PENDING).tolist()
        if made:
            holds = self._holds_at(made, first) if self.made is None else self.made[: len(made)]
            self._books.holds.add([self.ids[place] for place in made], holds)
        flags = self.flags[:count]
        ends = flags[flags & RESOLVES != 0].tolist()
        if ends:
            statuses = [PendingStatus.POSTED if flag == POST else PendingStatus.VOIDED for flag in ends]
            done = len(ends)
            self._books.holds.end(self.ended[:done], self.ended_seqs[:done], statuses)


def _first_twice(names: Sequence[int]) -> int:
    seen: set[int] = set()
    for place, name in enumerate(names):
        if name in seen:
            return place
        seen.add(name)
    return len(names)


class _Postings:
    """The first `count` transfers as postings by account, and what each account holds after each of them."""

    def __init__(self, stretch: Stretch, books: "Books", count: int) -> None:
        self.count = count
        self._stretch = stretch
        slots = _interleaved(stretch.debit[:count], stretch.credit[:count])
        self._order = np.argsort(
            slots.astype(np.uint16) if int(slots.max()) < 1 << 16 else slots, kind="stable"
        )
        by_account = slots[self._order]
        begins = np.empty(2 * count, np.bool_)
        begins[0] = True
        np.not_equal(by_account[1:], by_account[:-1], out=begins[1:])
        self._starts = np.flatnonzero(begins)
        self._touched = by_account[self._starts]
        self._of = np.cumsum(begins) - 1  # which of the touched accounts a posting belongs to
        self._before = books.cache.now[self._touched]
        self._seqs = (books.head.seq + 1 + np.arange(2 * count) // 2)[self._order]
        self._is_debit = (self._order & 1) == 0
        amounts = stretch.amount[:count]
        top = int(self._before[:, :4].max()) + 2 * int(amounts.max()) * count
        self.fit = top <= AMOUNT_MAX or self._sum_fits(amounts)
        if self.fit:
            self._add_up(amounts)
            self._follow_time(stretch.happened[:count])

    def _sum_fits(self, amounts: Array) -> bool:
        top: int = int(self._before[:, :4].max()) + 2 * sum(amounts.tolist())
        return top <= AMOUNT_MAX

    def _add_up(self, amounts: Array) -> None:
        stretch, count = self._stretch, self.count
        flags = stretch.flags[:count]
        change = np.zeros((2 * count, 4), np.int64)
        if not flags.any():
            change[0::2, 1] = change[1::2, 3] = amounts
        else:
            pending = np.where(flags == PENDING, amounts, 0)
            if stretch.released is not None:
                pending = pending - stretch.released[:count]
            posted = np.where((flags == 0) | (flags == POST), amounts, 0)
            change[0::2, 0] = change[1::2, 2] = pending
            change[0::2, 1] = change[1::2, 3] = posted
        change = change[self._order]
        running = np.cumsum(change, axis=0)
        base = self._before[:, :4] - (running[self._starts] - change[self._starts])
        self._after = running + base[self._of]

    def _follow_time(self, happened: Array) -> None:
        """Which postings are late, and the latest effective time of each account after each of them."""
        times = _interleaved(happened, happened)[self._order]
        newest = np.empty_like(times)
        newest[1:] = times[:-1]
        newest[self._starts] = self._before[:, HAPPENED]
        self._late = times < newest
        if not self._late.any():
            self._happened = times
            return
        self._happened = np.empty_like(times)
        bounds = np.append(self._starts, len(times)).tolist()
        for start, end in pairwise(bounds):
            running = np.maximum.accumulate(np.append(newest[start], times[start:end]))
            self._late[start:end] = times[start:end] < running[:-1]
            self._happened[start:end] = running[1:]

    def first_refused(self) -> int:
        """The first transfer that a limit, a term or a closed account refuses; `count` if none."""
        bars = self._before[:, FLAGS]
        low, high = self._before[:, LOW], self._before[:, HIGH]
        if not ((bars & _WATCHED).any() or low.max() > records.NO_MIN or high.min() < records.NO_MAX):
            return self.count
        pending_debits, debits, pending_credits, credits_ = self._after.T
        bar, of = bars[self._of], self._of
        refused = np.where(
            self._is_debit,
            (bar & _BARRED_DEBIT != 0)
            | ((bar & DEBIT_LIMITED != 0) & (pending_debits + debits > credits_))
            | (credits_ - debits - pending_debits < low[of]),
            (bar & _BARRED_CREDIT != 0)
            | ((bar & CREDIT_LIMITED != 0) & (pending_credits + credits_ > debits))
            | (credits_ + pending_credits - debits > high[of]),
        )
        ends = self._stretch.flags[: self.count] & RESOLVES != 0
        if ends.any():
            refused &= ~ends[self._order // 2] | (bar & CLOSED != 0)
        places = self._order[refused]
        return int(places.min()) // 2 if len(places) else self.count

    def follow_marks(self, marks: Array) -> None:
        """The last mark of the account before and after each posting; `marks` says which transfers are."""
        places = np.arange(2 * self.count)
        last = np.maximum.accumulate(np.where(marks[self._order // 2], places, -1))
        starts = self._starts[self._of]
        earlier = self._before[:, MARK][self._of]
        self._mark_after = np.where(last >= starts, self._seqs[last], earlier)
        self._mark_before = np.empty_like(self._mark_after)
        self._mark_before[1:] = self._mark_after[:-1]
        self._mark_before[self._starts] = self._before[:, MARK]

    def newest_times(self) -> Array:
        """The latest effective time of the account after each posting, in order of time."""
        in_time = np.empty_like(self._happened)
        in_time[self._order] = self._happened
        return in_time

    def late_places(self) -> list[int]:
        """The late postings, in order of time: twice the transfer's place, plus 1 on the credited side."""
        return sorted(self._order[self._late].tolist()) if self._late.any() else []

    def describe(self, rows: Any) -> None:
        """Write what is derived into the records."""
        before = np.empty(2 * self.count, np.int64)
        before[1:] = self._seqs[:-1]
        before[self._starts] = self._before[:, LATEST]
        in_time = np.empty_like(before)
        in_time[self._order] = before
        rows["debit_prev"], rows["credit_prev"] = in_time[0::2], in_time[1::2]
        in_time[self._order] = self._mark_before
        rows["debit_mark"], rows["credit_mark"] = in_time[0::2], in_time[1::2]
        in_time[self._order] = (self._before[:, FLAGS] & 0xFFFF)[self._of] | records.LATE * self._late
        rows["debit_flags"], rows["credit_flags"] = in_time[0::2], in_time[1::2]
        after = np.empty_like(self._after)
        after[self._order] = self._after
        rows["debit_after"], rows["credit_after"] = after[0::2], after[1::2]

    def save(self, books: "Books") -> None:
        """Let the accounts be as they are after the last posting of each."""
        books.touch(self._touched)
        ends = np.append(self._starts[1:], 2 * self.count) - 1
        books.cache.now[self._touched, :4] = self._after[ends]
        books.cache.now[self._touched, LATEST] = self._seqs[ends]
        books.cache.now[self._touched, MARK] = self._mark_after[ends]
        books.cache.now[self._touched, HAPPENED] = self._happened[ends]
        books.cache.dirty[self._touched] = True


def _interleaved(first: Array, second: Array) -> Array:
    both = np.empty(2 * len(first), np.int64)
    both[0::2], both[1::2] = first, second
    return both
