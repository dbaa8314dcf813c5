"""Bodies: each fault has its code and its place, in documented order."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dawam.kernel import InvalidInput
from dawam.web import decode
from dawam.web.body import DEPTH_MAX


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """Something inside."""

    amount_minor: int


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A request."""

    name: str
    items: list[Item] = []


@pytest.mark.parametrize(
    ("body", "code", "params"),
    [
        (b"", "body_not_json", {}),
        (b"{", "body_not_json", {}),
        (b'{"name": "x"} x', "body_not_json", {}),
        (b"\xff\xfe", "body_not_json", {}),
        (b'{"name": "\xff"}', "body_not_json", {}),
        (b'{"name": NaN}', "body_not_json", {}),
        (b"name=x", "body_not_json", {}),
        (b"[" * 60_000, "body_too_deep", {"limit": DEPTH_MAX}),
        (b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}", "body_too_deep", {"limit": DEPTH_MAX}),
        (b"[]", "body_field_invalid", {"where": "$"}),
        (b"null", "body_field_invalid", {"where": "$"}),
        (b"{}", "body_field_missing", {"field": "name", "where": "$"}),
        (b'{"name": 1}', "body_field_invalid", {"where": "$.name"}),
        (b'{"name": "x", "colour": 1}', "body_field_unknown", {"field": "colour", "where": "$"}),
        (
            b'{"name": "x", "items": [{}]}',
            "body_field_missing",
            {"field": "amount_minor", "where": "$.items[0]"},
        ),
        (
            b'{"name": "x", "items": [{"amount_minor": 1.5}]}',
            "body_field_invalid",
            {"where": "$.items[0].amount_minor"},
        ),
        (
            b'{"name": "x", "items": [{"amount_minor": "1"}]}',
            "body_field_invalid",
            {"where": "$.items[0].amount_minor"},
        ),
    ],
)
def test_a_body_that_does_not_fit_names_the_place(body: bytes, code: str, params: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode(body, Body)
    assert caught.value.code == code
    assert {name: caught.value.params[name] for name in params} == params


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    name = '[[{{\\"[[' * 100
    assert decode(f'{{"name": "{name}"}}'.encode(), Body).name == name.replace('\\"', '"')


def test_many_small_things_beside_each_other_are_not_deep() -> None:
    items = ",".join('{"amount_minor": 1}' for _ in range(1_000))
    assert len(decode(f'{{"name": "", "items": [{items}]}}'.encode(), Body).items) == 1_000


@given(st.binary(max_size=300))
def test_any_bytes_become_a_body_or_a_failure(body: bytes) -> None:
    with suppress(InvalidInput):
        decode(body, Body)
