"""What an extract is once it is read: bookings in order, attempts that were refused, opening balances."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


class Booking(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Money that moved on one account.

    `seq` counts from 1 without gaps; `row` is where it stands in the file (a line of text, a record of
    Parquet); `amount_minor` is signed from the account's view and never 0; `balance_after_minor` is the
    institution's own figure, which may differ from the sum by the extract's tolerance. `booked_at` is
    UTC and grows by at least a microsecond from each booking to the next. The two sides of one row
    share its `reference`.
    """

    seq: int
    row: int
    account: str
    amount_minor: int
    balance_after_minor: int
    currency: str
    booked_at: datetime
    kind: str
    reference: str
    counterparty: str | None = None


class Attempt(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A payment that the institution refused: nothing was booked. `amount_minor` is never negative."""

    row: int
    at: datetime
    account: str
    amount_minor: int
    currency: str
    kind: str
    counterparty: str | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """An institution's extract, checked: every balance follows from the one before.

    `openings` and `currencies` hold every account whose balance the extract tells, in order of
    appearance, also those whose balance never changes. An account that only ever was refused may be in
    neither. `rows` = rows that booked + `refused` + `unchanged` (rows that moved nothing) + `repeated`
    (the same row again, skipped).
    """

    name: str
    currency: str
    openings: dict[str, int]
    currencies: dict[str, str]
    bookings: list[Booking]
    attempts: list[Attempt]
    rows: int
    unchanged: int
    repeated: int
    tolerance_minor: int

    @property
    def refused(self) -> int:
        """Rows that are attempts which the institution refused."""
        return len(self.attempts)

    @property
    def first_at(self) -> datetime:
        """The moment of the first booking."""
        return self.bookings[0].booked_at

    @property
    def last_at(self) -> datetime:
        """The moment of the last booking."""
        return self.bookings[-1].booked_at
