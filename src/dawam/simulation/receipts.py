"""What customers were told about payments, and whether the primary's books say the same.

Broken promises, each counted: one key with two payments; an answer that was final and changed; an
approved payment that the primary never booked and that nobody has parked (lost); one booked twice.
"""

from collections.abc import Collection
from datetime import datetime
from hashlib import blake2b

import msgspec

from dawam.simulation.oracle import Oracle

STAND_IN = "stand-in"
_FINAL = ("approved", "declined")


class PaymentWish(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a customer wants: the body of `POST /v1/payments` of the channel contract."""

    kind: str
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
    requested_at: datetime


class ChannelReceipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer of the channel contract; `refused` when the request itself was not accepted."""

    status: str
    payment_id: str = ""
    code: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


class Promise(msgspec.Struct):
    """One wish, and the last word on it."""

    wish: PaymentWish
    receipt: ChannelReceipt | None = None


class Promises(msgspec.Struct, frozen=True, kw_only=True):
    """What the primary's books make of what customers were told."""

    kept: int
    parked: int
    waiting: int
    lost: list[str]
    booked_twice: list[str]
    booked_though_declined: list[str]


class PaymentBook:
    """Every wish by its Idempotency-Key."""

    def __init__(self) -> None:
        self._by_key: dict[str, Promise] = {}
        self._digest = blake2b(digest_size=16)
        self.inconsistent: list[str] = []

    @property
    def trace(self) -> str:
        """A digest of all answers so far, in order: equal for equal runs."""
        return self._digest.hexdigest()

    def asked(self, key: str, wish: PaymentWish) -> None:
        """Somebody wants to pay."""
        self._by_key[key] = Promise(wish)

    def answered(self, key: str, receipt: ChannelReceipt) -> None:
        """An answer, perhaps not the first under this key."""
        self._digest.update(f"{key} {receipt}\n".encode())
        promise = self._by_key[key]
        before = promise.receipt
        if before is None:
            promise.receipt = receipt
            return
        changed = before.status in _FINAL and receipt.status in _FINAL and receipt.status != before.status
        if before.payment_id != receipt.payment_id or changed:
            self.inconsistent.append(key)
        if before.status not in _FINAL:
            promise.receipt = receipt

    def promises(self) -> list[Promise]:
        """All of them, first asked first."""
        return list(self._by_key.values())

    def pending(self) -> list[tuple[str, str]]:
        """Keys and payments of those who were told "pending" and have not looked again."""
        return [
            (key, promise.receipt.payment_id)
            for key, promise in self._by_key.items()
            if promise.receipt is not None and promise.receipt.status == "pending"
        ]

    def by_status(self, status: str) -> int:
        """How many ended so."""
        return sum(1 for receipt in self._receipts() if receipt.status == status)

    def by_code(self) -> dict[str, int]:
        """How many ended with each code, sorted by code."""
        counts: dict[str, int] = {}
        for receipt in self._receipts():
            if receipt.code:
                counts[receipt.code] = counts.get(receipt.code, 0) + 1
        return dict(sorted(counts.items()))

    def approved_in_stand_in(self) -> int:
        """How many Dawam approved in the primary's place."""
        return sum(1 for receipt in self._receipts() if _is_ours(receipt))

    def check(
        self, oracle: Oracle, *, parked: Collection[str] = (), waiting: Collection[str] = ()
    ) -> Promises:
        """Compare what was told with what is booked; `waiting` are payments not yet delivered."""
        kept, lost, twice, against = 0, list[str](), list[str](), list[str]()
        aside = {"parked": 0, "waiting": 0}
        for receipt in self._receipts():
            times = oracle.times_booked(receipt.payment_id) if receipt.payment_id else 0
            if times > 1:
                twice.append(receipt.payment_id)
            elif receipt.status == "approved" and times == 1:
                kept += 1
            elif receipt.status == "approved" and receipt.payment_id in parked:
                aside["parked"] += 1
            elif receipt.status == "approved" and receipt.payment_id in waiting:
                aside["waiting"] += 1
            elif receipt.status == "approved":
                lost.append(receipt.payment_id)
            elif receipt.status == "declined" and times:
                against.append(receipt.payment_id)
        return Promises(kept=kept, **aside, lost=lost, booked_twice=twice, booked_though_declined=against)

    def _receipts(self) -> list[ChannelReceipt]:
        return [promise.receipt for promise in self._by_key.values() if promise.receipt is not None]


def _is_ours(receipt: ChannelReceipt) -> bool:
    return receipt.status == "approved" and receipt.decided_by == STAND_IN
