"""What these pages answer with: a way on with another cookie, options for a passkey, a form once more."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from dawam.kernel import DawamError, InvalidInput
from dawam.people.entrance import device_of
from dawam.web import Locale, explain
from dawam.web.pages import Face, set_cookie

AnyRequest = Request[Any, Any, Any]


def go(path: str, face: Face, *, key: str | None = None) -> Redirect:
    """On to another page; with `key` the browser's cookie changes, with an empty one it goes."""
    headers = {"Cache-Control": "no-store"}
    if key is not None:
        name, value = set_cookie(key, secure=face.settings.secure)
        headers[name] = value
    return Redirect(path, status_code=303, headers=headers)


def options(content: str) -> Response[str]:
    """Options for the browser's passkey dialogue."""
    return Response(
        content, status_code=200, media_type="application/json", headers={"Cache-Control": "no-store"}
    )


def at_field(error: DawamError | None, locale: Locale) -> str:
    """What stands beside the field, where what was typed is wrong; else empty."""
    if not isinstance(error, InvalidInput):
        return ""
    says = explain(error, locale)
    return f"{says.detail} {says.action}"


def device(request: AnyRequest) -> str:
    """What the browser says it is."""
    return device_of(request.headers.get("user-agent", "")[:500])
