"""`/feeds/{institution}/windows.ics`: an institution's windows for calendars, asked for again and again.

A reader that brings the ETag or the date of its last answer gets 304 when nothing has changed; conditions
that cannot be understood are as if they were not there. Source: RFC 9110, sections 8.8 and 13.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from dawam.kernel import NotFound
from dawam.status.windows.ical import calendar_of
from dawam.status.windows.pages.view import View
from dawam.web import LOCALES, Locale, negotiate
from dawam.web.pages import FOR_ANYONE, ruled

_BACK = timedelta(days=90)
_AHEAD = timedelta(days=730)
_HEADER_MAX = 2_000


def feed_route(view: View) -> HTTPRouteHandler:
    """The calendar of one institution; `?lang=` chooses the language, else what the reader prefers."""

    @get("/feeds/{institution:str}/windows.ics", opt=ruled(FOR_ANYONE))
    async def windows_ics(
        request: Request[Any, Any, Any], institution: FromPath[str], lang: FromQuery[str] = ""
    ) -> Response[bytes]:
        if institution not in view.windows.settings:
            raise NotFound("window_institution_not_found")
        locale = _language(lang, request.headers.get("accept-language"))
        now = view.face.world.clock.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found = view.windows.between(institution, midnight - _BACK, midnight + _AHEAD)
        body = calendar_of(
            found, name=view.name_of(institution, locale), locale=locale, origin=view.face.settings.origin
        )
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        changed_at = max((one.changed_at for one in found), default=None)
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=60",
            "Content-Language": locale,
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
        }
        if changed_at is not None:
            headers["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
        if _unchanged(request, tag, changed_at):
            return Response(b"", status_code=304, headers=headers, media_type="text/calendar")
        return Response(body, headers=headers, media_type="text/calendar")

    return windows_ics


def _language(wanted: str, accepted: str | None) -> Locale:
    for locale in LOCALES:
        if wanted.lower() == locale:
            return locale
    return negotiate(accepted)


def _unchanged(request: Request[Any, Any, Any], tag: str, changed_at: datetime | None) -> bool:
    """Whether the reader has this answer already; the tag counts before the date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = [one.strip().removeprefix("W/") for one in tags[:_HEADER_MAX].split(",")]
        return tag in known or known == ["*"]
    since = _date(request.headers.get("if-modified-since", "")[:100])
    return since is not None and changed_at is not None and changed_at.replace(microsecond=0) <= since


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
