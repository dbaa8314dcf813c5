"""One account a row: signs, openings, tolerance, repeats, sequence."""

from datetime import UTC, datetime, timedelta

import pytest

from dawam.kernel import InvalidInput

AT = "2026-01-01T00:00:00Z"
DIRECTION = {"amount": 'direction = "way"\ncredit = ["in"]\ndebit = ["out"]'}
TWO_COLUMNS = {"amount": 'credit_column = "in"\ndebit_column = "out"'}
SIGNED_AMOUNT = ('column = "amount"',)


def refusal(read, *lines, **how) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(*lines, **how)
    return caught.value


def test_a_signed_row_becomes_a_booking(signed):
    extract = signed(f"{AT},A,-12.40,87.60")
    (booking,) = extract.bookings
    assert (booking.seq, booking.row, booking.account) == (1, 2, "A")
    assert (booking.amount_minor, booking.balance_after_minor, booking.currency) == (-1240, 8760, "EGP")
    assert booking.booked_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert (booking.kind, booking.reference, booking.counterparty) == ("booking", "row:2", None)
    assert (extract.openings, extract.currencies) == ({"A": 10000}, {"A": "EGP"})
    assert extract.first_at == extract.last_at == booking.booked_at


def test_times_of_bookings_strictly_increase(signed):
    extract = signed(*[f"{AT},A,1,{n}" for n in range(1, 4)])
    spans = [booking.booked_at - extract.first_at for booking in extract.bookings]
    assert spans == [timedelta(microseconds=n) for n in range(3)]


def test_rows_of_one_moment_are_spread_evenly_when_asked(signed):
    extract = signed(*[f"{AT},A,1,{n}" for n in range(1, 5)], settings={"time": "spread_s = 60"})
    assert [booking.booked_at.second for booking in extract.bookings] == [0, 15, 30, 45]


def test_an_opening_of_zero_is_checked(signed):
    failure = refusal(signed, f"{AT},A,1,5", settings={"account": 'opening = "zero"'})
    assert (failure.code, failure.params["line"]) == ("extract_balance_contradicts", 2)


def test_a_direction_gives_the_sign_and_a_negative_amount_turns_it(signed):
    header = "when,account,way,amount,balance"
    rows = (f"{AT},A,in,5,5", f"{AT},A,out,2,3", f"{AT},A,out,-1,4")
    extract = signed(*rows, header=header, settings=DIRECTION)
    assert [booking.amount_minor for booking in extract.bookings] == [500, -200, 100]


def test_credit_and_debit_may_stand_in_columns_of_their_own(signed):
    header = "when,account,in,out,balance"
    rows = (f"{AT},A,5,,5", f"{AT},A,,2,3", f"{AT},A,4,1.50,5.50")
    extract = signed(*rows, header=header, settings=TWO_COLUMNS, without=SIGNED_AMOUNT)
    assert [booking.amount_minor for booking in extract.bookings] == [500, -200, 250]
    failure = refusal(
        signed, f"{AT},A,5,,5", f"{AT},A,,,5", header=header, settings=TWO_COLUMNS, without=SIGNED_AMOUNT
    )
    assert (failure.code, failure.params["line"]) == ("extract_amount_malformed", 3)


def test_a_balance_may_differ_within_the_tolerance_and_not_beyond(signed):
    rows = (f"{AT},A,10,10", f"{AT},A,10,20.10", f"{AT},B,3,3", f"{AT},A,-1,19.20")
    extract = signed(*rows, settings={"money": "tolerance_minor = 10"})
    assert [booking.balance_after_minor for booking in extract.bookings] == [1000, 2010, 300, 1920]
    failure = refusal(signed, *rows, settings={"money": "tolerance_minor = 9"})
    assert (failure.code, failure.params["line"]) == ("extract_balance_contradicts", 3)


def test_a_row_of_nothing_books_nothing_and_is_counted(signed):
    extract = signed(f"{AT},A,10,10", f"{AT},A,0,10", f"{AT},A,1,11")
    assert [booking.row for booking in extract.bookings] == [2, 4]
    assert (extract.rows, extract.unchanged) == (3, 1)


def test_of_a_row_of_nothing_the_balance_decides(signed):
    extract = signed(f"{AT},A,10,10", f"{AT},A,0,10.05", settings={"money": "tolerance_minor = 10"})
    assert extract.bookings[1].amount_minor == 5


def test_refused_rows_are_attempts(signed):
    header = "when,account,amount,balance,outcome,partner"
    rows = (f"{AT},A,10,10,ok,", f"{AT},A,-99,,NO,Z", f"{AT},A,-1,9,ok,Z")
    settings = {"refused": 'column = "outcome"\nvalues = ["NO"]', "account": 'counterparty = "partner"'}
    extract = signed(*rows, header=header, settings=settings)
    (attempt,) = extract.attempts
    assert (attempt.row, attempt.account, attempt.amount_minor, attempt.counterparty) == (3, "A", 9900, "Z")
    assert extract.refused == 1
    assert [booking.counterparty for booking in extract.bookings] == [None, "Z"]


def test_the_same_row_again_is_skipped_and_counted(signed):
    rows = (f"{AT},A,1,1,r1", f"{AT},A,1,2,r2", f"{AT},A,1,1,r1")
    extract = signed(*rows, header="when,account,amount,balance,id", settings={"rows": 'reference = "id"'})
    assert [booking.reference for booking in extract.bookings] == ["r1", "r2"]
    assert (extract.rows, extract.repeated) == (3, 1)


@pytest.mark.parametrize("key", ["reference", "sequence"])
def test_the_same_key_with_something_else_is_refused(signed, key):
    rows = (f"{AT},A,1,1,1", f"{AT},A,1,2,2", f"{AT},A,2,4,1")
    failure = refusal(
        signed, *rows, header="when,account,amount,balance,id", settings={"rows": f'{key} = "id"'}
    )
    assert (failure.code, failure.params["line"]) == ("extract_duplicate_differs", 4)
    assert failure.params["first_line"] == 2


def test_a_sequence_gives_the_order(signed):
    rows = (f"{AT},A,1,2,8", f"{AT},A,1,1,7", f"{AT},A,1,3,9", f"{AT},A,1,1,07")
    extract = signed(*rows, header="when,account,amount,balance,n", settings={"rows": 'sequence = "n"'})
    assert [booking.row for booking in extract.bookings] == [3, 2, 4]
    assert extract.repeated == 1


def test_a_gap_in_the_sequence_is_refused(signed):
    rows = (f"{AT},A,1,1,7", f"{AT},A,1,2,8", f"{AT},A,1,3,10")
    failure = refusal(
        signed, *rows, header="when,account,amount,balance,n", settings={"rows": 'sequence = "n"'}
    )
    assert failure.code == "extract_gap"
    assert (failure.params["line"], failure.params["found"], failure.params["expected"]) == (4, 10, 9)


def test_rows_may_be_put_in_the_order_of_their_times(signed):
    rows = ("2026-01-02T00:00:00Z,A,1,2", "2026-01-01T00:00:00Z,A,1,1")
    assert refusal(signed, *rows).code == "extract_time_backwards"
    extract = signed(*rows, settings={"rows": 'order = "time"'})
    assert [booking.row for booking in extract.bookings] == [3, 2]


def test_each_row_may_tell_its_currency(signed):
    rows = (f"{AT},A,1.5,1.5,EGP", f"{AT},B,2.125,2.125,KWD", f"{AT},C,700,700,JPY")
    how = {
        "header": "when,account,amount,balance,ccy",
        "settings": {"money": 'currency_column = "ccy"'},
        "without": ('currency = "EGP"',),
    }
    extract = signed(*rows, **how)
    assert [booking.amount_minor for booking in extract.bookings] == [150, 2125, 700]
    assert extract.currencies == {"A": "EGP", "B": "KWD", "C": "JPY"}
    two = refusal(signed, *rows, f"{AT},A,1,2.5,KWD", **how)
    assert (two.code, two.params["line"]) == ("extract_currency_differs", 5)
    unknown = refusal(signed, *rows, f"{AT},D,1,1,XTS", **how)
    assert (unknown.code, unknown.params["line"]) == ("extract_currency_unknown", 5)


def test_amounts_may_be_written_in_minor_units_or_with_a_comma(signed):
    assert (
        signed(f"{AT},A,-1240,8760", settings={"money": 'unit = "minor"'}).bookings[0].amount_minor == -1240
    )
    row = f'{AT},A,"-1.012,40","8.000,60"'
    extract = signed(row, settings={"money": 'decimal = ","\nthousands = "."'})
    assert extract.bookings[0].amount_minor == -101240
