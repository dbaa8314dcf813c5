"""Codes that people read out, type, and get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.status.notices.codes import ALPHABET, CODE_BITS, code_of, codes_in, grouped, read_code, visible

CODES = st.integers(0, 2**CODE_BITS - 1).map(code_of)


@given(CODES)
def test_a_code_is_read_as_it_was_made(code):
    assert read_code(code) == code
    assert read_code(f"  {grouped(code).lower()} ") == code


@given(CODES, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(code, place, letter):
    wrong = code[:place] + letter + code[place + 1 :]
    assert read_code(wrong) == (code if wrong == code else None)


@given(CODES, st.integers(0, 6))
def test_two_swapped_neighbours_are_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read_code(swapped) == (code if swapped == code else None)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_or_none(text):
    assert read_code(text) is None or len(read_code(text)) == 8
    assert len(codes_in(visible(text))) <= 8


@pytest.mark.parametrize(
    "written",
    [
        "{a}-{b}",
        "{a} {b}",
        "{a}{b}",
        "{a}–{b}",
        "\u2068{a}-{b}\u2069",
        "\u200f{a}\u200e-{b}",
        "{spelled}",
        "الرمز {a}-{b}.",
        "Code: {lower}, thank you very much indeed",
        "{arabic}",
        "{wide}",
    ],
)
def test_a_code_is_found_however_it_was_written(written):
    code = code_of(0b00001_00010_00011_10001_11000_00100_00101)
    text = written.format(
        a=code[:4],
        b=code[4:],
        spelled=" ".join(code),
        lower=grouped(code).lower(),
        arabic="".join(chr(0x660 + int(c)) if c.isdigit() else c for c in code),
        wide="".join(chr(ord(c) + 0xFEE0) for c in code),
    )
    assert [found for found, _ in codes_in(visible(text))] == [code]


def test_letters_that_look_like_digits_are_taken_for_them():
    code = code_of(0b00001_00000_00011_10001_11000_00100_00101)
    assert code.startswith("10")
    assert read_code("lO" + code[2:]) == code
