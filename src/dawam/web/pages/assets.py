"""What pages bring along: styles, scripts, fonts and pictures, under a path that changes with their content.

So a browser may keep them for ever, and a new version is fetched at once. Sent compressed where that helps.
"""

import gzip
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import NotFound
from dawam.web.pages.rules import FOR_ANYONE, ruled

ROOT = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_COMPRESSED = {".css", ".js", ".svg", ".webmanifest"}
_YEAR_S = 31_536_000


@cache
def files() -> dict[str, bytes]:
    """Every file below `static/`, by its path there."""
    found = sorted(path for path in ROOT.rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in found}


@cache
def version() -> str:
    """A word that changes when any of the files does."""
    digest = sha256()
    for path, content in files().items():
        digest.update(path.encode() + b"\0" + sha256(content).digest())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The URL of a file. Raises: KeyError, when there is none: a template names it wrongly."""
    files()[path]
    return f"/static/{version()}/{path}"


@cache
def _compressed(path: str) -> bytes:
    return gzip.compress(files()[path], 9, mtime=0)


def assets_route() -> HTTPRouteHandler:
    """The route of all of them."""

    @get("/static/{digest:str}/{path:path}", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def static(request: Request, digest: str, path: str) -> Response[bytes]:  # type: ignore[type-arg]
        name = path.lstrip("/")
        if name not in files():
            raise NotFound("route_not_found")
        suffix = Path(name).suffix
        kind = _TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
        kept = f"public, max-age={_YEAR_S}, immutable" if digest == version() else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        body = files()[name]
        if suffix in _COMPRESSED and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = _compressed(name)
        return Response(body, media_type=kind, headers=headers)

    return static
