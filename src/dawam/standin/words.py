"""What capabilities and kinds of payment are called on every page. A text's id is its English wording."""

from dawam.kernel import PaymentKind
from dawam.standin.messages import Capability

CAPABILITY_TITLES: dict[Capability, str] = {
    Capability.BALANCE: "Balances",
    Capability.PAYMENT: "Payments",
    Capability.WITHDRAWAL: "Withdrawals",
    Capability.CHEQUE: "Cheques",
    Capability.STATEMENT: "Statements",
}
"""A capability as a heading."""

CAPABILITY_NAMES: dict[Capability, str] = {
    Capability.BALANCE: "balances",
    Capability.PAYMENT: "payments",
    Capability.WITHDRAWAL: "withdrawals",
    Capability.CHEQUE: "cheques",
    Capability.STATEMENT: "statements",
}
"""A capability inside a sentence."""

KIND_TITLES: dict[str, str] = {
    PaymentKind.TRANSFER: "Transfer",
    PaymentKind.CASH_IN: "Cash paid in",
    PaymentKind.CASH_OUT: "Cash taken out",
    PaymentKind.MERCHANT_PAYMENT: "Payment to a shop",
    PaymentKind.BILL_PAYMENT: "Payment of a bill",
    PaymentKind.DEBIT: "Direct debit",
    PaymentKind.CHEQUE: "Cheque",
    PaymentKind.REFUND: "Refund",
}
"""A kind of payment, as it stands in a list."""
