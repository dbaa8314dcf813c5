"""Failures as pages: what, and what to do next, in the language of the page; JSON for whoever asks for it."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Redirect

from dawam.kernel import DawamError, Forbidden, NotFound
from dawam.web.locale import LOCALES, Locale, negotiate
from dawam.web.pages.face import Face
from dawam.web.problems import answer_failure, protocol_headers, status_of, translated


def failure_pages(face: Face) -> Any:
    """The exception handler of an application with pages."""

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if not _wants_page(request):
            return answer_failure(request, error)
        found = translated(request, error)
        locale = _locale(request)
        if isinstance(found, Forbidden) and found.code == "sign_in_needed" and request.method == "GET":
            return Redirect(_sign_in(found, locale, request.url.path))
        status = status_of(found)
        return face.page(
            request,
            "web/problem.html",
            locale=locale,
            status=status,
            headers=protocol_headers(found, status),
            problem=face.explain(found, locale),
            door=_door(found, locale) if status == HTTPStatus.UNAUTHORIZED else "",
            lost=isinstance(found, NotFound) and found.code == "route_not_found",
        )

    return answer


def _sign_in(error: Forbidden, locale: Locale, path: str) -> str:
    return f"{_door(error, locale)}?next={quote(path, safe='/')}"


def _door(error: DawamError, locale: Locale) -> str:
    """The page for signing in."""
    place = "console/sign-in" if error.params.get("audience") == "staff" else "sign-in"
    return f"/{locale}/{place}"


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


def _locale(request: Request[Any, Any, Any]) -> Locale:
    first = request.url.path.lstrip("/").partition("/")[0]
    for locale in LOCALES:
        if first == locale:
            return locale
    return negotiate(request.headers.get("accept-language"))
