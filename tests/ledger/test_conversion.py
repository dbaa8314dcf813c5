"""Currency conversion: both legs or none, each currency balanced, no fraction lost, a readable retry."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import AMOUNT_MAX, ID_MAX, InvalidInput
from dawam.ledger import Account, AccountFlags, Transfer, TransferFlags, TransferResult
from dawam.ledger.conversion import (
    Quote,
    Rate,
    Rounding,
    Settlement,
    Side,
    chained,
    convert,
    quote,
    second_id,
    settled,
)
from dawam.ledger.metadata import decode, encode

NOW = 1_800_000_000_000_000_000
EGP, USD = 818, 840
PAYER, PAYEE, HOUSE_EGP, HOUSE_USD, CASH_EGP, CASH_USD, FEES = range(1, 8)
LIMITED = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
ACCOUNTS = [
    Account(PAYER, EGP, 1, LIMITED),
    Account(PAYEE, USD, 1, LIMITED),
    Account(HOUSE_EGP, EGP, 2),
    Account(HOUSE_USD, USD, 2, LIMITED),
    Account(CASH_EGP, EGP, 3),
    Account(CASH_USD, USD, 3),
    Account(FEES, EGP, 4),
]
SOURCE, TARGET = Side(EGP, PAYER, HOUSE_EGP), Side(USD, PAYEE, HOUSE_USD)
RATE = Rate.of(10_000, 486_150)  # 48.6150 EGP for a dollar, both with two decimals
CHAIN = (1 << 100) + 5


@pytest.fixture
def books(storage, ledger):
    """100,000.00 EGP with the payer, 1,000.00 USD with the institution."""
    storage.write_now(lambda tx: ledger.create_accounts(tx, ACCOUNTS, now_ns=NOW))
    filling = [
        Transfer(101, CASH_EGP, PAYER, 10_000_000, ledger=EGP, code=1),
        Transfer(102, CASH_USD, HOUSE_USD, 100_000, ledger=USD, code=1),
    ]
    post = poster(storage, ledger)
    assert not any(post(filling))
    return post


def poster(storage, ledger):
    return lambda legs: storage.write_now(lambda tx: ledger.post_transfers(tx, legs, now_ns=NOW))


def legs_of(source_minor=4_861_500, conversion_id=CHAIN, **more):
    terms = quote(source_minor, RATE, Rounding.FLOOR)
    return convert(conversion_id, terms, source=SOURCE, target=TARGET, code=9, **more)


def counters(ledger):
    return {account.id: ledger.account(account.id) for account in ACCOUNTS}


def fee_of(number, amount):
    return Transfer(number, PAYER, FEES, amount, ledger=EGP, code=7)


def refusal(call, *given_, **named):
    with pytest.raises(InvalidInput) as caught:
        call(*given_, **named)
    return caught.value.code


def test_both_legs_are_created_and_each_currency_balances(books, ledger):
    legs = legs_of()
    results = books(legs)
    assert settled(legs, results, ledger.transfer).settlement is Settlement.DONE
    assert ledger.account(PAYER).balance_minor == 10_000_000 - 4_861_500
    assert ledger.account(HOUSE_EGP).balance_minor == 4_861_500
    assert ledger.account(PAYEE).balance_minor == 100_000
    assert ledger.account(HOUSE_USD).balance_minor == 0
    for total in ledger.totals():
        assert total.debits_posted == total.credits_posted
    assert {leg.user_data_128 for leg in legs} == {CHAIN}
    assert [leg.flags for leg in legs] == [TransferFlags.LINKED, 0]
    assert ledger.audit().ok


@pytest.mark.parametrize(
    ("source_minor", "leg", "result"),
    [
        (10_000_001, 0, TransferResult.EXCEEDS_CREDITS),
        (4_862_000, 1, TransferResult.EXCEEDS_CREDITS),
    ],
)
def test_when_either_side_lacks_the_money_neither_leg_is_created(books, ledger, source_minor, leg, result):
    before = counters(ledger)
    legs = legs_of(source_minor)
    answer = settled(legs, books(legs), ledger.transfer)
    assert (answer.settlement, answer.leg, answer.result) == (Settlement.REFUSED, leg, result)
    assert not answer.stands
    assert counters(ledger) == before
    assert [ledger.transfer(leg.id) for leg in legs] == [None, None]


def test_a_retry_moves_nothing_and_reads_as_already_done(books, ledger):
    legs = legs_of()
    books(legs)
    before = counters(ledger)
    results = books(legs)
    assert results == [TransferResult.EXISTS, TransferResult.LINKED_EVENT_FAILED]
    answer = settled(legs, results, ledger.transfer)
    assert answer.settlement is Settlement.ALREADY_DONE
    assert answer.stands
    assert counters(ledger) == before


def test_a_retry_with_another_second_leg_is_refused_though_its_first_exists(books, ledger):
    legs = legs_of()
    books(legs)
    first, second = legs
    other = [first, Transfer(second.id, HOUSE_USD, PAYEE, 99_999, ledger=USD, code=9, user_data_128=CHAIN)]
    results = books(other)
    assert results == [TransferResult.EXISTS, TransferResult.LINKED_EVENT_FAILED]
    answer = settled(other, results, ledger.transfer)
    assert answer.settlement is Settlement.REFUSED
    assert (answer.leg, answer.result) == (1, TransferResult.EXISTS_WITH_DIFFERENT_AMOUNT)


def test_a_retry_with_another_amount_is_refused(books, ledger):
    books(legs_of())
    other = legs_of(1_000_000)
    answer = settled(other, books(other), ledger.transfer)
    assert (answer.leg, answer.result) == (0, TransferResult.EXISTS_WITH_DIFFERENT_AMOUNT)


def test_a_first_leg_without_its_second_in_the_books_is_refused(books, ledger):
    legs = legs_of()
    fee = Transfer(900, PAYER, FEES, 5, ledger=EGP, code=1)
    books(chained([legs[0], fee]))
    answer = settled(legs, books(legs), ledger.transfer)
    assert (answer.settlement, answer.leg) == (Settlement.REFUSED, 1)
    assert answer.result is TransferResult.LINKED_EVENT_FAILED


def test_the_retry_is_read_inside_the_verb_too(books, ledger, storage):
    legs = legs_of()
    books(legs)

    def again(tx):
        results = ledger.post_transfers(tx, legs, now_ns=NOW)
        return settled(legs, results, lambda transfer_id: ledger.transfer_in(tx, transfer_id))

    assert storage.write_now(again).settlement is Settlement.ALREADY_DONE


def test_a_leg_whose_id_was_used_up_by_a_refusal_is_the_one_at_fault():
    """Its money may have come since; then it is another conversion, with an id of its own."""
    results = [TransferResult.LINKED_EVENT_FAILED, TransferResult.ID_ALREADY_FAILED]
    answer = settled(legs_of(), results, lambda transfer_id: None)
    assert (answer.settlement, answer.leg) == (Settlement.REFUSED, 1)
    assert answer.result is TransferResult.ID_ALREADY_FAILED


def test_a_fee_is_taken_with_the_conversion_or_not_at_all(books, ledger):
    legs = legs_of(4_000_000, further=[fee_of(903, 5_900_000)])
    assert [leg.flags for leg in legs] == [1, 1, 0]
    assert settled(legs, books(legs), ledger.transfer).settlement is Settlement.DONE
    assert ledger.account(FEES).balance_minor == 5_900_000
    second = legs_of(90_000, conversion_id=CHAIN + 1, further=[fee_of(904, 10_001)])
    answer = settled(second, books(second), ledger.transfer)
    assert (answer.leg, answer.result) == (2, TransferResult.EXCEEDS_CREDITS)
    assert ledger.transfer(second[0].id) is None


@given(
    st.integers(1, AMOUNT_MAX),
    st.integers(1, AMOUNT_MAX),
    st.integers(1, AMOUNT_MAX),
    st.sampled_from(Rounding),
)
def test_no_fraction_disappears(source_minor, numerator, denominator, rounding):
    rate = Rate.of(numerator, denominator)
    try:
        terms = quote(source_minor, rate, rounding)
    except InvalidInput:
        exact = Fraction(source_minor * numerator, denominator)
        assert exact < 1 or exact > AMOUNT_MAX
        return
    exact = source_minor * Fraction(numerator, denominator)
    assert terms.target_minor + Fraction(terms.remainder, rate.denominator) == exact
    if rounding is Rounding.FLOOR:
        assert terms.target_minor <= exact < terms.target_minor + 1
    else:
        assert terms.target_minor == round(exact)


def test_half_goes_to_the_even_neighbour():
    half = Rate.of(1, 2)
    found = [quote(amount, half, Rounding.HALF_EVEN) for amount in (3, 5, 7)]
    assert [(terms.target_minor, terms.remainder) for terms in found] == [(2, -1), (2, 1), (4, -1)]
    assert quote(3, half, Rounding.FLOOR).target_minor == 1


def test_a_rate_in_majors_becomes_a_fraction_of_minors():
    assert Rate.of_majors("48.6150", source_exponent=2, target_exponent=2) == Rate(9723, 200)
    assert Rate.of_majors("0.0064", source_exponent=0, target_exponent=2) == Rate(16, 25)  # yen to dollars
    assert Rate.of_majors("7", source_exponent=2, target_exponent=3) == Rate(70, 1)  # pounds to dinars
    for text in ("", ".5", "-1", "1e3", "1,5", "٤", "0", "0.000", "1.2.3", "9" * 20, "nan"):
        assert (
            refusal(Rate.of_majors, text, source_exponent=2, target_exponent=2) == "conversion_rate_invalid"
        )


def test_terms_that_contradict_their_rate_are_refused():
    terms = quote(1_000, RATE, Rounding.FLOOR)
    for wrong in (
        Quote(1_000, terms.target_minor + 1, RATE, Rounding.FLOOR, terms.remainder - RATE.denominator),
        Quote(1_000, terms.target_minor, RATE, Rounding.FLOOR, 0),
    ):
        code = refusal(convert, CHAIN, wrong, source=SOURCE, target=TARGET, code=9)
        assert code == "conversion_amount_differs"


def test_bad_terms_have_their_codes():
    terms = quote(1_000, RATE, Rounding.FLOOR)
    back = Side(EGP, PAYEE, HOUSE_USD)
    assert refusal(convert, CHAIN, terms, source=SOURCE, target=back, code=9) == "conversion_same_currency"
    for bad_id in (0, -1, ID_MAX, ID_MAX + 1):
        found = refusal(convert, bad_id, terms, source=SOURCE, target=TARGET, code=9)
        assert found == "conversion_id_invalid"
    for numerator, denominator in ((0, 1), (1, 0), (-1, 1), (AMOUNT_MAX + 1, 1), (1, AMOUNT_MAX + 1)):
        assert refusal(Rate.of, numerator, denominator) == "conversion_rate_invalid"
    for amount in (0, -1, AMOUNT_MAX + 1):
        assert refusal(quote, amount, RATE, Rounding.FLOOR) == "conversion_amount_invalid"
    assert refusal(quote, 48, RATE, Rounding.FLOOR) == "conversion_too_small"
    assert refusal(quote, AMOUNT_MAX, Rate.of(2), Rounding.FLOOR) == "conversion_amount_invalid"
    for flags in (TransferFlags.POST_PENDING, TransferFlags.VOID_PENDING):
        further = [Transfer(9, pending_id=8, flags=flags)]
        assert refusal(legs_of, further=further) == "conversion_leg_unsuitable"


def test_the_second_id_is_the_same_everywhere_and_keeps_the_time():
    assert second_id(CHAIN) == second_id(CHAIN) != CHAIN
    assert second_id(CHAIN) >> 80 == CHAIN >> 80
    assert second_id(1) == 0x5D4464501FBEEC1032C9
    assert len({second_id(number) for number in range(1, 1000)}) == 999


def test_the_terms_fit_into_metadata():
    terms = quote(AMOUNT_MAX - 1, Rate.of(AMOUNT_MAX - 2, AMOUNT_MAX), Rounding.HALF_EVEN)
    assert decode(encode(terms.metadata())) == terms.metadata()
