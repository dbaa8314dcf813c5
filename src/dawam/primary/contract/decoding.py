"""Bytes of a primary to messages: strict, and without ever quoting what they say.

A missing field, a wrong type, a number that is not an integer or beyond 2^63-1, a time without a zone, an
unknown status, an answer about something else than was asked: all are `malformed`, never a default.
"""

from typing import TypeVar

import msgspec

from dawam.primary.link import Fault, PrimaryFailure
from dawam.primary.messages import (
    AdviceAnswer,
    BalanceAnswer,
    EventPage,
    Health,
    PaymentAnswer,
    SnapshotEnd,
    SnapshotLine,
)

T = TypeVar("T")

HEALTH = msgspec.json.Decoder(Health)
BALANCE = msgspec.json.Decoder(BalanceAnswer)
PAGE = msgspec.json.Decoder(EventPage)
PAYMENT = msgspec.json.Decoder(PaymentAnswer)
ADVICE = msgspec.json.Decoder(AdviceAnswer)
_LINE = msgspec.json.Decoder(SnapshotLine)
_END = msgspec.json.Decoder(SnapshotEnd)


class _Problem(msgspec.Struct):
    """The part of an RFC 9457 answer that decides."""

    code: str = ""


_PROBLEM = msgspec.json.Decoder(_Problem)


def decode(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    """The message. Raises: PrimaryFailure malformed."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise malformed(_place_of(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed("not JSON") from None


def snapshot_line(line: bytes) -> SnapshotLine | SnapshotEnd:
    """One line of a snapshot. Raises: PrimaryFailure malformed."""
    try:
        return _LINE.decode(line)
    except msgspec.ValidationError as error:
        try:
            end = _END.decode(line)
        except msgspec.ValidationError:
            raise malformed(_place_of(error)) from None
        if not end.end:
            raise malformed("end is not true") from None
        return end
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise malformed("not JSON") from None


def problem_code(body: bytes) -> str:
    """The `code` of a problem answer; empty when there is none."""
    try:
        return _PROBLEM.decode(body).code
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def malformed(detail: str) -> PrimaryFailure:
    """The request was answered, unusably: what it did is unknown."""
    return PrimaryFailure(Fault.MALFORMED, sent=True, detail=detail)


def _place_of(error: msgspec.ValidationError) -> str:
    """The path in the message, without any value of it."""
    text = str(error)
    place = text.rpartition(" - at `")[2].rstrip("`")
    if "missing required field" in text:
        return text.partition(" - at ")[0]
    return place[:80] if place != text else "wrong type"
