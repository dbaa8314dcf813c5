"""A wallet core in memory on a clock that the test moves."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from dawam.kernel import PaymentKind, TimeOrderedIds, World
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.storage import Storage
from dawam.wallet import TABLES, AdviceRequest, Booking, OpenAccount, PaymentRequest, Wallet

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        """The moment that was set."""
        return self.moment

    def monotonic(self) -> float:
        """Seconds since the start."""
        return (self.moment - START).total_seconds()

    def move(self, seconds: float) -> None:
        """Let time pass, or run backwards."""
        self.moment += timedelta(seconds=seconds)


class Bench:
    """A wallet core with all that is around it."""

    def __init__(self, url: str = "sqlite://") -> None:
        self.url = url
        self.clock = SetClock()
        self.open()

    def open(self) -> None:
        """Open the books, new or once more."""
        self.storage = Storage.open(self.url, tables=[*LEDGER_TABLES, *TABLES], inline=True)
        self.ledger = Ledger(self.storage)
        entropy = Random(1)
        self.wallet = Wallet(
            self.storage, self.ledger, World(self.clock, TimeOrderedIds(self.clock, entropy), entropy)
        )
        self.payments = 0

    def close(self) -> None:
        """Let go of the books."""
        self.storage.close()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run one verb."""
        return asyncio.run(work)

    def account(self, name: str, balance_minor: int = 0, **more: Any) -> str:
        """Open an account with a balance."""
        self.do(self.wallet.open(OpenAccount(**{"provider": "vfc", "currency": "EGP"} | more, account=name)))
        if balance_minor:
            self.do(self.wallet.book(Booking(account=name, amount_minor=balance_minor)))
        return name

    def payment(self, payer: str, payee: str, amount_minor: int, **more: Any) -> PaymentRequest:
        """A payment with a new id."""
        self.payments += 1
        fields = {
            "payment_id": f"p{self.payments}",
            "kind": PaymentKind.TRANSFER,
            "currency": "EGP",
            "requested_at": START,
        }
        return PaymentRequest(
            debit_account=payer,
            credit_account=payee,
            amount_minor=amount_minor,
            **fields | more,  # type: ignore[arg-type]
        )

    def advice(self, payment: PaymentRequest, advice_id: str) -> AdviceRequest:
        """The advice of a payment that was decided elsewhere."""
        return AdviceRequest(
            advice_id=advice_id,
            payment_id=payment.payment_id,
            kind=payment.kind,
            debit_account=payment.debit_account,
            credit_account=payment.credit_account,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            decided_at=START,
        )

    def pay(self, payer: str, payee: str, amount_minor: int, **more: Any) -> str:
        """Ask for a payment; its code."""
        code = self.do(self.wallet.pay(self.payment(payer, payee, amount_minor, **more))).code
        assert isinstance(code, str)
        return code


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()
