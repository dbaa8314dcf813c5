"""The wallet's books as the writer changes them: every verb runs inside one transaction of the storage.

Rules: a payment is one ledger transfer, two events and one row of its decision, or a decision alone; `seq`
has no gaps; the moments of events strictly increase; a transfer's id in the ledger is its first event's
`seq`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from dawam.kernel import (
    APPROVED,
    Conflict,
    DeclineCode,
    Declined,
    IntegrityBroken,
    InvalidInput,
    NotFound,
    currency_of,
    to_ns,
)
from dawam.ledger import Account, AccountFlags, AccountResult, Ledger, Transfer, TransferResult
from dawam.storage import RowCache, Rows, Storage, Tx
from dawam.wallet import store
from dawam.wallet.messages import AdviceRequest, Booking, OpenAccount, PaymentRequest
from dawam.wallet.model import (
    ACCOUNT_NUMBERS,
    BOOKING_NUMBER,
    KIND_NUMBERS,
    SETTLEMENT_NUMBER,
    AccountStatus,
    AdviceOutcome,
    AdviceStatus,
    BookingFault,
    DecidedPayment,
    Order,
    TakenAdvice,
    WalletAccount,
    check_account_text,
    check_provider,
    decide_advice,
    decide_payment,
    judge_booking,
    moved,
)

_SETTLEMENT_BASE = 1 << 64
"""Ledger ids of settlement accounts lie above those of wallets."""
_MICROSECOND = 1_000
_MOMENT_END_NS = to_ns(datetime(2200, 1, 1, tzinfo=UTC))
"""Moments are signed 64-bit nanoseconds on disk: the year 2262 is their end, with room for what follows."""
_OVERFLOWS = frozenset(result for result in TransferResult if result.name.startswith("OVERFLOWS_"))


class Position(msgspec.Struct, frozen=True, gc=False):
    """The newest event: its `seq` and its moment."""

    seq: int = 0
    booked_ns: int = 0


class Books:
    """The writer's side, with the rows it keeps in memory."""

    def __init__(self, storage: Storage, ledger: Ledger, *, cache_accounts: int) -> None:
        self._ledger = ledger
        self._settlements: RowCache[tuple[str, str], int] = RowCache(10_000)
        self.accounts: RowCache[str, WalletAccount] = RowCache(cache_accounts)
        self.positions: RowCache[int, Position] = RowCache(1)
        self.positions.committed[0] = Position(*storage.read(store.last_event))
        # In this order: whoever reads the position and then an account finds it at least as new.
        for cache in (self.accounts, self.positions, self._settlements):
            storage.register(cache)

    @property
    def position(self) -> Position:
        """The newest committed event."""
        return self.positions.committed[0]

    def open_accounts(self, tx: Tx, asked: Sequence[OpenAccount], *, now_ns: int) -> list[WalletAccount]:
        """Open wallets, all or none.

        Raises: Conflict `account_exists`; InvalidInput `account_text_invalid`, `provider_invalid`,
        `overdraft_invalid`, `currency_unknown`.
        """
        number = store.last_number(tx)
        opened: dict[str, WalletAccount] = {}
        for index, ask in enumerate(asked):
            number += 1
            account = _opened(ask, number, index)
            if account.account in opened or self._find(tx, account.account) is not None:
                raise Conflict("account_exists", index=index)
            opened[account.account] = account
        for provider, currency in {(row.provider, row.currency): None for row in opened.values()}:
            self._settlement(tx, provider, currency, now_ns)
        self._open_in_ledger(tx, [_ledger_account(row) for row in opened.values()], now_ns)
        store.insert_accounts(tx, opened.values(), opened_ns=now_ns)
        self.accounts.put_all(opened)
        return list(opened.values())

    def set_status(self, tx: Tx, account: str, to: AccountStatus) -> WalletAccount:
        """Freeze, unfreeze or close; the same again changes nothing. Closed is for ever.

        Raises: NotFound `account_not_found`; Conflict `account_closed`, `account_not_at_zero`.
        """
        row = self._find(tx, account)
        if row is None:
            raise NotFound("account_not_found")
        if row.status is to:
            return row
        if row.status is AccountStatus.CLOSED:
            raise Conflict("account_closed")
        if to is AccountStatus.CLOSED and row.balance_minor != 0:
            raise Conflict("account_not_at_zero")
        row = msgspec.structs.replace(row, status=to)
        store.set_status(tx, row)
        self.accounts.put(account, row)
        return row

    def pay(self, tx: Tx, request: PaymentRequest, *, now_ns: int) -> DecidedPayment:
        """Decide a payment, or repeat the decision.

        Raises: Conflict `payment_mismatch`.
        """
        order = request.order()
        digest = order.digest()
        known = store.find_payment(tx, request.payment_id)
        if known is not None:
            if known.order_digest != digest:
                raise Conflict("payment_mismatch")
            return known
        debit, credit = self._find(tx, order.debit_account), self._find(tx, order.credit_account)
        decision = decide_payment(order, debit, credit)
        seq = None
        if not isinstance(decision, Declined):
            seq = self._move(tx, order, debit, credit, request.payment_id, now_ns)
        code = decision.code if isinstance(decision, Declined) or seq else DeclineCode.OVER_LIMIT
        return self._decided(tx, request.payment_id, digest, code, seq, now_ns)

    def advise(self, tx: Tx, request: AdviceRequest, *, now_ns: int) -> AdviceOutcome:
        """Book a decision that was made elsewhere, once, or say why not."""
        order = request.order()
        debit, credit = self._find(tx, order.debit_account), self._find(tx, order.credit_account)
        known = store.find_advice(tx, request.advice_id)
        outcome = decide_advice(
            order,
            payment_id=request.payment_id,
            advice=known,
            payment=store.find_payment(tx, request.payment_id),
            debit=debit,
            credit=credit,
        )
        if outcome.status is AdviceStatus.APPLIED:
            outcome = self._apply(tx, request, debit, credit, now_ns)
        if known is None:
            taken = TakenAdvice(
                advice_id=request.advice_id,
                payment_id=request.payment_id,
                order_digest=order.digest(),
                status=outcome.status,
                code=outcome.code,
                seq=outcome.seq,
            )
            store.insert_advice(tx, taken, taken_ns=now_ns)
        return outcome

    def _apply(
        self,
        tx: Tx,
        request: AdviceRequest,
        debit: WalletAccount | None,
        credit: WalletAccount | None,
        now_ns: int,
    ) -> AdviceOutcome:
        order = request.order()
        seq = self._move(tx, order, debit, credit, request.payment_id, now_ns)
        if seq is None:
            return AdviceOutcome(AdviceStatus.REJECTED, DeclineCode.OVER_LIMIT)
        self._decided(tx, request.payment_id, order.digest(), APPROVED, seq, now_ns)
        return AdviceOutcome(AdviceStatus.APPLIED, APPROVED, seq)

    def book(self, tx: Tx, bookings: Sequence[Booking], *, now_ns: int) -> int:
        """Book single-sided events, all or none; the last `seq`.

        Raises: InvalidInput `booking_amount_invalid`, `booking_account_unknown`,
        `booking_account_closed`, `booking_below_zero`, `booking_moment_invalid`, each with the
        booking's `index`.
        """
        position = self._position()
        seq, booked_ns = position.seq, position.booked_ns
        touched: dict[str, WalletAccount] = {}
        events: list[store.EventRow] = []
        transfers: list[Transfer] = []
        for index, booking in enumerate(bookings):
            amount = booking.amount_minor
            row = touched.get(booking.account) or self._find(tx, booking.account)
            fault = judge_booking(row, amount)
            if fault is not None or row is None:
                raise _refused(fault, index)
            seq += 1
            asked_ns = to_ns(booking.booked_at) if booking.booked_at is not None else now_ns
            if not 0 <= asked_ns < _MOMENT_END_NS:
                raise InvalidInput("booking_moment_invalid", index=index)
            booked_ns = max(asked_ns, booked_ns + _MICROSECOND)
            row = touched[booking.account] = moved(row, amount, seq, booked_ns)
            events.append((seq, row.number, amount, row.balance_minor, booked_ns, booking.kind, None))
            transfers.append(self._booking_transfer(tx, row, amount, seq, booked_ns, now_ns))
        overflowing = self._overflowing(tx, transfers, now_ns)
        if overflowing is not None:
            raise InvalidInput("booking_amount_invalid", index=overflowing)
        self._record(tx, events, touched.values(), Position(seq, booked_ns))
        return seq

    def _move(
        self,
        tx: Tx,
        order: Order,
        debit: WalletAccount | None,
        credit: WalletAccount | None,
        payment_id: str,
        now_ns: int,
    ) -> int | None:
        """Book an approved order: one transfer, two events; the first one's `seq`.

        None, and nothing booked, when an account's turnover passes what the ledger can count.
        """
        if debit is None or credit is None:
            raise IntegrityBroken("wallet_books_disagree", rule="an approved order has two accounts")
        last = self._position()
        seq, booked_ns = last.seq + 1, max(now_ns, last.booked_ns + _MICROSECOND)
        then_ns = booked_ns + _MICROSECOND
        amount, kind = order.amount_minor, order.kind.value
        payer = moved(debit, -amount, seq, booked_ns)
        payee = moved(credit, amount, seq + 1, then_ns)
        transfer = Transfer(
            id=seq,
            debit_account_id=debit.number,
            credit_account_id=credit.number,
            amount=amount,
            user_data_64=seq + 1,
            ledger=currency_of(order.currency).number,
            code=KIND_NUMBERS[kind],
            effective_at=booked_ns,
        )
        events: list[store.EventRow] = [
            (seq, payer.number, -amount, payer.balance_minor, booked_ns, kind, payment_id),
            (seq + 1, payee.number, amount, payee.balance_minor, then_ns, kind, payment_id),
        ]
        if self._overflowing(tx, [transfer], now_ns) is not None:
            return None
        self._record(tx, events, (payer, payee), Position(seq + 1, then_ns))
        return seq

    def _booking_transfer(
        self, tx: Tx, row: WalletAccount, amount: int, seq: int, booked_ns: int, now_ns: int
    ) -> Transfer:
        settlement = self._settlement(tx, row.provider, row.currency, now_ns)
        debit, credit = (settlement, row.number) if amount > 0 else (row.number, settlement)
        return Transfer(
            id=seq,
            debit_account_id=debit,
            credit_account_id=credit,
            amount=abs(amount),
            user_data_64=seq,
            ledger=currency_of(row.currency).number,
            code=BOOKING_NUMBER,
            effective_at=booked_ns,
        )

    def _overflowing(self, tx: Tx, transfers: Sequence[Transfer], now_ns: int) -> int | None:
        """Post to the ledger; the index of the first transfer that passes what it can count, if any.

        Raises: IntegrityBroken `wallet_books_disagree`, when the ledger refuses for any other reason.
        """
        for index, result in enumerate(self._ledger.post_transfers(tx, transfers, now_ns=now_ns)):
            if result in _OVERFLOWS:
                return index
            if result != TransferResult.OK:
                raise IntegrityBroken("wallet_books_disagree", rule=result.name.lower())
        return None

    def _record(
        self, tx: Tx, events: Sequence[store.EventRow], touched: Iterable[WalletAccount], position: Position
    ) -> None:
        """The events, and what they make of accounts and position."""
        rows = {row.account: row for row in touched}
        store.insert_events(tx, events)
        store.move_accounts(tx, rows.values())
        self.accounts.put_all(rows)
        self.positions.put(0, position)

    def _decided(
        self, tx: Tx, payment_id: str, digest: bytes, code: str, seq: int | None, now_ns: int
    ) -> DecidedPayment:
        payment = DecidedPayment(payment_id=payment_id, order_digest=digest, code=code, seq=seq)
        store.insert_payment(tx, payment, decided_ns=now_ns)
        return payment

    def _find(self, tx: Rows, account: str) -> WalletAccount | None:
        """The account as the open transaction sees it."""
        row = self.accounts.get(account)
        return row if row is not None else store.find_account(tx, account)

    def _position(self) -> Position:
        """The newest event as the open transaction sees it."""
        return self.positions.get(0) or Position()

    def _settlement(self, tx: Tx, provider: str, currency: str, now_ns: int) -> int:
        """The ledger id of a provider's settlement account, opened when first needed."""
        known = self._settlements.get((provider, currency))
        if known is not None:
            return known
        number = store.find_settlement(tx, provider, currency)
        if number is None:
            number = store.insert_settlement(tx, provider, currency)
            account = Account(
                id=_SETTLEMENT_BASE + number, ledger=currency_of(currency).number, code=SETTLEMENT_NUMBER
            )
            self._open_in_ledger(tx, [account], now_ns)
        self._settlements.put((provider, currency), _SETTLEMENT_BASE + number)
        return _SETTLEMENT_BASE + number

    def _open_in_ledger(self, tx: Tx, accounts: Sequence[Account], now_ns: int) -> None:
        for result in self._ledger.create_accounts(tx, accounts, now_ns=now_ns):
            if result != AccountResult.OK:
                raise IntegrityBroken("wallet_books_disagree", rule=result.name.lower())


def _opened(ask: OpenAccount, number: int, index: int) -> WalletAccount:
    check_provider(ask.provider, index)
    currency_of(ask.currency)
    if not 0 <= ask.overdraft_minor < 2**62:
        raise InvalidInput("overdraft_invalid", index=index)
    account = ask.account if ask.account is not None else f"{ask.provider}-{number:08d}"
    check_account_text(account, index)
    return WalletAccount(
        number=number,
        account=account,
        provider=ask.provider,
        kind=ask.kind,
        currency=ask.currency,
        overdraft_minor=ask.overdraft_minor,
        guarded=not ask.may_go_below_zero,
    )


def _ledger_account(row: WalletAccount) -> Account:
    never_below = row.guarded and row.overdraft_minor == 0
    return Account(
        id=row.number,
        ledger=currency_of(row.currency).number,
        code=ACCOUNT_NUMBERS[row.kind],
        flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS if never_below else 0,
    )


def _refused(fault: BookingFault | None, index: int) -> InvalidInput:
    match fault:
        case BookingFault.AMOUNT:
            return InvalidInput("booking_amount_invalid", index=index)
        case BookingFault.CLOSED:
            return InvalidInput("booking_account_closed", index=index)
        case BookingFault.BELOW_ZERO:
            return InvalidInput("booking_below_zero", index=index)
    return InvalidInput("booking_account_unknown", index=index)
