"""A payment on its way from the first form to its receipt; pure.

    begun (payee) -> priced (amount) -> confirmed -> paid

Until it is confirmed everything may be changed, and each change makes a new version: a page that shows an
older one cannot confirm it. Confirmed once, it is the same payment however often the button is pressed.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from dawam.kernel import Conflict, InvalidInput
from dawam.people import Match

ACCOUNT_MAX = 64
NAME_MAX = 200


class Check(StrEnum):
    """What could be found out about the payee's name."""

    MATCH = "match"
    CLOSE = "close"
    NO_MATCH = "no_match"
    OWN = "own"
    ELSEWHERE = "elsewhere"


CHECKED: dict[Match, Check] = {
    Match.MATCH: Check.MATCH,
    Match.CLOSE: Check.CLOSE,
    Match.NO_MATCH: Check.NO_MATCH,
}


class Send(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of a customer; `id` is that of the form that began it, and the payment's key."""

    id: str
    customer: str
    institution: str
    account: str
    currency: str
    payee_account: str
    payee_name: str
    check: Check
    made_at: datetime
    version: int = 1
    amount_minor: int | None = None
    confirmed_at: datetime | None = None
    payment_id: str | None = None

    def same_payee(self, other: "Send") -> bool:
        """Whether the other says the same as the first form did."""
        return (self.institution, self.account, self.payee_account, self.payee_name) == (
            other.institution,
            other.account,
            other.payee_account,
            other.payee_name,
        )


def payee_of(account: str, name: str, *, payer: str) -> tuple[str, str]:
    """Account and name of a payee, when they can be.

    Raises: InvalidInput `payee_account_malformed`, `payee_is_payer`, `payee_unnamed`.
    """
    number, said = account.strip(), " ".join(name.split())
    if not 0 < len(number) <= ACCOUNT_MAX or not number.isprintable():
        raise InvalidInput("payee_account_malformed", longest=ACCOUNT_MAX)
    if number == payer:
        raise InvalidInput("payee_is_payer")
    if not 0 < len(said) <= NAME_MAX:
        raise InvalidInput("payee_unnamed", longest=NAME_MAX)
    return number, said


def rewritten(known: Send, wanted: Send) -> Send:
    """The first form sent again with something else. Raises: Conflict `send_confirmed`."""
    _still_open(known)
    return msgspec.structs.replace(wanted, amount_minor=known.amount_minor, version=known.version + 1)


def priced(send: Send, amount_minor: int, *, sure: bool) -> Send:
    """With its amount.

    Raises: Conflict `send_confirmed`; InvalidInput `payee_not_checked`, when the name does not match and
    the customer has not said that it is right.
    """
    _still_open(send)
    if send.check is Check.NO_MATCH and not sure:
        raise InvalidInput("payee_not_checked")
    if send.amount_minor == amount_minor:
        return send
    return msgspec.structs.replace(send, amount_minor=amount_minor, version=send.version + 1)


def confirmed(send: Send, *, version: int, lasts_s: float, now: datetime) -> Send:
    """The customer's last word; again it is the same. Raises: Conflict `send_changed`, `send_too_old`."""
    if send.confirmed_at is not None:
        return send
    if send.amount_minor is None or send.version != version:
        raise Conflict("send_changed")
    if now - send.made_at > timedelta(seconds=lasts_s):
        raise Conflict("send_too_old")
    return msgspec.structs.replace(send, confirmed_at=now)


def _still_open(send: Send) -> None:
    if send.confirmed_at is not None:
        raise Conflict("send_confirmed")
