"""A request's body into a struct, or an error that names the place.

Rules, in this order: UTF-8 JSON, nested no deeper than `DEPTH_MAX`, of the struct's shape. Structs of
requests forbid unknown fields (`forbid_unknown_fields=True`). Values are never repeated in an error.
"""

import re
from typing import Any, TypeVar

import msgspec

from dawam.kernel import InvalidInput

T = TypeVar("T")

DEPTH_MAX = 32
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_PLACE = re.compile(r" - at `(?:key in )?(?P<where>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>.*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>.*)`$")

_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def decode(body: bytes, shape: type[T]) -> T:
    """The body as `shape`.

    Raises: InvalidInput `body_not_json`, `body_too_deep`, `body_field_unknown`, `body_field_missing`,
    `body_field_invalid`.
    """
    _check_depth(body)
    try:
        decoded: T = _decoder(shape).decode(body)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise InvalidInput("body_not_json", reason=reason) from None
    return decoded


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEPTH_MAX:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_MAX:
            raise InvalidInput("body_too_deep", limit=DEPTH_MAX)


def _misfit(message: str) -> InvalidInput:
    place = _PLACE.search(message)
    where = place.group("where") if place else "$"
    said = _PLACE.sub("", message)
    if unknown := _UNKNOWN.fullmatch(said):
        return InvalidInput("body_field_unknown", field=unknown.group("field"), where=where)
    if missing := _MISSING.fullmatch(said):
        return InvalidInput("body_field_missing", field=missing.group("field"), where=where)
    return InvalidInput("body_field_invalid", where=where, reason=said)


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    known = _decoders.get(shape)
    if known is None:
        known = _decoders[shape] = msgspec.json.Decoder(shape)
    return known
