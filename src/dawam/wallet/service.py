"""The wallet core's verbs and queries. One instance a database; one event loop."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from dawam.kernel import NotFound, World, from_ns, to_ns
from dawam.ledger import Ledger
from dawam.storage import Rows, Storage, Tx
from dawam.wallet import store
from dawam.wallet.books import Books
from dawam.wallet.messages import (
    AccountStanding,
    AdviceAnswer,
    AdviceRequest,
    BalanceAnswer,
    Booking,
    EventPage,
    OpenAccount,
    PaymentAnswer,
    PaymentRequest,
    SnapshotEnd,
    SnapshotLine,
)
from dawam.wallet.model import AccountStatus, DecidedPayment, WalletAccount

T = TypeVar("T")

EVENTS_MAX = 5_000
"""Most events in one answer."""
WAIT_MAX_S = 30.0
"""Longest that a call for events is held open."""
_SNAPSHOT_PAGE = 2_000


class Wallet:
    """A small wallet core: wallets of several providers, on one operator's books."""

    def __init__(
        self, storage: Storage, ledger: Ledger, world: World, *, cache_accounts: int = 2_000_000
    ) -> None:
        self._storage = storage
        self._clock = world.clock
        self._books = Books(storage, ledger, cache_accounts=cache_accounts)
        self._writing = 0
        self._shown_ns = 0
        self._news = asyncio.Event()

    # -- verbs: durable when they return -----------------------------------------------------------------

    async def open_many(self, asked: Sequence[OpenAccount]) -> list[str]:
        """Open wallets, all or none; their names.

        Raises: Conflict `account_exists`; InvalidInput `account_text_invalid`, `provider_invalid`,
        `overdraft_invalid`, `currency_unknown`.
        """
        opened = await self._write(lambda tx, now_ns: self._books.open_accounts(tx, asked, now_ns=now_ns))
        return [row.account for row in opened]

    async def open(self, ask: OpenAccount) -> str:
        """Open one wallet; its name. Raises: as `open_many`."""
        return (await self.open_many([ask]))[0]

    async def freeze(self, account: str) -> AccountStanding:
        """No payments out of it any more. Raises: NotFound `account_not_found`; Conflict `account_closed`."""
        return await self._set_status(account, AccountStatus.FROZEN)

    async def unfreeze(self, account: str) -> AccountStanding:
        """Payments again. Raises: NotFound `account_not_found`; Conflict `account_closed`."""
        return await self._set_status(account, AccountStatus.OPEN)

    async def close(self, account: str) -> AccountStanding:
        """Close it for ever. Raises: NotFound `account_not_found`; Conflict `account_not_at_zero`."""
        return await self._set_status(account, AccountStatus.CLOSED)

    async def pay(self, request: PaymentRequest) -> PaymentAnswer:
        """Decide a payment, or repeat the decision. Raises: Conflict `payment_mismatch`."""
        return _answer(await self._write(lambda tx, now_ns: self._books.pay(tx, request, now_ns=now_ns)))

    async def advise(self, request: AdviceRequest) -> AdviceAnswer:
        """Book a decision that was made elsewhere, once; contradictions are rejected with a code."""
        outcome = await self._write(lambda tx, now_ns: self._books.advise(tx, request, now_ns=now_ns))
        return AdviceAnswer(
            advice_id=request.advice_id, status=outcome.status, code=outcome.code, seq=outcome.seq
        )

    async def book(self, booking: Booking) -> int:
        """Book one single-sided event; its `seq`. Raises: as `book_many`."""
        return await self.book_many([booking])

    async def book_many(self, bookings: Sequence[Booking]) -> int:
        """Book single-sided events in one commit, all or none; the last `seq`.

        Raises: InvalidInput `booking_amount_invalid`, `booking_account_unknown`,
        `booking_account_closed`, `booking_below_zero`, `booking_moment_invalid`, each with the
        booking's `index`.
        """
        return await self._write(lambda tx, now_ns: self._books.book(tx, bookings, now_ns=now_ns))

    # -- queries: committed facts ------------------------------------------------------------------------

    def now(self) -> datetime:
        """The core's own time."""
        return self._clock.now()

    def balance(self, account: str) -> BalanceAnswer:
        """What the account holds. Raises: NotFound `account_not_found`."""
        settled_ns = self._settled_ns()
        row = self._committed(account)
        if row is None:
            raise NotFound("account_not_found")
        return BalanceAnswer(
            account=row.account,
            currency=row.currency,
            balance_minor=row.balance_minor,
            available_minor=row.spendable_minor,
            last_seq=row.last_seq,
            as_of=from_ns(max(settled_ns, row.booked_ns)),
        )

    def payment(self, payment_id: str) -> PaymentAnswer:
        """The decision on a payment. Raises: NotFound `payment_not_found`."""
        known = self._storage.read(lambda rows: store.find_payment(rows, payment_id))
        if known is None:
            raise NotFound("payment_not_found")
        return _answer(known)

    def last_seq(self) -> int:
        """The newest event's `seq`, 0 without any."""
        return self._books.position.seq

    def events_after(self, after: int, limit: int) -> EventPage:
        """At most `limit` events, and never more than `EVENTS_MAX`, after `after`."""
        last = self._books.position.seq
        upto = min(last, after + min(limit, EVENTS_MAX))
        if upto <= after:
            return EventPage(events=[], last_seq=last)
        events = self._storage.read(lambda rows: store.events_between(rows, after, upto))
        return EventPage(events=events, last_seq=last)

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        """The same; without any, held open for up to `wait_s` until there is one."""
        try:
            async with asyncio.timeout(min(wait_s, WAIT_MAX_S)):
                while self._books.position.seq <= after:
                    await self._news.wait()
        except TimeoutError:
            pass  # nothing came: an empty page is the answer
        return self.events_after(after, limit)

    def snapshot(self) -> Iterator[list[SnapshotLine | SnapshotEnd]]:
        """Every wallet as of one `seq`, in pages, while bookings go on; the last page is the end line."""
        seq = self._books.position.seq
        last, count = self._storage.read(store.last_number), 0
        for after in range(0, last, _SNAPSHOT_PAGE):
            lines = self._storage.read(_page_at(after, min(after + _SNAPSHOT_PAGE, last), seq))
            count += len(lines)
            yield lines
        yield [SnapshotEnd(end=True, accounts=count, last_seq=seq)]

    # -- inside ------------------------------------------------------------------------------------------

    async def _set_status(self, account: str, to: AccountStatus) -> AccountStanding:
        row = await self._write(lambda tx, _: self._books.set_status(tx, account, to))
        return AccountStanding(account=row.account, status=row.status.value)

    async def _write(self, verb: Callable[[Tx, int], T]) -> T:
        """Run a verb with its moment, which is later than every `as_of` that was shown.

        Whoever waits may be cancelled; the write goes on, and counts as under way until it has ended.
        """
        now_ns = max(to_ns(self._clock.now()), self._shown_ns + 1_000)
        write = asyncio.ensure_future(self._storage.write(lambda tx: verb(tx, now_ns)))
        self._writing += 1
        write.add_done_callback(self._written)
        return await asyncio.shield(write)

    def _written(self, write: "asyncio.Future[Any]") -> None:
        self._writing -= 1
        if write.cancelled() or write.exception() is not None:
            return
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _settled_ns(self) -> int:
        """The moment up to which all that will ever be booked is committed.

        While something is being written that is the newest event's moment: what is under way will be later.
        """
        settled = self._books.position.booked_ns
        if self._writing == 0:
            settled = max(settled, to_ns(self._clock.now()) - 1_000)
        self._shown_ns = max(self._shown_ns, settled)
        return settled

    def _committed(self, account: str) -> WalletAccount | None:
        accounts = self._books.accounts
        row = accounts.committed.get(account)
        if row is None:
            generation = accounts.generation
            row = self._storage.read(lambda rows: store.find_account(rows, account))
            if row is not None:
                accounts.offer(account, row, generation)
        return row


def _answer(payment: DecidedPayment) -> PaymentAnswer:
    return PaymentAnswer(
        payment_id=payment.payment_id,
        status="declined" if payment.seq is None else "approved",
        code=payment.code,
        seq=payment.seq,
    )


def _page_at(after: int, upto: int, seq: int) -> Callable[[Rows], list[SnapshotLine | SnapshotEnd]]:
    """The snapshot lines of some accounts as of `seq`: what moved since is taken from the events."""

    def query(rows: Rows) -> list[SnapshotLine | SnapshotEnd]:
        lines: list[SnapshotLine | SnapshotEnd] = []
        for row in store.accounts_between(rows, after, upto):
            balance, last_seq = row.balance_minor, row.last_seq
            if last_seq > seq:
                balance, last_seq = store.standing_at(rows, row.number, seq)
            lines.append(
                SnapshotLine(
                    account=row.account, currency=row.currency, balance_minor=balance, last_seq=last_seq
                )
            )
        return lines

    return query
