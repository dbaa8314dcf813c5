"""Money: whole minor units or nothing."""

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import AMOUNT_MAX, InvalidInput, currency_of, minor_to_text, parse_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.40", "EGP", 1240),
        ("-9052.52", "EGP", -905252),
        ("700", "CZK", 70000),
        ("0.001", "KWD", 1),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("92233720368547758.07", "MAD", AMOUNT_MAX),
    ],
)
def test_decimal_texts_become_minor_units(text, currency, minor):
    assert parse_minor(text, currency_of(currency)) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "EGP", "amount_malformed"),
        ("1,000", "EGP", "amount_malformed"),
        ("1e3", "EGP", "amount_malformed"),
        ("NaN", "EGP", "amount_malformed"),
        ("١٢", "EGP", "amount_malformed"),
        ("0.001", "EGP", "amount_not_minor_units"),
        ("0.5", "JPY", "amount_not_minor_units"),
        ("92233720368547758.08", "MAD", "amount_too_large"),
    ],
)
def test_what_is_not_whole_minor_units_is_refused(text, currency, code):
    with pytest.raises(InvalidInput) as caught:
        parse_minor(text, currency_of(currency))
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["XXX", "XAU", "egp", "", "EG", "BITCOIN"])
def test_unknown_currencies_are_refused(code):
    with pytest.raises(InvalidInput):
        currency_of(code)


def test_every_currency_is_one_that_the_locale_data_knows_too():
    assert {"EGP", "MAD", "SAR"} <= list_currencies()
    assert (currency_of("EGP").number, currency_of("KWD").exponent) == (818, 3)


@given(st.integers(-AMOUNT_MAX, AMOUNT_MAX), st.sampled_from(["EGP", "KWD", "JPY"]))
def test_writing_and_reading_an_amount_gives_it_back(amount, code):
    currency = currency_of(code)
    text = minor_to_text(amount, currency).removesuffix(f" {code}").replace(",", "")
    assert parse_minor(text, currency) == amount
