"""What these pages share: who asks, the way on after a form, a form shown again with what was wrong."""

from typing import Any

from litestar import Request
from litestar.response import Redirect

from dawam.kernel import DawamError
from dawam.web import status_of
from dawam.web.pages import locale_of

AnyRequest = Request[Any, Any, Any]


def on_to(request: AnyRequest, place: str) -> Redirect:
    """On to another page of the console."""
    return Redirect(f"/{locale_of(request)}/console{place}", status_code=303)


def again(error: DawamError | None) -> int:
    """The status of a page that may show what was wrong with a form."""
    if error is None:
        return 200
    status = status_of(error)
    return 422 if status == 400 else status
