"""When a question counts as answered, when nobody answered, and when a shown balance was wrong. Pure.

| Question | Answered | Left without an answer |
|---|---|---|
| a balance | shown | withheld |
| a payment, a withdrawal, a cheque | approved, or declined for a reason of its own | pending; declined with \
`issuer_unavailable` or `not_available_in_stand_in` |
| a statement | shown | not there, because nothing was ever mirrored |

A call that fails leaves its question without an answer too. That there is no such account says nothing, and a
payment that is sent again under its key is no new question.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from dawam.kernel import DeclineCode, from_ns
from dawam.primary import Held
from dawam.standin.messages import Capability, PaymentState, Receipt, Shown, Source

MINUTE = timedelta(minutes=1)
MINUTE_NS = 60_000_000_000
_NO_ANSWERS = frozenset((DeclineCode.ISSUER_UNAVAILABLE.value, DeclineCode.NOT_AVAILABLE_IN_STAND_IN.value))


class Minute(msgspec.Struct, frozen=True, kw_only=True):
    """How many questions of a capability, asked in the minute from `at`, were answered or were not."""

    capability: Capability
    at: datetime
    answered: int
    unanswered: int


class BalanceChecks(msgspec.Struct, frozen=True, kw_only=True):
    """How many balances were shown, how many of them were checked again, and how many of those were wrong."""

    shown: int = 0
    checked: int = 0
    wrong: int = 0


def is_answered(receipt: Receipt) -> bool:
    """Whether a payment got an answer that means something to the customer."""
    if receipt.status is PaymentState.PENDING:
        return False
    return receipt.status is PaymentState.APPROVED or receipt.code not in _NO_ANSWERS


def is_right(shown: Shown, held: Held) -> bool:
    """Whether the account held the shown amount, in that currency, as of the moment shown beside it.

    The mirror's own answer must hold every booking that it had; the primary's, which knows only its moment,
    may be the balance between two bookings of that very moment.
    """
    if shown.currency != held.currency:
        return False
    if shown.balance_minor == held.balance_minor:
        return True
    return shown.source is Source.PRIMARY and shown.balance_minor in held.meanwhile_minor


def minute_of(moment_ns: int) -> int:
    """The beginning of the moment's minute, in nanoseconds since 1970."""
    return moment_ns - moment_ns % MINUTE_NS


def unanswered_times(minutes: Iterable[Minute]) -> dict[Capability, list[tuple[datetime, datetime]]]:
    """The times, from a minute's beginning to another's, in which nobody answered, by capability.

    The rule: nobody answered in a minute in which more questions were left without an answer than were
    answered. A minute in which nobody asked says nothing, so it ends such a time and begins none.
    """
    found: dict[Capability, list[tuple[datetime, datetime]]] = {}
    silent = [one for one in minutes if one.unanswered > one.answered]
    silent.sort(key=lambda one: (one.capability, one.at))
    for capability, its in groupby(silent, key=lambda one: one.capability):
        times = found.setdefault(capability, [])
        for minute in its:
            if times and times[-1][1] == minute.at:
                times[-1] = (times[-1][0], minute.at + MINUTE)
            else:
                times.append((minute.at, minute.at + MINUTE))
    return found


def minute(capability: str, at_ns: int, answered: int, unanswered: int) -> Minute:
    """The minute of a row."""
    return Minute(
        capability=Capability(capability), at=from_ns(at_ns), answered=answered, unanswered=unanswered
    )
