"""`/{locale}` and `/{locale}/status/{institution}`: what works right now, for everybody.

The page is a frame around a fragment that is made once for each change and language. Open pages listen, and
fetch the fragment when something has changed; without scripts a link loads the page again.
"""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from markupsafe import Markup

from dawam.status.publishing.cache import Kept
from dawam.status.publishing.conditions import answer
from dawam.status.publishing.pages.view import View
from dawam.status.publishing.publisher import topic_of
from dawam.web import negotiate
from dawam.web.pages import FOR_ANYONE, locale_of, reader_of, ruled

_HTML = "text/html"
_THE_REST = Markup("<!-- the rest -->")


def status_routes(view: View) -> list[HTTPRouteHandler]:
    """The pages, their fragments, their news."""
    return [_begin(), *_of_all(view), *_of_one(view)]


def _begin() -> HTTPRouteHandler:
    @get("/", opt=ruled(FOR_ANYONE))
    async def begin(request: Request[Any, Any, Any]) -> Redirect:
        locale = negotiate(request.headers.get("accept-language"))
        return Redirect(f"/{locale}", headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"})

    return begin


def _of_all(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}", opt=ruled(FOR_ANYONE))
    async def everything(request: Request[Any, Any, Any]) -> Response[bytes]:
        locale = locale_of(request)
        kept = view.all_now(locale)
        headline, rest = _parts(kept)
        names = [(one, view.name(one, locale)) for one in view.publisher.sources.desks]
        return view.face.page(
            request,
            "publishing/all.html",
            section="status",
            headline=headline,
            fragment=rest,
            seen=kept.tag,
            institutions=names,
        )

    @get("/{locale:str}/now", opt=ruled(FOR_ANYONE))
    async def everything_now(request: Request[Any, Any, Any]) -> Response[bytes]:
        locale = locale_of(request)
        return answer(request, view.all_now(locale), _HTML, headers={"Content-Language": locale})

    @get("/{locale:str}/live", opt=ruled(FOR_ANYONE))
    async def everything_live(request: Request[Any, Any, Any]) -> Stream:
        kept = view.all_now(locale_of(request))
        return _stream(view, request, list(view.publisher.sources.desks), kept)

    return [everything, everything_now, everything_live]


def _of_one(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/status/{institution:str}", opt=ruled(FOR_ANYONE))
    async def status(request: Request[Any, Any, Any], institution: FromPath[str]) -> Response[bytes]:
        locale = locale_of(request)
        kept = view.now(view.known(institution), locale)
        headline, rest = _parts(kept)
        return view.face.page(
            request,
            "publishing/institution.html",
            section="status",
            institution=institution,
            name=view.name(institution, locale),
            headline=headline,
            fragment=rest,
            seen=kept.tag,
        )

    @get("/{locale:str}/status/{institution:str}/now", opt=ruled(FOR_ANYONE))
    async def status_now(request: Request[Any, Any, Any], institution: FromPath[str]) -> Response[bytes]:
        locale = locale_of(request)
        kept = view.now(view.known(institution), locale)
        return answer(request, kept, _HTML, headers={"Content-Language": locale})

    @get("/{locale:str}/status/{institution:str}/live", opt=ruled(FOR_ANYONE))
    async def status_live(request: Request[Any, Any, Any], institution: FromPath[str]) -> Stream:
        kept = view.now(view.known(institution), locale_of(request))
        return _stream(view, request, [institution], kept)

    @get("/{locale:str}/status/{institution:str}/days", opt=ruled(FOR_ANYONE))
    async def status_days(request: Request[Any, Any, Any], institution: FromPath[str]) -> Response[bytes]:
        locale = locale_of(request)
        kept = view.days(view.known(institution), locale)
        return view.face.page(
            request,
            "publishing/days.html",
            section="status",
            institution=institution,
            name=view.name(institution, locale),
            fragment=_ours(kept),
        )

    return [status, status_now, status_live, status_days]


def _parts(kept: Kept) -> tuple[Markup, Markup]:
    """The headline, which is read out when it changes, and the rest, which is not."""
    headline, _, rest = _ours(kept).partition(_THE_REST)
    return headline, rest


def _ours(kept: Kept) -> Markup:
    """A fragment of our own templates, in which everything from outside is escaped already."""
    return Markup(kept.body.decode())  # noqa: S704  # see above


def _stream(view: View, request: Request[Any, Any, Any], institutions: list[str], kept: Kept) -> Stream:
    """News of institutions; at once, where the page was made before the last of them."""
    late = request.query_params.get("seen") != kept.tag
    topics = [topic_of(one) for one in institutions]
    return view.publisher.live.stream(topics, reader_of(request), first=[("changed", "")] if late else [])
