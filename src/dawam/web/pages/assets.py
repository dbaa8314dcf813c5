"""What pages bring along: styles, scripts, fonts and pictures, under a path that changes with their content.

So a browser may keep them for ever, and a new version is fetched at once. Sent compressed where that helps.
All of `css/` goes as one file, `css/app.css`: what the design is made of first, then slices, print last; the
dark colours, written once, stand in it also for readers whose device is dark.
"""

import gzip
import re
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import NotFound
from dawam.web.pages.rules import FOR_ANYONE, ruled

ROOT = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_COMPRESSED = {".css", ".js", ".svg", ".webmanifest"}
_YEAR_S = 31_536_000
_STYLES = "css/app.css"
_FIRST, _LAST = ("tokens", "base", "layout", "components"), ("print",)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DARK = re.compile(r'^\[data-theme="dark"\] \{\n(.*?)^\}', re.DOTALL | re.MULTILINE)
_DARK_AGAIN = "/* the dark colours, as above */"


@cache
def files() -> dict[str, bytes]:
    """Every file below `static/`, by its path there; the styles as one."""
    found = sorted(path for path in ROOT.rglob("*") if path.is_file() and path.suffix != ".css")
    vendored = sorted((ROOT / "vendor").glob("*.css"))
    read = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in [*found, *vendored]}
    return {**read, _STYLES: styles().encode()}


def styles() -> str:
    """All styles in their order, without comments and indentation."""
    sheets = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "css").glob("*.css"))}
    between = [name for name in sheets if name not in _FIRST + _LAST]
    whole = "".join(sheets[name] for name in (*_FIRST, *between, *_LAST) if name in sheets)
    dark = _DARK.search(whole)
    if dark:
        whole = whole.replace(_DARK_AGAIN, dark.group(1))
    lines = (line.strip() for line in _COMMENT.sub("", whole).splitlines())
    return "\n".join(line for line in lines if line)


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
    def static(request: Request, digest: FromPath[str], path: FromPath[str]) -> Response[bytes]:  # type: ignore[type-arg]
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
