"""All SQL of the wallet core. Values stand in the order in which a statement names them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from dawam.kernel import from_ns
from dawam.storage import Rows, Tx
from dawam.wallet.messages import Event
from dawam.wallet.model import (
    AccountKind,
    AccountStatus,
    AdviceStatus,
    DecidedPayment,
    TakenAdvice,
    WalletAccount,
)
from dawam.wallet.tables import accounts, advices, events, payments, settlements

_a, _e = accounts.c, events.c
_ACCOUNT_COLUMNS = (
    _a.number,
    _a.account,
    _a.provider,
    _a.kind,
    _a.currency,
    _a.status,
    _a.overdraft_minor,
    _a.guarded,
    _a.balance_minor,
    _a.last_seq,
    _a.booked_ns,
)
_ACCOUNT = select(*_ACCOUNT_COLUMNS).where(_a.account == bindparam("account"))
_ACCOUNTS_BETWEEN = (
    select(*_ACCOUNT_COLUMNS)
    .where(_a.number > bindparam("after"), _a.number <= bindparam("upto"))
    .order_by(_a.number)
)
_LAST_NUMBER = select(func.max(_a.number))
_INSERT_ACCOUNT = insert(accounts)
_MOVE_ACCOUNT = (
    update(accounts)
    .where(_a.number == bindparam("of"))
    .values(balance_minor=bindparam("balance"), last_seq=bindparam("seq"), booked_ns=bindparam("booked"))
)
_SET_STATUS = update(accounts).where(_a.number == bindparam("of")).values(status=bindparam("to"))

_SETTLEMENT = select(settlements.c.number).where(
    settlements.c.provider == bindparam("provider"), settlements.c.currency == bindparam("currency")
)
_LAST_SETTLEMENT = select(func.max(settlements.c.number))
_INSERT_SETTLEMENT = insert(settlements)

_INSERT_EVENT = insert(events)
_LAST_EVENT = select(_e.seq, _e.booked_ns).where(_e.seq == select(func.max(_e.seq)).scalar_subquery())
_EVENTS_BETWEEN = (
    select(
        _e.seq,
        _a.account,
        _e.amount_minor,
        _a.currency,
        _e.balance_after_minor,
        _e.booked_ns,
        _e.kind,
        _e.payment_id,
    )
    .join_from(events, accounts, _a.number == _e.account_number)
    .where(_e.seq > bindparam("after"), _e.seq <= bindparam("upto"))
    .order_by(_e.seq)
)
_inner = events.alias("inner_events")
_EVENT_AT = select(_e.balance_after_minor, _e.seq).where(
    _e.seq
    == select(func.max(_inner.c.seq))
    .where(_inner.c.account_number == bindparam("number"), _inner.c.seq <= bindparam("upto"))
    .scalar_subquery()
)

_p = payments.c
_PAYMENT = select(_p.payment_id, _p.order_digest, _p.code, _p.seq).where(_p.payment_id == bindparam("id"))
_INSERT_PAYMENT = insert(payments)

_v = advices.c
_ADVICE = select(_v.advice_id, _v.payment_id, _v.order_digest, _v.status, _v.code, _v.seq).where(
    _v.advice_id == bindparam("id")
)
_INSERT_ADVICE = insert(advices)

EventRow = tuple[int, int, int, int, int, str, str | None]
"""seq, account number, amount, balance after, booked at (ns), kind, payment id."""


def _account_of(row: tuple[Any, ...]) -> WalletAccount:
    number, account, provider, kind, currency, status, overdraft, guarded, balance, last_seq, booked = row
    return WalletAccount(
        number=number,
        account=account,
        provider=provider,
        kind=AccountKind(kind),
        currency=currency,
        status=AccountStatus(status),
        overdraft_minor=overdraft,
        guarded=bool(guarded),
        balance_minor=balance,
        last_seq=last_seq,
        booked_ns=booked,
    )


def find_account(rows: Rows, account: str) -> WalletAccount | None:
    """The account, if there is one."""
    found = rows.fetch(_ACCOUNT, (account,))
    return _account_of(found[0]) if found else None


def last_number(rows: Rows) -> int:
    """The number of the newest account, 0 without any."""
    return rows.fetch(_LAST_NUMBER)[0][0] or 0


def accounts_between(rows: Rows, after: int, upto: int) -> list[WalletAccount]:
    """The accounts with `after` < number <= `upto`, in order."""
    return [_account_of(row) for row in rows.fetch(_ACCOUNTS_BETWEEN, (after, upto))]


def insert_accounts(tx: Tx, opened: Iterable[WalletAccount], *, opened_ns: int) -> None:
    """Add accounts."""
    rows = (
        (
            row.number,
            row.account,
            row.provider,
            row.kind.value,
            row.currency,
            row.status.value,
            row.overdraft_minor,
            int(row.guarded),
            row.balance_minor,
            row.last_seq,
            row.booked_ns,
            opened_ns,
        )
        for row in opened
    )
    tx.many(_INSERT_ACCOUNT, rows)


def move_accounts(tx: Tx, rows: Iterable[WalletAccount]) -> None:
    """Write balance and last event of accounts."""
    tx.many(_MOVE_ACCOUNT, [(row.balance_minor, row.last_seq, row.booked_ns, row.number) for row in rows])


def set_status(tx: Tx, row: WalletAccount) -> None:
    """Write an account's status."""
    tx.many(_SET_STATUS, [(row.status.value, row.number)])


def find_settlement(rows: Rows, provider: str, currency: str) -> int | None:
    """The number of a provider's settlement account."""
    found = rows.fetch(_SETTLEMENT, (provider, currency))
    return found[0][0] if found else None


def insert_settlement(tx: Tx, provider: str, currency: str) -> int:
    """Add a provider's settlement account; its number."""
    number: int = (tx.fetch(_LAST_SETTLEMENT)[0][0] or 0) + 1
    tx.many(_INSERT_SETTLEMENT, [(number, provider, currency)])
    return number


def last_event(rows: Rows) -> tuple[int, int]:
    """`seq` and moment (ns) of the newest event; zeros without any."""
    found = rows.fetch(_LAST_EVENT)
    return (found[0][0], found[0][1]) if found else (0, 0)


def insert_events(tx: Tx, rows: Iterable[EventRow]) -> None:
    """Add events."""
    tx.many(_INSERT_EVENT, rows)


def events_between(rows: Rows, after: int, upto: int) -> list[Event]:
    """The events with `after` < seq <= `upto`, in order."""
    return [
        Event(
            seq=seq,
            event_id=f"w{seq}",
            account=account,
            amount_minor=amount,
            currency=currency,
            balance_after_minor=balance,
            booked_at=from_ns(booked_ns),
            kind=kind,
            payment_id=payment_id,
        )
        for seq, account, amount, currency, balance, booked_ns, kind, payment_id in rows.fetch(
            _EVENTS_BETWEEN, (after, upto)
        )
    ]


def standing_at(rows: Rows, number: int, upto: int) -> tuple[int, int]:
    """An account's balance and last `seq` after all events up to `upto`."""
    found = rows.fetch(_EVENT_AT, (number, upto))
    return (found[0][0], found[0][1]) if found else (0, 0)


def find_payment(rows: Rows, payment_id: str) -> DecidedPayment | None:
    """A decided payment."""
    found = rows.fetch(_PAYMENT, (payment_id,))
    if not found:
        return None
    known, digest, code, seq = found[0]
    return DecidedPayment(payment_id=known, order_digest=digest, code=code, seq=seq)


def insert_payment(tx: Tx, payment: DecidedPayment, *, decided_ns: int) -> None:
    """Add a decided payment."""
    status = "declined" if payment.seq is None else "approved"
    row = (payment.payment_id, payment.order_digest, status, payment.code, payment.seq, decided_ns)
    tx.many(_INSERT_PAYMENT, [row])


def find_advice(rows: Rows, advice_id: str) -> TakenAdvice | None:
    """An advice that was taken."""
    found = rows.fetch(_ADVICE, (advice_id,))
    if not found:
        return None
    known, payment_id, digest, status, code, seq = found[0]
    return TakenAdvice(
        advice_id=known,
        payment_id=payment_id,
        order_digest=digest,
        status=AdviceStatus(status),
        code=code,
        seq=seq,
    )


def insert_advice(tx: Tx, advice: TakenAdvice, *, taken_ns: int) -> None:
    """Add an advice with its answer."""
    row = (
        advice.advice_id,
        advice.payment_id,
        advice.order_digest,
        advice.status.value,
        advice.code,
        advice.seq,
        taken_ns,
    )
    tx.many(_INSERT_ADVICE, [row])
