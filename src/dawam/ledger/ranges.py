"""What no record can hold: values that TigerBeetle's types exclude. The caller's error, not a refusal."""

from dawam.kernel import AMOUNT_MAX, InvalidInput
from dawam.ledger.model import NO_TERMS, Account, Terms, Transfer

TERM_MAX = AMOUNT_MAX - 1  # a record writes "no balance_max" as 2^63-1

_ACCOUNT_BITS = (
    ("id", 128),
    ("ledger", 32),
    ("code", 16),
    ("flags", 16),
    ("user_data_128", 128),
    ("user_data_64", 64),
    ("user_data_32", 32),
)
_TRANSFER_BITS = (
    ("id", 128),
    ("debit_account_id", 128),
    ("credit_account_id", 128),
    ("pending_id", 128),
    ("user_data_128", 128),
    ("user_data_64", 64),
    ("user_data_32", 32),
    ("timeout", 32),
    ("ledger", 32),
    ("code", 16),
    ("flags", 16),
)


def check_account(account: Account) -> None:
    """Nothing, if the account's fields fit.

    Raises: InvalidInput `account_field_out_of_range`, and what `check_terms` raises.
    """
    for field, bits in _ACCOUNT_BITS:
        if not 0 <= getattr(account, field) < 1 << bits:
            raise InvalidInput("account_field_out_of_range", field=field, bits=bits)
    if account.terms is not NO_TERMS:
        check_terms(account.terms)


def check_terms(terms: Terms) -> None:
    """Nothing, if a balance can meet all the terms at once.

    Raises: InvalidInput `account_terms_out_of_range`, `account_terms_contradict`.
    """
    for field, lowest in (("balance_min", -TERM_MAX), ("balance_max", -TERM_MAX), ("overdraft", 0)):
        value: int | None = getattr(terms, field)
        if value is not None and not lowest <= value <= TERM_MAX:
            raise InvalidInput("account_terms_out_of_range", field=field, lowest=lowest, highest=TERM_MAX)
    if terms.balance_max is None:
        return
    if terms.balance_min is not None and terms.balance_min > terms.balance_max:
        raise InvalidInput("account_terms_contradict", field="balance_min")
    if terms.overdraft is not None and -terms.overdraft > terms.balance_max:
        raise InvalidInput("account_terms_contradict", field="overdraft")


def check_transfer(transfer: Transfer) -> None:
    """Nothing, if the transfer's fields fit. An amount over 2^63-1 is the rules' affair.

    Raises: InvalidInput `transfer_field_out_of_range`.
    """
    for field, bits in _TRANSFER_BITS:
        if not 0 <= getattr(transfer, field) < 1 << bits:
            raise InvalidInput("transfer_field_out_of_range", field=field, bits=bits)
    if transfer.amount < 0:
        raise InvalidInput("transfer_field_out_of_range", field="amount", bits=63)
    if abs(transfer.effective_at) > AMOUNT_MAX:
        raise InvalidInput("transfer_field_out_of_range", field="effective_at", bits=63)
