"""Forms: bounded, in UTF-8, from our own pages only, each meant once.

Rules, in this order: the browser says that the form comes from our origin (`Sec-Fetch-Site`, else `Origin`);
the form carries a token that only a page given to this browser can hold; no more than `FIELDS_MAX` fields;
then its shape. Source: OWASP, Cross-Site Request Forgery Prevention.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from random import Random
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request

from dawam.kernel import DawamError, Forbidden, InvalidInput
from dawam.web.pages.visitors import key_of
from dawam.web.problems import status_of

T = TypeVar("T")

FIELDS_MAX = 100
_FIELD = "csrf"
_HEADER = "x-csrf-token"
_TOKEN_BYTES = 32


def shown_again(error: DawamError | None) -> int:
    """The status of a page that may show its form once more: 422 where what was filled in is wrong."""
    if error is None:
        return 200
    status = status_of(error)
    return 422 if status == 400 else status


def form_token(key: str, entropy: Random) -> str:
    """A token bound to the browser's cookie; masked anew each time, so that compression tells nothing."""
    pad = entropy.randbytes(_TOKEN_BYTES)
    masked = bytes(a ^ b for a, b in zip(_digest(key), pad, strict=True))
    return urlsafe_b64encode(pad + masked).decode()


async def form_of(request: Request[Any, Any, Any], shape: type[T]) -> T:
    """The form of a request as a struct; empty fields count as not given, and every field is trimmed.

    Raises: Forbidden `form_foreign`, `form_stale`; InvalidInput `form_malformed`, `form_field_missing`,
    `form_field_invalid`.
    """
    fields = await fields_of(request)
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from None


async def fields_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of a form of ours; of a field given several times the last counts.

    Raises: Forbidden `form_foreign`, `form_stale`; InvalidInput `form_malformed`.
    """
    _check_origin(request)
    try:
        pairs = parse_qsl(
            (await request.body()).decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except (UnicodeDecodeError, ValueError):
        raise InvalidInput("form_malformed") from None
    fields = dict(pairs)
    if any("\0" in text for pair in pairs for text in pair):
        raise InvalidInput("form_malformed")  # no person types it, and databases do not keep it
    _check_token(key_of(request), request.headers.get(_HEADER) or fields.pop(_FIELD, ""))
    return fields


def _check_origin(request: Request[Any, Any, Any]) -> None:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Forbidden("form_foreign")
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("form_foreign")


def _check_token(key: str, token: str) -> None:
    try:
        raw = urlsafe_b64decode(token.encode())
    except (NotBase64, ValueError):
        raise Forbidden("form_stale") from None
    if not key or len(raw) != 2 * _TOKEN_BYTES:
        raise Forbidden("form_stale")
    given = bytes(a ^ b for a, b in zip(raw[:_TOKEN_BYTES], raw[_TOKEN_BYTES:], strict=True))
    if not hmac.compare_digest(given, _digest(key)):
        raise Forbidden("form_stale")


def _digest(key: str) -> bytes:
    return hmac.digest(key.encode(), b"dawam form", sha256)


def _misfit(message: str) -> InvalidInput:
    field = message.partition("`$.")[2].rstrip("`")
    if "missing required field" in message:
        return InvalidInput("form_field_missing", field=message.split("`")[1])
    return InvalidInput("form_field_invalid", field=field[:40])
