"""Metadata: one content, one text of bytes; everything else is refused."""

from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dawam.kernel import InvalidInput
from dawam.ledger.metadata import BYTES_MAX, KEYS_MAX, decode, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = TEXTS | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)


def composed(value):
    return normalize("NFC", value) if isinstance(value, str) else value


def refusal(call, given_):
    with pytest.raises(InvalidInput) as caught:
        call(given_)
    return caught.value.code


def test_the_bytes_are_sorted_dense_utf_8():
    assert encode({"b": 7, "a": "حساب", "c": True}) == '{"a":"حساب","b":7,"c":true}'.encode()
    assert encode({}) == b"{}"
    assert encode({"k": 'a"\\\n\x01/\x7f'}) == b'{"k":"a\\"\\\\\\n\\u0001/\x7f"}'


def test_keys_are_ordered_as_rfc_8785_orders_them():
    """By UTF-16 code units: a smiley (D83D) comes before a private letter (E000), by code points after."""
    assert list(decode(encode({"\ue000": 1, "😀": 2, "z": 3}))) == ["z", "😀", "\ue000"]


@given(st.dictionaries(TEXTS.filter(bool), VALUES, max_size=8))
def test_what_was_encoded_is_decoded_to_the_same_bytes(metadata):
    assume(len({composed(key) for key in metadata}) == len(metadata))
    encoded = encode(metadata)
    decoded = decode(encoded)
    assert encode(decoded) == encoded
    given_ = {composed(key): composed(value) for key, value in metadata.items()}
    assert {key: repr(value) for key, value in decoded.items()} == {
        key: repr(value) for key, value in given_.items()
    }


@given(st.dictionaries(st.sampled_from("abcdef"), VALUES))
def test_the_order_of_giving_makes_no_difference(metadata):
    assert encode(dict(reversed(metadata.items()))) == encode(metadata)


def test_two_ways_to_type_a_word_are_one_word():
    assert encode({"e\u0301": "e\u0301"}) == encode({"\u00e9": "\u00e9"})
    assert refusal(encode, {"e\u0301": 1, "\u00e9": 2}) == "metadata_entry_malformed"


def test_bytes_that_unicode_would_compose_today_are_still_read():
    assert decode('{"k":"e\u0301"}'.encode()) == {"k": "e\u0301"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"": 1},
        {1: "a"},
        {"a": 1.5},
        {"a": None},
        {"a": [1]},
        {"a": {}},
        {"a": 2**53},
        {"a": -(2**53)},
        {"a": "\ud800"},
        {"\udfff": 1},
    ],
)
def test_an_unsuitable_entry_is_refused(metadata):
    assert refusal(encode, metadata) == "metadata_entry_malformed"


def test_what_is_no_object_is_refused():
    for metadata in (None, [], "a", 7):
        assert refusal(encode, metadata) == "metadata_malformed"


def test_the_refusal_tells_where_and_not_what():
    with pytest.raises(InvalidInput) as caught:
        encode({"fine": 1, "secret": 1.5})
    assert caught.value.params == {"position": 2}


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"[]",
        b"7",
        b"null",
        b'{"a":1',
        b'{"a":1} ',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":-0}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b"[" * 4000,
        b'{"a":' * 800,
    ],
)
def test_bytes_that_are_not_canonical_are_refused(encoded):
    assert refusal(decode, encoded) == "metadata_malformed"


@pytest.mark.parametrize(
    "encoded",
    [b'{"a":1.0}', b'{"a":1e3}', b'{"a":null}', b'{"a":[]}', b'{"":1}', b'{"a":NaN}', b'{"a":"\\ud800"}'],
)
def test_bytes_of_an_unsuitable_entry_are_refused(encoded):
    assert refusal(decode, encoded) == "metadata_entry_malformed"


def test_the_limits_are_exact():
    fits = {"k": "x" * (BYTES_MAX - len(b'{"k":""}'))}
    assert len(encode(fits)) == BYTES_MAX
    assert decode(encode(fits)) == fits
    assert refusal(encode, {"k": fits["k"] + "x"}) == "metadata_too_large"
    assert refusal(decode, b'{"k":"' + b"x" * BYTES_MAX + b'"}') == "metadata_too_large"
    many = {str(number): number for number in range(KEYS_MAX)}
    assert decode(encode(many)) == many
    assert refusal(encode, {**many, "one": 1}) == "metadata_too_large"
    bytes_of_more = b"{" + b",".join(b'"%03d":1' % number for number in range(KEYS_MAX + 1)) + b"}"
    assert refusal(decode, bytes_of_more) == "metadata_too_large"
