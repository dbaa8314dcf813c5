"""The mirror's verbs and queries."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter

from dawam.kernel import (
    AMOUNT_MAX,
    EPOCH,
    Conflict,
    IntegrityBroken,
    InvalidInput,
    NotFound,
    from_ns,
    id_from_text,
    to_ns,
)
from dawam.ledger import Ledger, PendingStatus
from dawam.primary.messages import Event, SnapshotLine
from dawam.primary.mirror import filling, hours, numbers, store
from dawam.primary.mirror.books import Books
from dawam.primary.mirror.model import (
    Applied,
    BookedHours,
    Feed,
    FeedPosition,
    Hold,
    MirrorBalance,
    MirrorSettings,
    Row,
    booked_ns,
    currency_number,
    digest_of,
)
from dawam.primary.mirror.past import Past
from dawam.primary.mirror.posting import Posting, accounts_of, hold_transfer, house_of, release_transfer
from dawam.primary.mirror.state import MirrorState
from dawam.primary.mirror.statement import StatementLine
from dawam.storage import Storage, Tx

_GAP = "feed_gap"


class Mirror:
    """Our copy of one institution's accounts. The writer applies, everybody else reads what is committed."""

    def __init__(
        self,
        institution: str,
        number: int,
        state: MirrorState,
        *,
        storage: Storage,
        ledger: Ledger,
        settings: MirrorSettings,
    ) -> None:
        self.institution = institution
        self.number = number
        self._state = state
        self._storage = storage
        self.past = Past(ledger, storage, number)
        self._books = Books(ledger, institution, number)
        self._settings = settings
        self._confirmed_at: datetime | None = None

    @classmethod
    def open(
        cls, institution: str, *, storage: Storage, ledger: Ledger, settings: MirrorSettings
    ) -> "Mirror":
        """The mirror of an institution, where it was left; an empty one at its first mention.

        Raises: InvalidInput `institution_name_invalid`.
        """
        if not 0 < len(institution) <= 80:
            raise InvalidInput("institution_name_invalid", length=len(institution))

        def load(tx: Tx) -> tuple[int, Feed, dict[str, Hold]]:
            number = store.institution_number(tx, institution)
            feed = store.feed(tx, number)
            hours.begin(tx, number, feed)
            return number, feed, store.holds(tx, number)

        number, feed, holds = storage.write_now(load)
        state = MirrorState(feed, holds, cache_accounts=settings.cache_accounts)
        storage.register(state)
        return cls(institution, number, state, storage=storage, ledger=ledger, settings=settings)

    # the feed

    async def take(self, events: Sequence[Event], now: datetime) -> Applied:
        """Apply and commit what can be; what cannot raises after that commit, with the reason.

        Raises: IntegrityBroken as in `apply`; Unavailable `storage_unavailable`.
        """
        applied = await self._storage.write(lambda tx: self.apply(tx, events, now=now))
        if applied.broken is not None:
            raise applied.broken
        return applied

    def apply(self, tx: Tx, events: Sequence[Event], *, now: datetime) -> Applied:
        """Post every new event once, in the order of `seq`, up to the first that cannot be.

        That one is told as `broken` (so that those before it are committed): `feed_gap`,
        `feed_duplicate_differs`, `feed_contradicts`, `feed_currency_differs`, `feed_currency_unknown`,
        `feed_event_malformed`, `feed_booked_in_future`.
        """
        state = self._state
        feed = state.feed
        posting = Posting(
            feed,
            self._rows_in(tx, {event.account for event in events}),
            state.holds,
            institution=self.number,
            settings=self._settings,
            latest_ns=to_ns(now + timedelta(seconds=self._settings.booked_ahead_s)),
        )
        repeated = 0
        broken: IntegrityBroken | None = None
        try:
            for event in _in_order(events):
                if event.seq == posting.last_seq + 1:
                    posting.take(event)
                elif event.seq <= posting.last_seq:
                    self._check_repeat(tx, event, feed, posting.digests)
                    repeated += 1
                else:
                    raise IntegrityBroken(_GAP, expected=posting.last_seq + 1, found=event.seq)
        except IntegrityBroken as error:
            error.params = {"institution": self.institution, **error.params}
            broken = error
        self._save(tx, feed, posting, _stopped(feed, posting, broken, events), now_ns=to_ns(now))
        return Applied(posting.last_seq - feed.last_seq, repeated, posting.last_seq, broken)

    async def load_snapshot(
        self, lines: Sequence[SnapshotLine], *, last_seq: int, as_of: datetime, now: datetime
    ) -> None:
        """Fill an empty mirror with the balances after event `last_seq`, in one commit.

        Raises: Conflict `mirror_not_empty`; IntegrityBroken `snapshot_malformed`.
        """
        await self._storage.write(
            lambda tx: self._fill(tx, lines, last_seq=last_seq, as_of=as_of, now_ns=to_ns(now))
        )

    async def wait_until(self, seq: int) -> None:
        """Return when every event up to `seq` is committed; bound it with `asyncio.timeout`."""
        await self._state.wait_until(seq)

    def confirm(self, now: datetime) -> None:
        """The primary has just said that the feed holds nothing beyond our position."""
        self._confirmed_at = now

    # what is known

    def balance(self, account: str) -> MirrorBalance | None:
        """What the account held as of the mirror's position; None when it is not mirrored."""
        row, feed, generation = self._state.pair(account)
        if row is None:
            found = self._storage.read(lambda rows: store.row_and_feed(rows, self.number, account))
            if found is None:
                return None
            row, seen = found
            if seen.last_seq == feed.last_seq:
                self._state.rows.offer(account, row, generation)
            feed = seen
        return _balance_of(account, row, feed)

    def balance_in(self, tx: Tx, account: str) -> MirrorBalance | None:
        """The same as the open transaction sees it, for decisions. Writer only."""
        row = self._rows_in(tx, (account,)).get(account)
        return None if row is None else _balance_of(account, row, self._state.feed)

    def balance_at(self, account: str, seq: int) -> int | None:
        """The account's balance after every event up to `seq`, in minor units.

        None when the account is not mirrored, or `seq` is before or beyond what the mirror knows of it.
        """
        if seq > self._state.committed.last_seq:
            return None
        balance = self.balance(account)
        if balance is None:
            return None
        if seq >= balance.last_seq:
            return balance.balance_minor
        found = self._storage.read(lambda rows: store.row_and_feed(rows, self.number, account))
        if found is None or seq < found[0].known_from_seq:
            return None
        return self._books.balance_before(found[0], seq)

    def position(self) -> FeedPosition:
        """Where the mirror stands."""
        feed = self._state.committed
        booked = None if feed.booked_ns is None else _moment(feed.booked_ns)
        return FeedPosition(feed.last_seq, booked, self._confirmed_at, feed.stopped, feed.accounts)

    def booked_hours(self, since: datetime, until: datetime) -> BookedHours | None:
        """Bookings by the whole hours between two moments that are known; None while there is none."""
        feed = self._state.committed
        return self._storage.read(lambda rows: hours.booked(rows, self.number, feed, since, until))

    def accounts(self) -> Iterator[str]:
        """Every mirrored account, in order of name."""
        after = ""
        while page := self._storage.read(lambda rows: store.names_after(rows, self.number, after)):  # noqa: B023
            yield from page
            after = page[-1]

    def account_of(self, ledger_id: int) -> str | None:
        """Whose ledger account this is; None when it is not one of this mirror's customers."""
        found = numbers.customer_of(ledger_id)
        if found is None or found[0] != self.number:
            return None
        return self._storage.read(lambda rows: store.name_of(rows, self.number, found[1]))

    def ledger_id(self, account: str) -> int | None:
        """The account's number in the ledger, for statements and proofs."""
        row = self._row(account)
        return None if row is None else numbers.customer_account(self.number, row.ordinal)

    def statement(self, account: str, *, before: int | None, limit: int) -> list[StatementLine] | None:
        """The account's bookings, newest first; `before` is the last line's `place` of the page before.

        None when the account is not mirrored.
        """
        row = self._row(account)
        return None if row is None else self._books.statement(row, before=before, limit=limit)

    # holds

    def hold(self, tx: Tx, payment_id: str, account: str, amount_minor: int, *, now: datetime) -> None:
        """Reserve money for a payment, whatever the balance; the same again changes nothing. Writer only.

        Raises: NotFound `account_not_mirrored`; InvalidInput `amount_out_of_range`, `id_malformed`;
        Conflict `hold_differs`, `hold_refused`.
        """
        if not 0 < amount_minor <= AMOUNT_MAX:
            raise InvalidInput("amount_out_of_range")
        payment = id_from_text(payment_id)
        row = self._rows_in(tx, (account,)).get(account)
        if row is None:
            raise NotFound("account_not_mirrored", institution=self.institution)
        wanted = Hold(account, amount_minor)
        open_hold = self._state.holds.get(payment_id)
        if open_hold is not None:
            if open_hold != wanted:
                raise Conflict("hold_differs", payment_id=payment_id)
            return
        now_ns = to_ns(now)
        house = house_of(self.number, currency_number(row.currency, row.last_seq))
        self._books.open_accounts(tx, accounts_of(house), now_ns=now_ns)
        transfer = hold_transfer(payment, wanted, row, house, institution=self.number)
        refused = self._books.refusal(tx, transfer, now_ns=now_ns)
        if refused is not None:
            raise Conflict("hold_refused", payment_id=payment_id, result=refused)
        store.insert_hold(tx, self.number, payment_id, wanted)
        self._state.set_hold(payment_id, wanted)
        self._change_held(tx, account, row, amount_minor)

    def release(self, tx: Tx, payment_id: str, *, now: datetime) -> bool:
        """Give back what is held for a payment; False if nothing (any more) is. Writer only."""
        hold = self._state.holds.get(payment_id)
        if hold is None:
            return False
        row = self._rows_in(tx, (hold.account,))[hold.account]
        self._books.post(tx, [release_transfer(id_from_text(payment_id), row)], now_ns=to_ns(now))
        store.delete_hold(tx, self.number, payment_id)
        self._state.set_hold(payment_id, None)
        self._change_held(tx, hold.account, row, -hold.amount_minor)
        return True

    def hold_status(self, payment_id: str) -> PendingStatus | None:
        """What has become of a payment's hold; None when there never was one."""
        return self._books.pending(id_from_text(payment_id))

    def held_for(self, payment_id: str) -> int:
        """What is held for a payment now, in minor units; 0 for nothing. Writer only."""
        hold = self._state.holds.get(payment_id)
        return 0 if hold is None else hold.amount_minor

    # inside

    def _row(self, account: str) -> Row | None:
        row = self._state.pair(account)[0]
        if row is not None:
            return row
        found = self._storage.read(lambda rows: store.row_and_feed(rows, self.number, account))
        return None if found is None else found[0]

    def _rows_in(self, tx: Tx, accounts: "set[str] | tuple[str, ...]") -> dict[str, Row]:
        rows: dict[str, Row] = {}
        missing: list[str] = []
        get = self._state.rows.get
        for account in accounts:
            row = get(account)
            if row is None:
                missing.append(account)
            else:
                rows[account] = row
        if missing and self._state.feed.accounts:
            rows.update(store.rows_of(tx, self.number, missing))
        return rows

    def _check_repeat(self, tx: Tx, event: Event, feed: Feed, digests: Sequence[int]) -> None:
        """An event that is already applied must say what it said. What a snapshot covers is not known."""
        if event.seq <= feed.first_seq:
            return
        digest = digest_of(event, booked_ns(event))
        if event.seq > feed.last_seq:
            same = digests[event.seq - feed.last_seq - 1] == digest
        else:
            posted = self._books.posted(tx, event.seq)
            same = event.amount_minor == 0 if posted is None else posted.user_data_128 == digest
        if not same:
            raise IntegrityBroken("feed_duplicate_differs", seq=event.seq)

    def _save(self, tx: Tx, before: Feed, posting: Posting, stopped: str | None, *, now_ns: int) -> None:
        after = Feed(before.first_seq, posting.last_seq, posting.booked_ns, posting.accounts, stopped)
        if after == before:
            return
        opened = [account for house in posting.houses.values() for account in accounts_of(house)]
        for row in posting.newcomers.values():
            ledger = currency_number(row.currency, row.last_seq)
            opened.append(filling.customer(self.number, row, ledger))
        self._books.open_accounts(tx, opened, now_ns=now_ns)
        self._books.post(tx, posting.transfers, now_ns=now_ns)
        store.insert_rows(tx, self.number, posting.newcomers.items())
        store.update_rows(tx, self.number, posting.changed.values())
        for payment_id in posting.settled:
            store.delete_hold(tx, self.number, payment_id)
            self._state.set_hold(payment_id, None)
        store.save_feed(tx, self.number, after)
        hours.count(tx, self.number, before, posting.hours)
        for rows in (posting.newcomers, posting.changed):
            self._books.check_agreement(tx, rows.values())
            self._state.rows.put_all(rows)
        self._state.move(after)

    def _fill(
        self, tx: Tx, lines: Sequence[SnapshotLine], *, last_seq: int, as_of: datetime, now_ns: int
    ) -> None:
        if not self._state.feed.empty:
            raise Conflict("mirror_not_empty", institution=self.institution)
        as_of_ns = to_ns(as_of)
        for part in filling.parts(self.number, lines, last_seq=last_seq, as_of_ns=as_of_ns):
            self._books.open_accounts(tx, part.accounts, now_ns=now_ns)
            self._books.post(tx, part.transfers, now_ns=now_ns)
            # not kept in memory: many, and not asked for yet
            store.insert_rows(tx, self.number, part.rows.items())
        feed = Feed(last_seq, last_seq, as_of_ns, len(lines), None)
        store.save_feed(tx, self.number, feed)
        hours.begin(tx, self.number, feed)
        self._state.move(feed)

    def _change_held(self, tx: Tx, account: str, row: Row, by_minor: int) -> None:
        row = Row(
            row.ordinal, row.currency, row.known_from_seq, row.last_seq,
            row.balance_minor, row.held_minor + by_minor,
        )  # fmt: skip
        self._books.check_agreement(tx, (row,))
        store.update_rows(tx, self.number, (row,))
        self._state.rows.put(account, row)


def _in_order(events: Sequence[Event]) -> Sequence[Event]:
    """By `seq`. A feed in order, as it should be, costs one look at each event."""
    return sorted(events, key=attrgetter("seq"))


def _stopped(
    feed: Feed, posting: Posting, broken: IntegrityBroken | None, events: Sequence[Event]
) -> str | None:
    """A gap is no verdict on the primary's books; any other breach stands until the feed goes on."""
    if broken is not None and broken.code != _GAP:
        return broken.code
    went_on = posting.last_seq > feed.last_seq or not events
    return None if went_on else feed.stopped


@lru_cache(maxsize=64)
def _moment(nanoseconds: int) -> datetime:
    return from_ns(nanoseconds)


def _balance_of(account: str, row: Row, feed: Feed) -> MirrorBalance:
    return MirrorBalance(
        account,
        row.currency,
        row.balance_minor,
        row.held_minor,
        row.balance_minor - row.held_minor,
        row.last_seq,
        EPOCH if feed.booked_ns is None else _moment(feed.booked_ns),
        feed.last_seq,
    )
