"""A cash-out code and its life; pure.

    open -> used | cancelled | expired (by time) | ended (by its last wrong try, or with its secret)

Rules of an agent's try, in this order: a code that is not known, is over or has expired answers the same; one
that this agent has used for this amount is the same payment again, and for anybody else it is used; another
amount or currency than the customer's is a wrong try, and the last wrong try ends the code.
"""

import unicodedata
from datetime import datetime
from enum import StrEnum

import msgspec

from dawam.kernel import Conflict, InvalidInput

DIGITS = 8
_BETWEEN = frozenset(" -\u00a0\u200e\u200f\u202f")


class State(StrEnum):
    """Where a code stands."""

    OPEN = "open"
    USED = "used"
    CANCELLED = "cancelled"
    ENDED = "ended"
    EXPIRED = "expired"


class CashOut(msgspec.Struct, frozen=True, kw_only=True):
    """A code for an amount from an account; `id` is its payment's key. `digest` is None when it is over."""

    id: str
    customer: str
    institution: str
    account: str
    amount_minor: int
    currency: str
    digest: bytes | None
    turn: int
    """Which of the codes of this id it is: the first that nobody else has."""
    tries_left: int
    made_at: datetime
    expires_at: datetime
    state: State = State.OPEN
    agent_account: str | None = None
    used_at: datetime | None = None
    payment_id: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it may be used."""
        return self.state is State.OPEN and now < self.expires_at


class Seen(msgspec.Struct, frozen=True):
    """A code as its customer sees it; `code` only where it was asked for."""

    cash_out: CashOut
    state: State
    code: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent's app sends."""

    code: str
    agent_account: str
    amount_minor: int
    currency: str


def seen(cash_out: CashOut, now: datetime) -> State:
    """The state, with time taken into account."""
    if cash_out.state is State.OPEN and now >= cash_out.expires_at:
        return State.EXPIRED
    return cash_out.state


def over(cash_out: CashOut, state: State) -> CashOut:
    """Nobody can use it any longer, and its digits are free for another."""
    return msgspec.structs.replace(cash_out, state=state, digest=None)


def cancelled(cash_out: CashOut, now: datetime) -> CashOut:
    """The customer wants it no more; again is the same. Raises: Conflict `cash_out_over`."""
    if cash_out.state is State.CANCELLED:
        return cash_out
    if not cash_out.holds(now):
        raise Conflict("cash_out_over")
    return over(cash_out, State.CANCELLED)


def tried(cash_out: CashOut, asked: Asked, now: datetime) -> CashOut:
    """What an agent's try makes of a code that holds, or that was used."""
    fits = (asked.amount_minor, asked.currency) == (cash_out.amount_minor, cash_out.currency)
    if cash_out.state is State.USED:
        return cash_out
    if fits and asked.agent_account != cash_out.account:
        return msgspec.structs.replace(
            cash_out, state=State.USED, agent_account=asked.agent_account, used_at=now
        )
    left = max(0, cash_out.tries_left - 1)
    spent = msgspec.structs.replace(cash_out, tries_left=left)
    return spent if left else over(spent, State.ENDED)


def digits_of(written: str) -> str:
    """The digits of a code as people type it, in whatever script; empty when it is none."""
    plain = "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in written[:40]
        if letter not in _BETWEEN
    )
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdigit() else ""


def grouped(code: str) -> str:
    """As it is read out: two groups of four."""
    return f"{code[:4]} {code[4:]}"


def affordable(amount_minor: int, *, available_minor: int, promised_minor: int) -> None:
    """The account covers a code beside the open ones, or InvalidInput `cash_out_too_much` is raised."""
    if amount_minor > available_minor - promised_minor:
        raise InvalidInput("cash_out_too_much")
