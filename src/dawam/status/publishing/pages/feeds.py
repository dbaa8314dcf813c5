"""`/feeds/{institution}/{locale}.atom`, `….json`, `/feeds/{institution}/cap/…`: notices for programs.

The first page of a feed is made once for each change; older ones when they are asked for.
"""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import NotFound
from dawam.status.notices import Notice
from dawam.status.publishing.cache import Kept, Made
from dawam.status.publishing.conditions import answer
from dawam.status.publishing.feeds import (
    Channel,
    FeedPage,
    Warned,
    atom_feed,
    cap_alert,
    cap_index,
    changed_at,
    json_feed,
)
from dawam.status.publishing.pages.view import View, locale_named
from dawam.status.windows import WindowState
from dawam.web import LOCALES, Locale, negotiate
from dawam.web.pages import FOR_ANYONE, ruled

PAGE_SIZE = 20
_INDEX_SIZE = 50
_ID_SIZE = 26
_FORMS: dict[str, tuple[str, Callable[[Channel, FeedPage], bytes]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom_feed),
    "json": ("application/feed+json; charset=utf-8", json_feed),
}
_CAP = "application/cap+xml; charset=utf-8"
_FOR_ALL = {"Access-Control-Allow-Origin": "*"}
_MAY_BE_KEPT = "public, max-age=0, must-revalidate"


def feed_routes(view: View) -> list[HTTPRouteHandler]:
    """The feeds and the warnings."""

    @get("/feeds/{institution:str}/{file:str}", opt=ruled(FOR_ANYONE))
    async def feed(
        request: Request[Any, Any, Any], institution: FromPath[str], file: FromPath[str]
    ) -> Response[bytes]:
        return _feed(view, request, view.known(institution), file)

    @get("/feeds/{institution:str}/cap/{file:str}", opt=ruled(FOR_ANYONE))
    async def cap(
        request: Request[Any, Any, Any], institution: FromPath[str], file: FromPath[str]
    ) -> Response[bytes]:
        name, _, suffix = file.rpartition(".")
        if suffix != "xml":
            raise NotFound("route_not_found")
        if name == "index":
            return _index(view, request, view.known(institution))
        return _warning(view, request, view.known(institution), name)

    return [feed, cap]


def channel_of(view: View, institution: str, locale: Locale) -> Channel:
    """An institution's notices in a language."""
    name = view.publisher.sources.name_of(institution, locale)
    return Channel(origin=view.face.settings.origin, institution=institution, name=name, locale=locale)


def _feed(view: View, request: Request[Any, Any, Any], institution: str, file: str) -> Response[bytes]:
    word, _, kind = file.rpartition(".")
    locale = locale_named(word)
    if locale is None or kind not in _FORMS:
        raise NotFound("route_not_found")
    media_type, written = _FORMS[kind]
    channel = channel_of(view, institution, locale)
    before = request.query_params.get("before")

    def made() -> Made:
        page = _page(view, institution, before)
        newest = max((changed_at(one) for one in page.notices), default=None)
        return Made(written(channel, page), newest)

    kept = view.publisher.cache.get(institution, f"feed {file}", made) if before is None else Kept(made())
    headers = {**_FOR_ALL, "Content-Language": locale}
    return answer(request, kept, media_type, cache_control=_MAY_BE_KEPT, headers=headers)


def _page(view: View, institution: str, before: str | None) -> FeedPage:
    """Raises: NotFound `feed_page_unknown`."""
    notices = view.publisher.sources.notices
    if before is not None:
        place = notices.notice(before) if len(before) == _ID_SIZE and before.isalnum() else None
        if place is None or place.institution != institution:
            raise NotFound("feed_page_unknown")
    found = notices.recent(institution, PAGE_SIZE + 1, before)
    shown = found[:PAGE_SIZE]
    return FeedPage(notices=shown, before=before, older=shown[-1].id if len(found) > PAGE_SIZE else None)


def _index(view: View, request: Request[Any, Any, Any], institution: str) -> Response[bytes]:
    locale = negotiate(request.headers.get("accept-language"))

    def made() -> Made:
        notices = view.publisher.sources.notices.recent(institution, _INDEX_SIZE)
        messages = [message for notice in notices for message in _messages(view, notice)]
        messages.sort(key=lambda one: one.at, reverse=True)
        newest = max((one.at for one in messages), default=None)
        return Made(cap_index(channel_of(view, institution, locale), messages), newest)

    kept = view.publisher.cache.get(institution, f"cap {locale}", made)
    headers = {**_FOR_ALL, "Content-Language": locale, "Vary": "Accept-Encoding, Accept-Language"}
    return answer(request, kept, _FORMS["atom"][0], cache_control=_MAY_BE_KEPT, headers=headers)


def _messages(view: View, notice: Notice) -> list[Warned]:
    taken_back = [Warned(notice=notice, withdrawal=True)] if notice.withdrawn_at else []
    return [*taken_back, Warned(notice=notice, over=_ends(view, notice))]


def _ends(view: View, notice: Notice) -> bool:
    """Whether it told that an incident was closed, or that announced work will not take place."""
    sources = view.publisher.sources
    ended_at = None
    if notice.kind == "incident" and (incident := sources.incidents.incident(notice.subject_id)):
        ended_at = incident.closed_at
    if notice.kind == "window" and (window := sources.windows.window(notice.subject_id)):
        ended_at = window.changed_at if window.state is WindowState.CANCELLED else None
    return ended_at is not None and notice.published_at >= ended_at


def _warning(view: View, request: Request[Any, Any, Any], institution: str, name: str) -> Response[bytes]:
    """Raises: NotFound `notice_not_found`."""
    sources = view.publisher.sources
    notice_id, withdrawal = Warned.named(name)
    notice = sources.notices.notice(notice_id) if len(notice_id) == _ID_SIZE else None
    if notice is None or notice.institution != institution or (withdrawal and not notice.withdrawn_at):
        raise NotFound("notice_not_found")
    message = Warned(notice=notice, withdrawal=withdrawal, over=_ends(view, notice))
    work = (
        sources.windows.times_at(notice.subject_id, notice.published_at) if notice.kind == "window" else None
    )
    body = cap_alert(
        [channel_of(view, institution, locale) for locale in LOCALES],
        message,
        earlier=[
            one for one in sources.notices.of_subject(notice.subject_id) if one.sequence < notice.sequence
        ],
        starts_at=work.starts_at if work else None,
        ends_at=work.ends_at if work else None,
    )
    kept = Kept(Made(body, message.at))
    return answer(request, kept, _CAP, cache_control=_MAY_BE_KEPT, headers=_FOR_ALL)
