"""Two-sided rows: each account with its balances before and after -> movements in order, opening balances."""

import polars as pl

from dawam.kernel import InvalidInput
from dawam.primary.extracts.files import ROW
from dawam.primary.extracts.mapping import Mapping, SideSection
from dawam.primary.extracts.moments import SLOT
from dawam.primary.extracts.money import CURRENCY, bounded, minor_of
from dawam.primary.extracts.movements import Movements, accounts_of
from dawam.primary.extracts.sequence import line_of
from dawam.primary.extracts.words import KIND, REFERENCE, REFUSED

_PLACE, _SIDE = "place", "side"


def two_sided(
    frame: pl.DataFrame, mapping: Mapping, origin: SideSection, destination: SideSection, *, file: str
) -> Movements:
    """A movement for each side whose balance changed; the balances decide by how much, not the amount.

    Raises: InvalidInput `extract_account_missing`, `extract_balance_contradicts`,
    `extract_refused_changes_balance`, `extract_currency_differs`, and those of `money`.
    """
    frame = frame.with_row_index(_PLACE).with_columns(
        pl.col("origin.account", "destination.account").str.strip_chars()
    )
    neither = frame.select(
        (pl.col("origin.account") == "") & (pl.col("destination.account") == "")
    ).to_series()
    if neither.any():
        line = line_of(frame, neither)
        raise InvalidInput("extract_account_missing", file=file, line=line, column=origin.account)
    named = (("origin", "destination", origin), ("destination", "origin", destination))
    sides = pl.concat(
        [
            _side(frame, mapping, section, name=name, other=other, number=number, file=file)
            for number, (name, other, section) in enumerate(named)
        ]
    ).sort(_PLACE, _SIDE)
    currencies = accounts_of(sides, file=file)
    _check_follows(sides, mapping.money.tolerance_minor, file=file)
    moved = sides.filter(pl.col("amount") != 0)
    _check_refused(moved, file=file)
    first = sides.unique("account", keep="first", maintain_order=True)
    booked_rows = frame.height - int(frame[REFUSED].sum())
    return Movements(
        booked=moved,
        attempts=_attempts(frame, mapping, file=file),
        openings=dict(zip(first["account"].to_list(), first["before"].to_list(), strict=True)),
        currencies=currencies,
        unchanged=booked_rows - moved[_PLACE].n_unique(),
    )


def _side(
    frame: pl.DataFrame,
    mapping: Mapping,
    section: SideSection,
    *,
    name: str,
    other: str,
    number: int,
    file: str,
) -> pl.DataFrame:
    """The rows in which this side is filled, with its balances and their difference."""
    filled = frame.filter(pl.col(f"{name}.account") != "")
    before, after = (
        minor_of(filled, f"{name}.{setting}", mapping.money, file=file, column=column)
        for setting, column in (
            ("balance_before", section.balance_before),
            ("balance_after", section.balance_after),
        )
    )
    change = after.cast(pl.Int128) - before.cast(pl.Int128)
    opposite = pl.col(f"{other}.account")
    return filled.select(
        _PLACE,
        pl.lit(number).alias(_SIDE),
        ROW,
        SLOT,
        CURRENCY,
        KIND,
        REFERENCE,
        REFUSED,
        pl.col(f"{name}.account").alias("account"),
        pl.when(opposite != "").then(opposite).alias("counterparty"),
        before.alias("before"),
        after.alias("balance_after"),
        bounded(filled, change, file=file, column=section.balance_after).alias("amount"),
    )


def _check_follows(sides: pl.DataFrame, tolerance_minor: int, *, file: str) -> None:
    last = pl.col("balance_after").shift(1).over("account").fill_null(pl.col("before"))
    drift = pl.col("before").cast(pl.Int128) - last.cast(pl.Int128)
    off = sides.select(drift.abs() > tolerance_minor).to_series()
    if off.any():
        raise InvalidInput(
            "extract_balance_contradicts",
            file=file,
            line=line_of(sides, off),
            tolerance_minor=tolerance_minor,
        )


def _check_refused(moved: pl.DataFrame, *, file: str) -> None:
    if moved[REFUSED].any():
        raise InvalidInput("extract_refused_changes_balance", file=file, line=line_of(moved, moved[REFUSED]))


def _attempts(frame: pl.DataFrame, mapping: Mapping, *, file: str) -> pl.DataFrame:
    """Refused rows, seen from the side that was to pay."""
    refused = frame.filter(pl.col(REFUSED))
    column = mapping.amount.column if mapping.amount else None
    amounts = pl.Series([], dtype=pl.Int64)
    if column is not None:
        amounts = minor_of(refused, "amount.column", mapping.money, file=file, column=column)
    payer, payee = pl.col("origin.account"), pl.col("destination.account")
    return refused.select(
        ROW,
        SLOT,
        CURRENCY,
        KIND,
        pl.when(payer != "").then(payer).otherwise(payee).alias("account"),
        pl.when((payer != "") & (payee != "")).then(payee).alias("counterparty"),
        amounts.abs().alias("amount"),
    )
