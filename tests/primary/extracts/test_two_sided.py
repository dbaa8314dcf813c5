"""Two accounts a row: the balances decide."""

from datetime import timedelta

import pytest

from dawam.kernel import InvalidInput


def refusal(read, *lines) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(*lines)
    return caught.value


def test_each_side_whose_balance_changed_is_a_booking(wallet):
    extract = wallet(
        "1,TRANSFER,10.00,C1,50.00,40.00,C2,0.00,10.00,0", "1,CASH_IN,5.00,C2,10.00,15.00,M1,0.00,0.00,0"
    )
    assert [(b.seq, b.row, b.account, b.amount_minor, b.counterparty) for b in extract.bookings] == [
        (1, 2, "C1", -1000, "C2"),
        (2, 2, "C2", 1000, "C1"),
        (3, 3, "C2", 500, "M1"),
    ]
    assert extract.openings == {"C1": 5000, "C2": 0, "M1": 0}
    assert [b.kind for b in extract.bookings] == ["transfer", "transfer", "cash_in"]
    assert {b.reference for b in extract.bookings[:2]} == {"row:2"}


def test_rows_of_an_hour_are_spread_over_it_in_file_order(wallet):
    rows = [f"1,CASH_IN,1,C1,{n},{n + 1},M1,0,0,0" for n in range(4)]
    extract = wallet(*rows, "2,CASH_IN,1,C1,4,5,M1,0,0,0")
    spans = [booking.booked_at - extract.first_at for booking in extract.bookings]
    assert spans == [timedelta(minutes=m) for m in (0, 15, 30, 45, 60)]


def test_the_balances_decide_not_the_amount(wallet):
    extract = wallet("1,PAYMENT,3.10,C1,50.00,46.89,M1,0.00,3.10,0")
    assert [booking.amount_minor for booking in extract.bookings] == [-311, 310]


def test_a_refused_row_is_an_attempt_and_no_booking(wallet):
    extract = wallet("1,CASH_IN,5,C1,0,5,M1,0,0,0", "1,DEBIT,70.5,C1,5,5,B1,0,0,1")
    assert (extract.rows, extract.refused, extract.unchanged, len(extract.bookings)) == (2, 1, 0, 1)
    (attempt,) = extract.attempts
    assert (attempt.account, attempt.counterparty, attempt.amount_minor) == ("C1", "B1", 7050)
    assert (attempt.kind, attempt.at - extract.first_at) == ("debit", timedelta(minutes=30))


def test_a_refused_row_that_changes_a_balance_is_refused(wallet):
    failure = refusal(wallet, "1,CASH_IN,5,C1,0,5,M1,0,0,0", "1,DEBIT,1,C1,5,4,B1,0,0,1")
    assert (failure.code, failure.params["line"]) == ("extract_refused_changes_balance", 3)


def test_an_old_balance_that_is_not_the_last_new_one_is_refused(wallet):
    rows = (
        "1,CASH_IN,5,C1,0,5,M1,0,0,0",
        "1,CASH_IN,5,C2,0,5,M1,0,0,0",
        "1,CASH_IN,5,C1,5.01,10.01,M1,0,0,0",
    )
    failure = refusal(wallet, *rows)
    assert (failure.code, failure.params["line"]) == ("extract_balance_contradicts", 4)


def test_one_account_on_both_sides_follows_itself(wallet):
    extract = wallet("1,TRANSFER,5,C1,10,5,C1,5,10,0")
    assert [booking.balance_after_minor for booking in extract.bookings] == [500, 1000]


def test_a_side_may_be_empty_but_not_both(wallet):
    extract = wallet("1,CASH_IN,5,C1,0,5,,,,0", "1,CASH_OUT,5,,,,C1,5,0,0")
    assert [booking.amount_minor for booking in extract.bookings] == [500, -500]
    assert [booking.counterparty for booking in extract.bookings] == [None, None]
    assert refusal(wallet, "1,CASH_IN,5,,,,,,,0").code == "extract_account_missing"


def test_a_row_that_moves_nothing_is_counted(wallet):
    extract = wallet("1,CASH_IN,5,C1,0,5,M1,0,0,0", "1,DEBIT,0,C1,5,5,B1,0,0,0")
    assert (extract.unchanged, len(extract.bookings)) == (1, 1)


def test_a_change_beyond_64_bits_is_refused(wallet):
    failure = refusal(wallet, "1,CASH_IN,1,C1,-92233720368547758.00,92233720368547758.00,M1,0,0,0")
    assert (failure.code, failure.params["line"]) == ("extract_amount_too_large", 2)
