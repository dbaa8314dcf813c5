"""A primary on plain dicts, which does what the contract says and nothing more.

Rules: `seq` counts from 1 without gaps; `booked_at` strictly increases, and stays behind no `as_of` that
was given out, so that one moment has one balance; a payment is decided once, whatever its repetitions;
an advice is applied once, whether its id or its payment's comes again; refusals in the order of
`DeclineCode`; payments and advices never overdraw, the primary's own bookings may.
Out of scope: faults (they act on the way, in `network`), fees, limits. Source: contracts, section 1.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dawam.kernel import AMOUNT_MAX, APPROVED, Clock, Conflict, DeclineCode, invariant
from dawam.primary import (
    Advice,
    AdviceAnswer,
    AdviceStatus,
    BalanceAnswer,
    Event,
    EventPage,
    Health,
    Payment,
    PaymentAnswer,
    PaymentStatus,
    SnapshotEnd,
    SnapshotLine,
)
from dawam.simulation.oracle import Oracle

_INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class _Books:
    currency: str
    balance_minor: int = 0
    last_seq: int = 0
    frozen: bool = False


def _body(of: Payment | Advice) -> tuple[Any, ...]:
    return (of.kind, of.debit_account, of.credit_account, of.amount_minor, of.currency)


class SimulatedPrimary:
    """Healthy books. `outside` are accounts that exist but are not kept here, such as agents of others."""

    def __init__(self, clock: Clock, *, release: str = "1", outside: Collection[str] = ()) -> None:
        self.oracle = Oracle()
        self.log: list[Event] = []
        self.release = release
        self._clock = clock
        self._outside = outside
        self._books: dict[str, _Books] = {}
        self._opened: list[str] = []
        self._place: dict[str, int] = {}
        self._payments: dict[str, tuple[tuple[Any, ...], PaymentAnswer]] = {}
        self._advices: dict[str, tuple[tuple[Any, ...], AdviceAnswer]] = {}
        self._watchers: list[Callable[[], object]] = []
        self._spoken_for = clock.now()

    @property
    def last_seq(self) -> int:
        """The last booking of the whole feed."""
        return len(self.log)

    def watch(self, on_booking: Callable[[], object]) -> None:
        """Be called after each booking."""
        self._watchers.append(on_booking)

    def unwatch(self, on_booking: Callable[[], object]) -> None:
        """Be called no more."""
        self._watchers.remove(on_booking)

    def neighbour(self, account: str) -> str:
        """The account opened after this one, and the first after the last."""
        return self._opened[(self._place[account] + 1) % len(self._opened)]

    def open_account(self, account: str, currency: str, balance_minor: int = 0) -> None:
        """A new account; money to begin with is its first booking."""
        invariant(account not in self._books, "an account is opened once")
        self._books[account] = _Books(currency)
        self._place[account] = len(self._opened)
        self._opened.append(account)
        self.oracle.open(account)
        if balance_minor:
            self.book(account, balance_minor, "opening")

    def freeze(self, account: str, *, frozen: bool = True) -> None:
        """Let no payment out of an account, or let them out again."""
        self._books[account].frozen = frozen

    def book(
        self,
        account: str,
        amount_minor: int,
        kind: str,
        *,
        payment_id: str | None = None,
        balance_after_minor: int | None = None,
    ) -> Event:
        """Write a booking of the primary's own; `balance_after_minor` where it rounds in its own way."""
        books = self._books[account]
        if balance_after_minor is None:
            balance_after_minor = books.balance_minor + amount_minor
        self._spoken_for = max(self._clock.now(), self._spoken_for + _INSTANT)
        seq = len(self.log) + 1
        event = Event(
            seq=seq,
            event_id=f"E{seq}",
            account=account,
            amount_minor=amount_minor,
            currency=books.currency,
            balance_after_minor=balance_after_minor,
            booked_at=self._spoken_for,
            kind=kind,
            payment_id=payment_id,
        )
        books.balance_minor = balance_after_minor
        books.last_seq = seq
        self.log.append(event)
        self.oracle.hear(event)
        for on_booking in self._watchers:
            on_booking()
        return event

    def book_with_drift(self, account: str, amount_minor: int, kind: str, *, drift_minor: int = 0) -> Event:
        """The same, where the primary's own balance drifts from the sum of its amounts by its rounding."""
        balance_minor = self._books[account].balance_minor + amount_minor + drift_minor
        return self.book(account, amount_minor, kind, balance_after_minor=balance_minor)

    def health(self) -> Health:
        """Up, by its own word."""
        return Health(status="up", time=self._clock.now(), release=self.release)

    def balance(self, account: str) -> BalanceAnswer | None:
        """What the account holds now."""
        books = self._books.get(account)
        if books is None:
            return None
        return BalanceAnswer(
            account=account,
            currency=books.currency,
            balance_minor=books.balance_minor,
            available_minor=books.balance_minor,
            last_seq=books.last_seq,
            as_of=self._speak(),
        )

    def events(self, *, after: int, limit: int) -> EventPage:
        """The feed after `after`, at most `limit` of it."""
        start = max(after, 0)
        return EventPage(events=self.log[start : start + limit], last_seq=len(self.log))

    def snapshot(self) -> Iterator[SnapshotLine | SnapshotEnd]:
        """Every account as of now, then the end line."""
        for account, books in self._books.items():
            yield SnapshotLine(
                account=account,
                currency=books.currency,
                balance_minor=books.balance_minor,
                last_seq=books.last_seq,
            )
        yield SnapshotEnd(end=True, accounts=len(self._books), last_seq=len(self.log))

    def pay(self, payment: Payment) -> PaymentAnswer:
        """Decide a payment, once.

        Raises: Conflict `payment_mismatch`, when the id is known with another body.
        """
        known = self._payments.get(payment.payment_id)
        if known is not None:
            if known[0] != _body(payment):
                raise Conflict("payment_mismatch", payment_id=payment.payment_id)
            return known[1]
        refusal = self._refusal(payment)
        answer = PaymentAnswer(
            payment_id=payment.payment_id,
            status=PaymentStatus.DECLINED if refusal else PaymentStatus.APPROVED,
            code=refusal or APPROVED,
            seq=None if refusal else self._move(payment),
        )
        self._payments[payment.payment_id] = (_body(payment), answer)
        return answer

    def payment(self, payment_id: str) -> PaymentAnswer | None:
        """What was decided on a payment."""
        known = self._payments.get(payment_id)
        return known[1] if known else None

    def advise(self, advice: Advice) -> AdviceAnswer:
        """Apply a decision that was made in our place, once."""
        known = self._advices.get(advice.advice_id)
        if known is not None:
            if known[0] != (advice.payment_id, *_body(advice)):
                return _answer(advice, AdviceStatus.REJECTED, "advice_mismatch")
            if known[1].status is AdviceStatus.REJECTED:
                return known[1]
            return _answer(advice, AdviceStatus.ALREADY_APPLIED, APPROVED, known[1].seq)
        answer = self._apply(advice)
        self._advices[advice.advice_id] = ((advice.payment_id, *_body(advice)), answer)
        return answer

    def _apply(self, advice: Advice) -> AdviceAnswer:
        """An advice heard for the first time; its payment may be known, and may have been declined here."""
        known = self._payments.get(advice.payment_id)
        if known is not None:
            if known[0] != _body(advice):
                return _answer(advice, AdviceStatus.REJECTED, "payment_mismatch")
            if known[1].status is PaymentStatus.APPROVED:
                return _answer(advice, AdviceStatus.ALREADY_APPLIED, APPROVED, known[1].seq)
        refusal = self._refusal(advice)
        if refusal:
            return _answer(advice, AdviceStatus.REJECTED, refusal)
        seq = self._move(advice)
        approved = PaymentAnswer(
            payment_id=advice.payment_id, status=PaymentStatus.APPROVED, code=APPROVED, seq=seq
        )
        self._payments[advice.payment_id] = (_body(advice), approved)
        return _answer(advice, AdviceStatus.APPLIED, APPROVED, seq)

    def _refusal(self, of: Payment | Advice) -> DeclineCode | None:
        """The first rule that is broken, in the order of `DeclineCode`."""
        debit = self._books.get(of.debit_account)
        sides = [self._books.get(account) for account in (of.debit_account, of.credit_account)]
        named = (of.debit_account, of.credit_account)
        if not 0 < of.amount_minor <= AMOUNT_MAX or of.debit_account == of.credit_account:
            return DeclineCode.INVALID_AMOUNT
        if any(side and side.currency != of.currency for side in sides):
            return DeclineCode.INVALID_AMOUNT
        if any(side is None and name not in self._outside for side, name in zip(sides, named, strict=True)):
            return DeclineCode.ACCOUNT_NOT_FOUND
        if any(side and side.frozen for side in sides[:1]):
            return DeclineCode.ACCOUNT_FROZEN
        if debit and debit.balance_minor < of.amount_minor:
            return DeclineCode.INSUFFICIENT_FUNDS
        return None

    def _move(self, of: Payment | Advice) -> int | None:
        """Book both sides that are kept here; the `seq` of the first."""
        seqs = [
            self.book(account, amount, of.kind, payment_id=of.payment_id).seq
            for account, amount in (
                (of.debit_account, -of.amount_minor),
                (of.credit_account, of.amount_minor),
            )
            if account in self._books
        ]
        return seqs[0] if seqs else None

    def _speak(self) -> datetime:
        """A moment to give out as `as_of`: nothing will be booked at or before it any more."""
        self._spoken_for = max(self._clock.now(), self._spoken_for)
        return self._spoken_for


def _answer(advice: Advice, status: AdviceStatus, code: str, seq: int | None = None) -> AdviceAnswer:
    return AdviceAnswer(advice_id=advice.advice_id, status=status, code=code, seq=seq)
