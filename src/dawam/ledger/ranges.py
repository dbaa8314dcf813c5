"""What no record can hold: values that TigerBeetle's types exclude. The caller's error, not a refusal."""

from dawam.kernel import AMOUNT_MAX, InvalidInput
from dawam.ledger.model import Account, Transfer

_ACCOUNT_BITS = (
    ("id", 128),
    ("ledger", 32),
    ("code", 16),
    ("flags", 16),
    ("user_data_128", 128),
    ("user_data_64", 63),
    ("user_data_32", 32),
)
_TRANSFER_BITS = (
    ("id", 128),
    ("debit_account_id", 128),
    ("credit_account_id", 128),
    ("pending_id", 128),
    ("user_data_128", 128),
    ("user_data_64", 63),
    ("user_data_32", 32),
    ("timeout", 32),
    ("ledger", 32),
    ("code", 16),
    ("flags", 16),
)


def check_account(account: Account) -> None:
    """Nothing, if the account's fields fit.

    Raises: InvalidInput `account_field_out_of_range`.
    """
    for field, bits in _ACCOUNT_BITS:
        if not 0 <= getattr(account, field) < 1 << bits:
            raise InvalidInput("account_field_out_of_range", field=field, bits=bits)


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
