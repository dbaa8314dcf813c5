"""What these pages share: who asks, the way on after a form."""

from typing import Any

from litestar import Request
from litestar.response import Redirect

from dawam.web.pages import locale_of

AnyRequest = Request[Any, Any, Any]


def on_to(request: AnyRequest, place: str) -> Redirect:
    """On to another page of the console."""
    return Redirect(f"/{locale_of(request)}/console{place}", status_code=303)
