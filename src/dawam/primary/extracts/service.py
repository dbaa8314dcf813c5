"""Read an extract: take the file apart, give rows their order, follow the balances, number the bookings."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from dawam.kernel import EPOCH, InvalidInput
from dawam.primary.extracts.files import ROW, read_columns
from dawam.primary.extracts.mapping import Mapping
from dawam.primary.extracts.model import Attempt, Booking, Extract
from dawam.primary.extracts.moments import SLOT, in_time_order, strictly_increasing, with_moments, with_slots
from dawam.primary.extracts.money import CURRENCY, with_currency
from dawam.primary.extracts.movements import Movements
from dawam.primary.extracts.onesided import one_sided
from dawam.primary.extracts.sequence import in_sequence, without_repeats
from dawam.primary.extracts.twosided import two_sided
from dawam.primary.extracts.words import KIND, REFERENCE, with_words


def read_extract(feed: Path, mapping: Mapping) -> Extract:
    """The extract in a file, whole and checked, or nothing.

    Raises: InvalidInput with the line, for whatever does not fit; docs/extracts.md lists the codes.
    """
    file = feed.name
    frame = with_currency(read_columns(feed, mapping), mapping.money, file=file)
    rows = frame.height
    frame = without_repeats(frame, file=file)
    repeated = rows - frame.height
    frame = with_moments(in_sequence(frame, file=file), mapping.time, file=file)
    frame = in_time_order(frame, mapping.rows, file=file)
    frame = with_words(with_slots(frame, mapping.time), mapping.kind, mapping.refused, file=file)
    moves = _movements(frame, mapping, file=file)
    bookings = _bookings(moves.booked)
    if not bookings:
        raise InvalidInput("extract_empty", file=file)
    return Extract(
        name=mapping.name,
        currency=bookings[0].currency,
        openings=moves.openings,
        currencies=moves.currencies,
        bookings=bookings,
        attempts=_attempts(moves.attempts),
        rows=rows,
        unchanged=moves.unchanged,
        repeated=repeated,
        tolerance_minor=mapping.money.tolerance_minor,
    )


def _movements(frame: pl.DataFrame, mapping: Mapping, *, file: str) -> Movements:
    if mapping.origin is not None and mapping.destination is not None:
        return two_sided(frame, mapping, mapping.origin, mapping.destination, file=file)
    if mapping.account is None:
        raise InvalidInput("mapping_setting_missing", file=mapping.name, setting="account")
    return one_sided(frame, mapping, mapping.account, file=file)


def _bookings(booked: pl.DataFrame) -> list[Booking]:
    moments = strictly_increasing(booked[SLOT])
    columns = (ROW, "account", "amount", "balance_after", CURRENCY, KIND, REFERENCE, "counterparty")
    records = zip(moments.to_list(), *(booked[column].to_list() for column in columns), strict=True)
    return [
        Booking(
            seq=seq,
            row=row,
            account=account,
            amount_minor=amount,
            balance_after_minor=after,
            currency=currency,
            booked_at=EPOCH + timedelta(microseconds=moment),
            kind=kind,
            reference=reference,
            counterparty=counterparty,
        )
        for seq, (moment, row, account, amount, after, currency, kind, reference, counterparty) in enumerate(
            records, 1
        )
    ]


def _attempts(refused: pl.DataFrame) -> list[Attempt]:
    columns = (ROW, SLOT, "account", "amount", CURRENCY, KIND, "counterparty")
    return [
        Attempt(
            row=row,
            at=EPOCH + timedelta(microseconds=moment),
            account=account,
            amount_minor=amount,
            currency=currency,
            kind=kind,
            counterparty=counterparty,
        )
        for row, moment, account, amount, currency, kind, counterparty in zip(
            *(refused[column].to_list() for column in columns), strict=True
        )
    ]
