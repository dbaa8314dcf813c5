"""What a wallet is, and every decision on it: pure, in documented order of precedence.

Payments (`decide_payment`): invalid_amount, account_not_found, account_frozen, over_limit,
insufficient_funds, approved. Advices (`decide_advice`): the same advice again, another order under a known
id, a payment already decided, then the rules of a payment. A freeze stops payments out, never in. An account
in another currency, or closed, is not found; nor is a payee that is the payer. Page: docs/wallet.md.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import TypeGuard

import msgspec
from msgspec.structs import replace

from dawam.kernel import (
    AMOUNT_MAX,
    APPROVED,
    Approved,
    Decision,
    DeclineCode,
    Declined,
    InvalidInput,
    PaymentKind,
)


class AccountKind(StrEnum):
    """Whose wallet it is. An agent's balance is its float; settlement accounts are not wallets."""

    CUSTOMER = "customer"
    AGENT = "agent"
    MERCHANT = "merchant"


class AccountStatus(StrEnum):
    """Whether money may move: in and out, in only, not at all."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


class WalletAccount(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A wallet as of its last event.

    `guarded` accounts never go below minus their overdraft, whatever is booked; the others may, by a
    booking that is not a payment: an institution's own extract is played as it is.
    """

    number: int
    account: str
    provider: str
    kind: AccountKind
    currency: str
    status: AccountStatus = AccountStatus.OPEN
    overdraft_minor: int = 0
    guarded: bool = True
    balance_minor: int = 0
    last_seq: int = 0
    booked_ns: int = 0

    @property
    def spendable_minor(self) -> int:
        """What may still be paid out of it; never negative."""
        return max(0, self.balance_minor + self.overdraft_minor)


class Order(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What is to be moved: the part of a payment or an advice by which two are the same."""

    kind: PaymentKind
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str

    def digest(self) -> bytes:
        """32 bytes, equal for equal orders."""
        fields = (self.kind.value, self.debit_account, self.credit_account, self.amount_minor, self.currency)
        return sha256(ascii(fields).encode()).digest()


class DecidedPayment(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A payment that was decided here, or booked by an advice. `seq` is its first event's."""

    payment_id: str
    order_digest: bytes
    code: str
    seq: int | None


class AdviceStatus(StrEnum):
    """What became of an advice."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    REJECTED = "rejected"


class TakenAdvice(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An advice and the answer that it was given."""

    advice_id: str
    payment_id: str
    order_digest: bytes
    status: AdviceStatus
    code: str
    seq: int | None


class AdviceOutcome(msgspec.Struct, frozen=True, gc=False):
    """The answer to an advice; with `APPLIED` the order is to be booked now."""

    status: AdviceStatus
    code: str
    seq: int | None = None


PAYMENT_MISMATCH = "payment_mismatch"


def decide_payment(order: Order, debit: WalletAccount | None, credit: WalletAccount | None) -> Decision:
    """Whether the order may be booked. Pure; the rules in the order of `DeclineCode`."""
    if not 0 < order.amount_minor <= AMOUNT_MAX:
        return Declined(DeclineCode.INVALID_AMOUNT)
    if not _is_usable(debit, order.currency) or not _is_usable(credit, order.currency):
        return Declined(DeclineCode.ACCOUNT_NOT_FOUND)
    if debit.number == credit.number:
        return Declined(DeclineCode.ACCOUNT_NOT_FOUND)
    if debit.status is AccountStatus.FROZEN:
        return Declined(DeclineCode.ACCOUNT_FROZEN)
    if credit.balance_minor > AMOUNT_MAX - order.amount_minor:
        return Declined(DeclineCode.OVER_LIMIT)
    if order.amount_minor > debit.spendable_minor:
        return Declined(DeclineCode.INSUFFICIENT_FUNDS)
    return Approved()


def _is_usable(account: WalletAccount | None, currency: str) -> TypeGuard[WalletAccount]:
    return account is not None and account.status is not AccountStatus.CLOSED and account.currency == currency


def decide_advice(
    order: Order,
    *,
    payment_id: str,
    advice: TakenAdvice | None,
    payment: DecidedPayment | None,
    debit: WalletAccount | None,
    credit: WalletAccount | None,
) -> AdviceOutcome:
    """What to answer to an advice; `advice` and `payment` are what is known under its two ids.

    A rejection stays one for this `advice_id`, however late a copy of it arrives: whoever was told of it
    may have settled the matter otherwise. A new advice for the same payment is judged anew.
    """
    digest = order.digest()
    if advice is not None:
        if advice.order_digest != digest or advice.payment_id != payment_id:
            return AdviceOutcome(AdviceStatus.REJECTED, PAYMENT_MISMATCH)
        if advice.status is AdviceStatus.REJECTED:
            return AdviceOutcome(AdviceStatus.REJECTED, advice.code)
        return AdviceOutcome(AdviceStatus.ALREADY_APPLIED, advice.code, advice.seq)
    if payment is not None:
        if payment.order_digest != digest:
            return AdviceOutcome(AdviceStatus.REJECTED, PAYMENT_MISMATCH)
        if payment.seq is None:
            return AdviceOutcome(AdviceStatus.REJECTED, payment.code)
        return AdviceOutcome(AdviceStatus.ALREADY_APPLIED, payment.code, payment.seq)
    decision = decide_payment(order, debit, credit)
    if isinstance(decision, Declined):
        return AdviceOutcome(AdviceStatus.REJECTED, decision.code)
    return AdviceOutcome(AdviceStatus.APPLIED, APPROVED)


class BookingFault(StrEnum):
    """Why a booking cannot stand."""

    AMOUNT = "amount"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    BELOW_ZERO = "below_zero"


def judge_booking(account: WalletAccount | None, amount_minor: int) -> BookingFault | None:
    """What forbids a single-sided booking, if anything. A freeze does not: the institution itself books."""
    if amount_minor == 0 or abs(amount_minor) > AMOUNT_MAX:
        return BookingFault.AMOUNT
    if account is None:
        return BookingFault.UNKNOWN
    if account.status is AccountStatus.CLOSED:
        return BookingFault.CLOSED
    after = account.balance_minor + amount_minor
    if abs(after) > AMOUNT_MAX:
        return BookingFault.AMOUNT
    if account.guarded and after < -account.overdraft_minor:
        return BookingFault.BELOW_ZERO
    return None


def moved(account: WalletAccount, amount_minor: int, seq: int, booked_ns: int) -> WalletAccount:
    """The account after an event."""
    balance_minor = account.balance_minor + amount_minor
    return replace(account, balance_minor=balance_minor, last_seq=seq, booked_ns=booked_ns)


KIND_NUMBERS: Mapping[str, int] = {kind: number for number, kind in enumerate(PaymentKind, start=1)}
"""The ledger's transfer codes of payments."""
BOOKING_NUMBER = 100
"""The ledger's transfer code of a booking that is no payment."""
ACCOUNT_NUMBERS: Mapping[str, int] = {kind: number for number, kind in enumerate(AccountKind, start=1)}
"""The ledger's account codes."""
SETTLEMENT_NUMBER = 9
"""The ledger's account code of a provider's settlement account."""

_PROVIDER = re.compile(r"[a-z][a-z0-9]{0,15}", re.ASCII)
_FORBIDDEN_IN_ACCOUNT = re.compile(r"[\s/?#%]")


def check_provider(provider: str, index: int) -> None:
    """A provider's prefix: lower-case letters and digits, a letter first, at most 16.

    Raises: InvalidInput `provider_invalid`.
    """
    if not _PROVIDER.fullmatch(provider):
        raise InvalidInput("provider_invalid", index=index)


def check_account_text(account: str, index: int) -> None:
    """An account's name: 1 to 64 visible characters that need no escaping in a path.

    Raises: InvalidInput `account_text_invalid`.
    """
    if not 0 < len(account) <= 64 or not account.isprintable() or _FORBIDDEN_IN_ACCOUNT.search(account):
        raise InvalidInput("account_text_invalid", index=index)
