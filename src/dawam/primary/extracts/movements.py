"""What rows say, whichever way they are written: movements in order, refused attempts, accounts."""

from dataclasses import dataclass

import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.money import CURRENCY
from dawam.primary.extracts.sequence import line_of


@dataclass(frozen=True, slots=True)
class Movements:
    """What the rows of an extract say.

    `booked` and `attempts` hold row, account, amount, currency, kind, reference, counterparty and slot;
    `booked` also balance_after. `currencies` and `openings` are by account, in order of appearance.
    """

    booked: pl.DataFrame
    attempts: pl.DataFrame
    openings: dict[str, int]
    currencies: dict[str, str]
    unchanged: int


def accounts_of(frame: pl.DataFrame, *, file: str) -> dict[str, str]:
    """The currency of each account. Raises: InvalidInput `extract_currency_differs`, when it has two."""
    first = pl.col(CURRENCY).first().over("account")
    differs = frame.select(pl.col(CURRENCY) != first).to_series()
    if differs.any():
        raise InvalidInput("extract_currency_differs", file=file, line=line_of(frame, differs))
    accounts = frame.unique("account", keep="first", maintain_order=True)
    return dict(zip(accounts["account"].to_list(), accounts[CURRENCY].to_list(), strict=True))
