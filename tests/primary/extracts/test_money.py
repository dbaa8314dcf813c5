"""A column of amounts at once gives what the kernel gives one by one."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.kernel import DawamError, InvalidInput, currency_of, parse_minor
from dawam.primary.extracts.mapping import MoneySection
from dawam.primary.extracts.money import minor_of, plain_text

CODES = ["EGP", "JPY", "KWD", "CLF"]
decimals = st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{1,13})?", fullmatch=True)
texts = st.one_of(
    decimals,
    st.from_regex(r"[ \t]*[+-]?[0-9]{1,3}(\.[0-9]{1,3}0{0,2})?[ \n\x1f]*", fullmatch=True),
    st.text(alphabet="0123456789+-., e\n\x1c\x85\u00a0٣", max_size=12),
    st.sampled_from(
        ["9223372036854775807", "92233720368547758.07", "92233720368547758.08", "-0", "0.", ".5", ""]
    ),
)


def by_kernel(text: str, code: str, money: MoneySection) -> int | str:
    try:
        return parse_minor(plain_text(text, money), currency_of(code))
    except DawamError as failure:
        return "extract_" + failure.code


def at_once(rows: list[tuple[str, str]], money: MoneySection) -> list[int] | InvalidInput:
    frame = pl.DataFrame(rows, schema={"x": pl.String, "currency": pl.String}, orient="row")
    frame = frame.with_columns(pl.int_range(2, pl.len() + 2).alias("row"))
    try:
        return minor_of(frame, "x", money, file="f", column="x").to_list()
    except InvalidInput as failure:
        return failure


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(CODES), st.sampled_from([(".", None), (",", None), (",", "."), (".", ",")]))
def test_a_text_is_read_as_the_kernel_reads_it(text, code, marks):
    money = MoneySection(currency=code, decimal=marks[0], thousands=marks[1])
    expected = by_kernel(text, code, money)
    found = at_once([(text, code)], money)
    assert (found.code if isinstance(found, InvalidInput) else found[0]) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from(CODES)), max_size=8))
def test_of_many_texts_the_first_bad_one_is_named(rows):
    money = MoneySection(currency_column="c")
    expected = [by_kernel(text, code, money) for text, code in rows]
    found = at_once(rows, money)
    bad = [place for place, amount in enumerate(expected) if isinstance(amount, str)]
    if bad:
        assert isinstance(found, InvalidInput)
        assert (found.code, found.params["line"]) == (expected[bad[0]], bad[0] + 2)
    else:
        assert found == expected


@pytest.mark.parametrize("text", ["12.405", "0.001", "-5.55500"])
def test_no_amount_is_rounded(text):
    found = at_once([(text, "EGP")], MoneySection(currency="EGP"))
    assert isinstance(found, InvalidInput)
    assert found.code == "extract_amount_not_minor_units"
    assert text not in str(found)
