"""A mapping says which column of an extract means what. Source: docs/extracts.md lists every setting.

One section a struct, one setting a field. What the types cannot say, `contradiction_in` does.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Letter = Annotated[str, msgspec.Meta(min_length=1, max_length=1)]
Words = Annotated[list[str], msgspec.Meta(min_length=1)]
Natural = Annotated[int, msgspec.Meta(ge=0)]


class Format(StrEnum):
    """How the file is written."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class Unit(StrEnum):
    """What a counter of time counts."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class MoneyUnit(StrEnum):
    """Whether amounts are written as 12.40 or as 1240."""

    MAJOR = "major"
    MINOR = "minor"


class Opening(StrEnum):
    """What an account holds before its first row."""

    ZERO = "zero"
    DERIVED = "derived"


class Order(StrEnum):
    """In what order the rows were booked."""

    FILE = "file"
    TIME = "time"
    BALANCES = "balances"


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a mapping; a setting that it does not know is refused."""


class FileSection(Section, frozen=True, kw_only=True):
    """How to take the file apart; without a format its first bytes and its name decide."""

    format: Format | None = None
    separator: Letter = ","
    quote: Letter = '"'
    encoding: str = "utf-8"


class TimeSection(Section, frozen=True, kw_only=True):
    """When: a `format`, or a counter of `unit`s since `start`."""

    column: str
    format: str | None = None
    zone: str = "UTC"
    unit: Unit | None = None
    start: datetime | None = None
    spread_s: Natural | None = None


class MoneySection(Section, frozen=True, kw_only=True):
    """How amounts and balances are written."""

    currency: str | None = None
    currency_column: str | None = None
    unit: MoneyUnit = MoneyUnit.MAJOR
    decimal: Letter = "."
    thousands: Letter | None = None
    tolerance_minor: Natural = 0


class AccountSection(Section, frozen=True, kw_only=True):
    """One-sided rows: one account, and its balance after the row."""

    column: str
    balance_after: str
    counterparty: str | None = None
    opening: Opening = Opening.DERIVED


class SideSection(Section, frozen=True, kw_only=True):
    """A side of two-sided rows: an account with its balances before and after."""

    account: str
    balance_before: str
    balance_after: str


class AmountSection(Section, frozen=True, kw_only=True):
    """How much: a signed column, a column with a direction, or a column for each direction."""

    column: str | None = None
    direction: str | None = None
    credit: Words | None = None
    debit: Words | None = None
    credit_column: str | None = None
    debit_column: str | None = None


class KindSection(Section, frozen=True, kw_only=True):
    """What for: a column, its words translated by `map`; `other` for the rest."""

    column: str
    map: dict[str, str] = {}
    other: str | None = None


class RefusedSection(Section, frozen=True, kw_only=True):
    """Which rows are attempts that were refused."""

    column: str
    values: Words


class RowsSection(Section, frozen=True, kw_only=True):
    """In what order rows were booked, and what identifies them."""

    order: Order = Order.FILE
    reference: str | None = None
    sequence: str | None = None


class Mapping(Section, frozen=True, kw_only=True):
    """The whole mapping. `source` is where it was read from; messages name it."""

    name: str
    time: TimeSection
    money: MoneySection
    file: FileSection = FileSection()
    account: AccountSection | None = None
    origin: SideSection | None = None
    destination: SideSection | None = None
    amount: AmountSection | None = None
    kind: KindSection | None = None
    refused: RefusedSection | None = None
    rows: RowsSection = RowsSection()

    def columns(self) -> dict[str, str]:
        """The columns that this mapping names: setting -> column."""
        settings = {
            "time.column": self.time.column,
            "money.currency_column": self.money.currency_column,
            "rows.reference": self.rows.reference,
            "rows.sequence": self.rows.sequence,
        }
        if self.account:
            settings["account.column"] = self.account.column
            settings["account.balance_after"] = self.account.balance_after
            settings["account.counterparty"] = self.account.counterparty
        for name, side in (("origin", self.origin), ("destination", self.destination)):
            if side:
                settings[f"{name}.account"] = side.account
                settings[f"{name}.balance_before"] = side.balance_before
                settings[f"{name}.balance_after"] = side.balance_after
        if self.amount:
            settings["amount.column"] = self.amount.column
            settings["amount.direction"] = self.amount.direction
            settings["amount.credit_column"] = self.amount.credit_column
            settings["amount.debit_column"] = self.amount.debit_column
        if self.kind:
            settings["kind.column"] = self.kind.column
        if self.refused:
            settings["refused.column"] = self.refused.column
        return {setting: column for setting, column in settings.items() if column is not None}


class Missing(msgspec.Struct, frozen=True):
    """A setting that the others call for."""

    setting: str


class Clash(msgspec.Struct, frozen=True):
    """Two settings that cannot stand together."""

    first: str
    second: str


def contradiction_in(mapping: Mapping) -> Missing | Clash | None:
    """The first thing that a mapping lacks, or says twice."""
    return (
        _file(mapping.file)
        or _sides(mapping)
        or _money(mapping.money)
        or _time(mapping.time)
        or _amount(mapping)
        or _rows(mapping)
    )


def _file(file: FileSection) -> Clash | None:
    return Clash("file.separator", "file.quote") if file.separator == file.quote else None


def _sides(mapping: Mapping) -> Missing | Clash | None:
    two_sided = mapping.origin or mapping.destination
    if mapping.account and two_sided:
        return Clash("account", "origin" if mapping.origin else "destination")
    if not mapping.account and not mapping.origin:
        return Missing("origin" if mapping.destination else "account")
    if mapping.origin and not mapping.destination:
        return Missing("destination")
    return None


def _money(money: MoneySection) -> Missing | Clash | None:
    if money.currency and money.currency_column:
        return Clash("money.currency", "money.currency_column")
    if not money.currency and not money.currency_column:
        return Missing("money.currency")
    if money.thousands == money.decimal:
        return Clash("money.thousands", "money.decimal")
    return None


def _time(time: TimeSection) -> Missing | Clash | None:
    if time.format and time.unit:
        return Clash("time.format", "time.unit")
    if not time.format and not time.unit:
        return Missing("time.format")
    if time.unit and not time.start:
        return Missing("time.start")
    return None


def _amount(mapping: Mapping) -> Missing | Clash | None:
    amount = mapping.amount
    if amount is None:
        return Missing("amount") if mapping.account or mapping.refused else None
    if amount.column and (amount.credit_column or amount.debit_column):
        return Clash(
            "amount.column", "amount.credit_column" if amount.credit_column else "amount.debit_column"
        )
    if amount.column is None:
        for setting in ("credit_column", "debit_column"):
            if getattr(amount, setting) is None:
                return Missing(
                    f"amount.{setting}" if amount.credit_column or amount.debit_column else "amount.column"
                )
    return _direction(amount)


def _direction(amount: AmountSection) -> Missing | Clash | None:
    given = {name: getattr(amount, name) for name in ("direction", "credit", "debit")}
    if not any(given.values()):
        return None
    if amount.credit_column:
        return Clash("amount.credit_column", "amount." + next(name for name in given if given[name]))
    for name, value in given.items():
        if not value:
            return Missing(f"amount.{name}")
    both = set(amount.credit or ()) & set(amount.debit or ())
    return Clash("amount.credit", "amount.debit") if both else None


def _rows(mapping: Mapping) -> Missing | Clash | None:
    if mapping.rows.sequence and mapping.rows.order is not Order.FILE:
        return Clash("rows.sequence", "rows.order")
    if mapping.rows.order is Order.BALANCES and not mapping.account:
        return Clash("rows.order", "origin")
    return None
