"""Answers to a payment: values, not exceptions. Source: contracts.md, section 2; ISO 8583:1987 field 39."""

from dataclasses import dataclass
from enum import StrEnum


class DeclineCode(StrEnum):
    """Why a payment was refused, in the order in which the rules are checked."""

    INVALID_AMOUNT = "invalid_amount"
    NOT_AVAILABLE_IN_STAND_IN = "not_available_in_stand_in"
    ACCOUNT_NOT_FOUND = "account_not_found"
    ACCOUNT_FROZEN = "account_frozen"
    SUSPECTED_FRAUD = "suspected_fraud"
    OVER_LIMIT = "over_limit"
    TOO_MANY = "too_many"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ISSUER_UNAVAILABLE = "issuer_unavailable"


APPROVED = "approved"

FIELD_39: dict[str, str] = {
    APPROVED: "00",
    DeclineCode.INVALID_AMOUNT: "13",
    DeclineCode.ACCOUNT_NOT_FOUND: "14",
    DeclineCode.INSUFFICIENT_FUNDS: "51",
    DeclineCode.NOT_AVAILABLE_IN_STAND_IN: "57",
    DeclineCode.SUSPECTED_FRAUD: "59",
    DeclineCode.OVER_LIMIT: "61",
    DeclineCode.ACCOUNT_FROZEN: "62",
    DeclineCode.TOO_MANY: "65",
    DeclineCode.ISSUER_UNAVAILABLE: "91",
}


class PaymentKind(StrEnum):
    """What a payment is for."""

    TRANSFER = "transfer"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    MERCHANT_PAYMENT = "merchant_payment"
    BILL_PAYMENT = "bill_payment"
    DEBIT = "debit"
    CHEQUE = "cheque"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Approved:
    """Yes."""

    code: str = APPROVED


@dataclass(frozen=True, slots=True)
class Declined:
    """No, and why."""

    code: DeclineCode


Decision = Approved | Declined
