"""What an app may ask, read strictly: every rule about the channel contract's input stands here.

Accounts are 1 to 64 printable characters; keys 1 to 255 visible ASCII characters; amounts whole numbers of
minor units from 1 to 2^63-1; moments carry a zone; a page holds 1 to 200 entries.
"""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from dawam.kernel import AMOUNT_MAX, InvalidInput, PaymentKind, currency_of
from dawam.standin import PaymentRequest
from dawam.web import decode

ACCOUNT_LENGTH_MAX: Final = 64
KEY_LENGTH_MAX: Final = 255
LIMIT_DEFAULT: Final = 50
LIMIT_MAX: Final = 200
_REASON_LENGTH_MAX: Final = 500
_REPLACEMENT: Final = "\ufffd"  # what a server makes of bytes that are not UTF-8

_KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_LENGTH_MAX}}}", re.ASCII)
_CURSOR = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
_KINDS = frozenset(kind.value for kind in PaymentKind)


class PaymentBody(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The body of `POST /v1/payments`, as it came."""

    kind: str
    debit_account: str
    credit_account: str
    amount_minor: int
    currency: str
    requested_at: datetime


def account_of(text: str, field: str = "account") -> str:
    """An account's name, unchanged.

    Raises: InvalidInput `account_malformed`.
    """
    is_plain = text.isprintable() and text == text.strip() and _REPLACEMENT not in text
    if is_plain and 0 < len(text) <= ACCOUNT_LENGTH_MAX:
        return text
    raise InvalidInput("account_malformed", field=field, length=len(text), longest=ACCOUNT_LENGTH_MAX)


def key_of(text: str | None) -> str:
    """The Idempotency-Key.

    Raises: InvalidInput `idempotency_key_missing`, `idempotency_key_malformed`.
    """
    if not text:
        raise InvalidInput("idempotency_key_missing")
    if not _KEY.fullmatch(text):
        raise InvalidInput("idempotency_key_malformed", longest=KEY_LENGTH_MAX)
    return text


def limit_of(text: str | None) -> int:
    """How many entries a page shall hold.

    Raises: InvalidInput `limit_out_of_range`.
    """
    if text is None:
        return LIMIT_DEFAULT
    if text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LIMIT_MAX:
        return int(text)
    raise InvalidInput("limit_out_of_range", most=LIMIT_MAX)


def cursor_of(text: str | None) -> str | None:
    """The place in a statement that an earlier page named `next`; opaque.

    Raises: InvalidInput `cursor_malformed`.
    """
    if text is None or _CURSOR.fullmatch(text):
        return text
    raise InvalidInput("cursor_malformed")


def payment_of(body: bytes) -> PaymentRequest:
    """The payment that a body asks for.

    Raises: InvalidInput `body_not_json`, `body_too_deep`, `body_field_unknown`, `body_field_missing`,
    `body_field_invalid`, `invalid_amount`, `payment_kind_unknown`, `account_malformed`, `accounts_equal`,
    `currency_unknown`, `time_without_zone`, `time_malformed`, in this order.
    """
    asked = _decoded(body)
    if not 0 < asked.amount_minor <= AMOUNT_MAX:
        raise _amount()
    if asked.kind not in _KINDS:
        raise InvalidInput("payment_kind_unknown", kinds=", ".join(PaymentKind))
    debit_account = account_of(asked.debit_account, "debit_account")
    credit_account = account_of(asked.credit_account, "credit_account")
    if debit_account == credit_account:
        raise InvalidInput("accounts_equal")
    return PaymentRequest(
        kind=asked.kind,
        debit_account=debit_account,
        credit_account=credit_account,
        amount_minor=asked.amount_minor,
        currency=currency_of(asked.currency).code,
        requested_at=_moment_of(asked.requested_at),
    )


def reason_of(text: str) -> str:
    """Why a person commands something; kept with the record.

    Raises: InvalidInput `reason_malformed`.
    """
    kept = text.strip()
    if 0 < len(kept) <= _REASON_LENGTH_MAX and kept.isprintable():
        return kept
    raise InvalidInput("reason_malformed", longest=_REASON_LENGTH_MAX)


def _decoded(body: bytes) -> PaymentBody:
    try:
        return decode(body, PaymentBody)
    except InvalidInput as error:
        if error.code == "body_field_invalid" and error.params["where"] == "$.amount_minor":
            raise _amount() from None
        raise


def _moment_of(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput("time_without_zone", value=moment.isoformat())
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput("time_malformed", value=moment.isoformat()) from None


def _amount() -> InvalidInput:
    return InvalidInput("invalid_amount", most=AMOUNT_MAX)
