"""`/banner/{institution}.js` and `.json`: what works, on the institution's own pages.

The script is the same for all and holds no word of anybody: it asks for the JSON beside it and shows that as
text. It sets no cookie, sends none, and shows nothing while all is well.
"""

from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import NotFound
from dawam.status.publishing.cache import Kept, Made
from dawam.status.publishing.conditions import answer
from dawam.status.publishing.pages.view import View, locale_named
from dawam.web import Locale, negotiate, text
from dawam.web.pages import DIRECTIONS, FOR_ANYONE, ruled

_SCRIPT = Kept(Made(Path(__file__).with_name("banner.js").read_bytes()))
_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def banner_routes(view: View) -> list[HTTPRouteHandler]:
    """The script, and what it shows."""

    @get("/banner/{file:str}", opt=ruled(FOR_ANYONE))
    async def banner(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[bytes]:
        institution, _, kind = file.rpartition(".")
        if kind == "js":
            view.known(institution)
            return answer(
                request,
                _SCRIPT,
                "text/javascript",
                cache_control="public, max-age=3600",
                headers=_FOR_ALL,
            )
        if kind != "json":
            raise NotFound("route_not_found")
        return _told(view, request, view.known(institution))

    return [banner]


def _told(view: View, request: Request[Any, Any, Any], institution: str) -> Response[bytes]:
    wanted = str(request.query_params.get("lang", "")).lower().partition("-")[0]
    locale = locale_named(wanted) or negotiate(request.headers.get("accept-language"))
    kept = view.publisher.cache.get(
        institution, f"banner {locale}", lambda: Made(_banner(view, institution, locale))
    )
    headers = {**_FOR_ALL, "Content-Language": locale, "Vary": "Accept-Encoding, Accept-Language"}
    return answer(request, kept, "application/json", cache_control="public, max-age=2", headers=headers)


def _banner(view: View, institution: str, locale: Locale) -> bytes:
    board = view.board(institution, locale)
    headline = board.headline
    return msgspec.json.encode(
        {
            "show": headline.tone != "good",
            "tone": headline.tone,
            "name": view.name(institution, locale),
            "title": headline.title,
            "text": headline.means,
            "more": text("What works right now", locale),
            "url": f"{view.face.settings.origin}/{locale}/status/{institution}",
            "lang": locale,
            "dir": DIRECTIONS[locale],
        }
    )
