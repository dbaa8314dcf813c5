"""Amounts of a whole column at once: the same answers as `kernel.parse_minor`, without its loop.

Where the column holds one text that has no amount, the kernel's own word on that text is what is raised.
"""

import polars as pl

from dawam.kernel import AMOUNT_MAX, Currency, InvalidInput, currency_of, parse_minor
from dawam.primary.extracts.files import ROW
from dawam.primary.extracts.mapping import MoneySection, MoneyUnit

CURRENCY = "currency"
_DECIMAL = r"^([+-]?)([0-9]{1,24})(?:\.([0-9]{1,12}))?$"
# What str.strip() takes off; polars alone would leave four control characters standing.
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


def with_currency(frame: pl.DataFrame, money: MoneySection, *, file: str) -> pl.DataFrame:
    """Add `currency`, the code of each row. Raises: InvalidInput `extract_currency_unknown`."""
    if money.currency is not None:
        return frame.with_columns(pl.lit(money.currency).alias(CURRENCY))
    frame = frame.with_columns(pl.col("money.currency_column").str.strip_chars().alias(CURRENCY))
    for code in frame[CURRENCY].unique(maintain_order=True):
        try:
            currency_of(code)
        except InvalidInput:
            line = frame.filter(pl.col(CURRENCY) == code)[ROW][0]
            raise InvalidInput(
                "extract_currency_unknown",
                file=file,
                line=line,
                column=money.currency_column,
                currency=code[:10],
            ) from None
    return frame


def minor_of(frame: pl.DataFrame, setting: str, money: MoneySection, *, file: str, column: str) -> pl.Series:
    """The minor units of a column of text, as 64-bit integers, in the currency of each row.

    Raises: InvalidInput `extract_amount_malformed`, `extract_amount_not_minor_units`,
    `extract_amount_too_large`, each with the line.
    """
    codes = frame[CURRENCY].unique(maintain_order=True).to_list()
    plain = _plain(pl.col(setting), money)
    parsed = [
        pl.when(pl.col(CURRENCY) == code).then(_minor(plain, written_in(code, money).exponent))
        for code in codes
    ]
    amounts = (
        frame.select(pl.coalesce(parsed).alias(setting))[setting]
        if codes
        else pl.Series(setting, [], pl.Int64)
    )
    if amounts.null_count():
        place = amounts.is_null().arg_max()
        _refuse(frame.row(place or 0, named=True), setting, money, file=file, column=column)
    return amounts


def written_in(code: str, money: MoneySection) -> Currency:
    """The currency as its amounts are written: without decimals where they are in minor units."""
    currency = currency_of(code)
    if money.unit is MoneyUnit.MINOR:
        return Currency(currency.code, currency.number, 0)
    return currency


def plain_text(text: str, money: MoneySection) -> str:
    """The text as the kernel reads it: a point for decimals, no grouping."""
    if money.thousands is not None:
        text = text.replace(money.thousands, "")
    if money.decimal != ".":
        text = text.replace(".", "?").replace(money.decimal, ".")
    return text


def _plain(text: pl.Expr, money: MoneySection) -> pl.Expr:
    if money.thousands is not None:
        text = text.str.replace_all(money.thousands, "", literal=True)
    if money.decimal != ".":
        text = text.str.replace_all(".", "?", literal=True)
        text = text.str.replace_all(money.decimal, ".", literal=True)
    return text.str.strip_chars(_BLANKS)


def _minor(text: pl.Expr, exponent: int) -> pl.Expr:
    """Null wherever the text has no amount, whatever the reason."""
    parts = text.str.extract_groups(_DECIMAL)
    fraction = parts.struct.field("3").fill_null("")
    kept = fraction.str.head(exponent) if exponent else pl.lit("")
    digits = (parts.struct.field("2") + kept.str.pad_end(exponent, "0")).str.strip_chars_start("0")
    amount = digits.str.pad_start(1, "0").cast(pl.Int64, strict=False)
    whole_units = fraction.str.slice(exponent).str.strip_chars("0") == ""
    signed = pl.when(parts.struct.field("1") == "-").then(-amount).otherwise(amount)
    return pl.when(whole_units).then(signed)


def bounded(frame: pl.DataFrame, amounts: pl.Series, *, file: str, column: str) -> pl.Series:
    """Sums of 128 bits as 64-bit amounts. Raises: InvalidInput `extract_amount_too_large`."""
    outside = (amounts > AMOUNT_MAX) | (amounts < -AMOUNT_MAX)
    if outside.any():
        line = frame[ROW][outside.arg_max() or 0]
        raise InvalidInput(
            "extract_amount_too_large", file=file, line=line, column=column, maximum=AMOUNT_MAX
        )
    return amounts.cast(pl.Int64)


def _refuse(row: dict[str, object], setting: str, money: MoneySection, *, file: str, column: str) -> None:
    text, code = str(row[setting]), str(row[CURRENCY])
    place = {"file": file, "line": row[ROW], "column": column}
    try:
        parse_minor(plain_text(text, money), written_in(code, money))
    except InvalidInput as failure:
        match failure.code:
            case "amount_not_minor_units":
                raise InvalidInput("extract_amount_not_minor_units", **place, currency=code) from None
            case "amount_too_large":
                raise InvalidInput("extract_amount_too_large", **place, maximum=AMOUNT_MAX) from None
            case _:
                raise InvalidInput("extract_amount_malformed", **place) from None
