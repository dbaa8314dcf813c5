"""What makes the pages an app on a phone: a manifest, a service worker, and a page without connection.

The worker keeps the shell and the last public status that was seen, never a page of a signed-in visitor.
Source: W3C Web Application Manifest; W3C Service Workers.
"""

from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.web.locale import LOCALES, Locale, negotiate, text
from dawam.web.pages.assets import asset, version
from dawam.web.pages.face import DIRECTIONS, Face
from dawam.web.pages.rules import FOR_ANYONE, ruled

_KEPT = (
    "css/app.css",
    "js/app.js",
    "js/offline.js",
    "vendor/htmx.min.js",
    "vendor/htmx-sse.min.js",
    "icons.svg",
    "fonts/readex-arabic.woff2",
    "fonts/readex-latin.woff2",
)
_UNCHANGED = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def installing_routes(face: Face) -> list[HTTPRouteHandler]:
    """The routes of the manifest, the worker and the page without connection."""
    script = _worker(face)

    @get("/sw.js", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def worker() -> Response[bytes]:
        return Response(script, media_type="text/javascript", headers=_UNCHANGED)

    @get("/manifest.webmanifest", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def manifest(request: Request[Any, Any, Any]) -> Response[bytes]:
        wanted = request.query_params.get("lang") or request.headers.get("accept-language")
        body = msgspec.json.encode(_manifest(negotiate(wanted)))
        return Response(body, media_type="application/manifest+json", headers=_UNCHANGED)

    @get("/{locale:str}/offline", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def offline(request: Request[Any, Any, Any]) -> Response[bytes]:
        return face.page(request, "web/offline.html")

    return [worker, manifest, offline]


def _worker(face: Face) -> bytes:
    """The worker's script; another one whenever anything that it keeps is another."""
    pages = [face.render("web/offline.html", locale) for locale in LOCALES]
    digest = sha256(version().encode() + b"".join(pages)).hexdigest()[:12]
    kept = [*(f"/{locale}/offline" for locale in LOCALES), *(asset(path) for path in _KEPT)]
    return face.render(
        "web/sw.js",
        LOCALES[0],
        version=digest,
        files=msgspec.json.encode(kept).decode(),
        first=LOCALES[0],
        icon=asset("icon-192.png"),
    )


def _manifest(locale: Locale) -> dict[str, object]:
    def icon(size: int) -> dict[str, str]:
        return {
            "src": asset(f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }

    return {
        "id": "/",
        "name": text("Dawam: what works right now", locale),
        "short_name": text("Dawam", locale),
        "description": text("Dawam keeps services answering while the system behind them is away.", locale),
        "lang": locale,
        "dir": DIRECTIONS[locale],
        "start_url": f"/{locale}",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f7f6",
        "theme_color": "#0b5d58",
        "icons": [icon(192), icon(512)],
    }
