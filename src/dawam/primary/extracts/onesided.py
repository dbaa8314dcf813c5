"""One-sided rows: one account, an amount, the balance after it -> movements in order, opening balances."""

import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.files import ROW
from dawam.primary.extracts.mapping import (
    AccountSection,
    AmountSection,
    Mapping,
    MoneySection,
    Opening,
    Order,
)
from dawam.primary.extracts.moments import MOMENT, SLOT
from dawam.primary.extracts.money import CURRENCY, bounded, minor_of
from dawam.primary.extracts.movements import Movements, accounts_of
from dawam.primary.extracts.order import Step, Stuck, order_by_balances
from dawam.primary.extracts.sequence import line_of
from dawam.primary.extracts.words import KIND, REFERENCE, REFUSED


def one_sided(frame: pl.DataFrame, mapping: Mapping, account: AccountSection, *, file: str) -> Movements:
    """Movements and refused attempts. A refused row's balance is not looked at.

    Raises: InvalidInput `extract_account_missing`, `extract_direction_unknown`,
    `extract_balance_contradicts`, `extract_order_not_found`, `extract_currency_differs`; those of `money`.
    """
    frame = _prepared(frame, mapping, account, file=file)
    booked = frame.filter(~pl.col(REFUSED))
    currencies = accounts_of(booked, file=file)
    after = minor_of(booked, "account.balance_after", mapping.money, file=file, column=account.balance_after)
    booked = booked.with_columns(after.alias("balance_after"))
    if mapping.rows.order is Order.BALANCES:
        booked = _in_balance_order(booked, account, mapping.money, file=file)
    booked, openings = _followed(booked, account, mapping.money, file=file)
    attempts = frame.filter(pl.col(REFUSED)).with_columns(pl.col("amount").abs())
    moved = booked.filter(pl.col("amount") != 0)
    return Movements(
        booked=moved,
        attempts=attempts,
        openings=openings,
        currencies=currencies,
        unchanged=booked.height - moved.height,
    )


def _prepared(frame: pl.DataFrame, mapping: Mapping, account: AccountSection, *, file: str) -> pl.DataFrame:
    names = frame["account.column"].str.strip_chars()
    if (names == "").any():
        line = line_of(frame, names == "")
        raise InvalidInput("extract_account_missing", file=file, line=line, column=account.column)
    amounts = _amounts(frame, mapping.amount or AmountSection(), mapping.money, file=file)
    other = pl.lit(None, dtype=pl.String)
    if account.counterparty:
        told = pl.col("account.counterparty").str.strip_chars()
        other = pl.when(told != "").then(told)
    keep = [ROW, MOMENT, SLOT, CURRENCY, KIND, REFERENCE, REFUSED, "account.balance_after"]
    return frame.select(*keep, names.alias("account"), amounts.alias("amount"), other.alias("counterparty"))


def _amounts(frame: pl.DataFrame, amount: AmountSection, money: MoneySection, *, file: str) -> pl.Series:
    """Signed from the account's view, by whichever of the three ways the mapping names."""
    if amount.column is None:
        return _two_columns(frame, amount, money, file=file)
    amounts = minor_of(frame, "amount.column", money, file=file, column=amount.column)
    if amount.direction is None:
        return amounts
    told = frame["amount.direction"].str.strip_chars()
    signs = dict.fromkeys(amount.credit or [], 1) | dict.fromkeys(amount.debit or [], -1)
    factors = told.replace_strict(signs, default=None, return_dtype=pl.Int64)
    if factors.null_count():
        word = told[factors.is_null().arg_max() or 0]
        raise InvalidInput(
            "extract_direction_unknown",
            file=file,
            line=line_of(frame, factors.is_null()),
            column=amount.direction,
            value=word[:40],
        )
    return amounts * factors


def _two_columns(frame: pl.DataFrame, amount: AmountSection, money: MoneySection, *, file: str) -> pl.Series:
    """Credit less debit; an empty cell is nothing, two empty cells are no amount."""
    credit, debit = "amount.credit_column", "amount.debit_column"
    empty = {setting: frame[setting].str.strip_chars() == "" for setting in (credit, debit)}
    both = empty[credit] & empty[debit]
    if both.any():
        column = amount.credit_column or ""
        raise InvalidInput("extract_amount_malformed", file=file, line=line_of(frame, both), column=column)
    filled = frame.with_columns(
        pl.when(empty[setting]).then(pl.lit("0")).otherwise(pl.col(setting)).alias(setting)
        for setting in empty
    )
    credits = minor_of(filled, credit, money, file=file, column=amount.credit_column or "")
    debits = minor_of(filled, debit, money, file=file, column=amount.debit_column or "")
    moved = credits.cast(pl.Int128) - debits.cast(pl.Int128)
    return bounded(frame, moved, file=file, column=amount.credit_column or "")


def _in_balance_order(
    booked: pl.DataFrame, account: AccountSection, money: MoneySection, *, file: str
) -> pl.DataFrame:
    """The same rows; those of one account and moment change places among themselves."""
    opening = 0 if account.opening is Opening.ZERO else None
    steps = list(
        map(Step, booked[MOMENT].to_list(), booked["amount"].to_list(), booked["balance_after"].to_list())
    )
    order = list(range(len(steps)))
    by_account = booked.with_row_index("place").group_by("account", maintain_order=True)
    crowded = by_account.agg("place", moments=pl.col(MOMENT).n_unique()).filter(
        pl.col("moments") < pl.col("place").list.len()
    )
    for held in crowded["place"].to_list():
        found = order_by_balances(
            [steps[place] for place in held], opening_minor=opening, tolerance_minor=money.tolerance_minor
        )
        if isinstance(found, Stuck):
            raise _no_order(found, line=booked[ROW][held[found.at]], money=money, file=file)
        for slot, chosen in zip(held, found, strict=True):
            order[slot] = held[chosen]
    return booked.drop(SLOT)[order].with_columns(booked[SLOT])


def _no_order(stuck: Stuck, *, line: int, money: MoneySection, file: str) -> InvalidInput:
    if stuck.gave_up:
        return InvalidInput("extract_order_not_found", file=file, line=line)
    return InvalidInput(
        "extract_balance_contradicts", file=file, line=line, tolerance_minor=money.tolerance_minor
    )


def _followed(
    booked: pl.DataFrame, account: AccountSection, money: MoneySection, *, file: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows, each balance checked against the one before; and what each account opened with."""
    amount, after = pl.col("amount").cast(pl.Int128), pl.col("balance_after").cast(pl.Int128)
    opening = pl.lit(0, dtype=pl.Int128) if account.opening is Opening.ZERO else after - amount
    before = after.shift(1).over("account").fill_null(opening)
    booked = booked.with_columns(before.alias("before"))
    off = booked.select((pl.col("before") + amount - after).abs() > money.tolerance_minor).to_series()
    if off.any():
        raise InvalidInput(
            "extract_balance_contradicts",
            file=file,
            line=line_of(booked, off),
            tolerance_minor=money.tolerance_minor,
        )
    before_minor = bounded(booked, booked["before"], file=file, column=account.balance_after)
    # An amount of 0 with a balance that moved within the tolerance: the balance decides.
    change = (
        pl.when(pl.col("amount") == 0).then(pl.col("balance_after") - pl.col("before")).otherwise("amount")
    )
    booked = booked.with_columns(before_minor).with_columns(change.alias("amount"))
    first = booked.unique("account", keep="first", maintain_order=True)
    return booked, dict(zip(first["account"].to_list(), first["before"].to_list(), strict=True))
