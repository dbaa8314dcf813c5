"""The colours that a reader chose: light, dark or as the device has them; a form, for it needs no scripts."""

from http.cookies import SimpleCookie
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from dawam.web.pages.face import THEME_COOKIE, Face, locale_of
from dawam.web.pages.forms import form_of
from dawam.web.pages.rules import FOR_ANYONE, ruled

_YEAR_S = 31_536_000


class ThemeForm(msgspec.Struct, frozen=True):
    """Which colours, and the page to go back to."""

    theme: Literal["auto", "light", "dark"]
    back: str = ""


def theme_route(face: Face) -> HTTPRouteHandler:
    """The route that keeps the choice in a cookie and goes back to the page."""

    @post("/{locale:str}/theme", opt=ruled(FOR_ANYONE), status_code=303)
    async def choose(request: Request[Any, Any, Any]) -> Response[None]:
        form = await form_of(request, ThemeForm)
        locale = locale_of(request)
        jar: SimpleCookie = SimpleCookie()
        jar[THEME_COOKIE] = form.theme
        jar[THEME_COOKIE] |= {"path": "/", "max-age": _YEAR_S, "samesite": "Lax", "httponly": True}
        if face.settings.secure:
            jar[THEME_COOKIE]["secure"] = True
        headers = {
            "Location": same_site(form.back) or f"/{locale}",
            "Set-Cookie": jar[THEME_COOKIE].OutputString(),
            "Cache-Control": "no-store",
        }
        return Response(None, status_code=303, headers=headers)

    return choose


def same_site(path: str) -> str:
    """The path, if it leads to a page of ours and nowhere else; empty otherwise.

    A browser reads `//evil` and `/\\evil` as another site, and leaves out tabs and line breaks.
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) <= 2_000
    if not plain or not path.startswith("/") or path.startswith("//"):
        return ""
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else ""
