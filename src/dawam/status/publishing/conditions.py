"""Answers to readers that ask again and again: 304 where nothing has changed.

Rules: a tag counts before a date; tags are compared weakly; a condition that cannot be understood is as if it
were not there, and never a failure. Source: RFC 9110, sections 8.8, 12.5.3 and 13.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from litestar import Request, Response

from dawam.status.publishing.cache import Kept

_HEADER_MAX = 2_000
_DATE_MAX = 100
_WORTH_COMPRESSING = 1_024


def answer(
    request: Request[Any, Any, Any],
    kept: Kept,
    media_type: str,
    *,
    cache_control: str = "no-cache",
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The body, or that the reader has it already; compressed where the reader likes that."""
    sent = {
        "ETag": f'W/"{kept.tag}"',
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    changed_at = kept.changed_at
    if changed_at is not None:
        sent["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
    if _is_known(request, kept.tag, changed_at):
        return Response(b"", status_code=304, media_type=media_type, headers=sent)
    body = kept.body
    if len(body) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        body = kept.compressed
        sent["Content-Encoding"] = "gzip"
    return Response(body, media_type=media_type, headers=sent)


def _is_known(request: Request[Any, Any, Any], tag: str, changed_at: datetime | None) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        said = [one.strip().removeprefix("W/") for one in tags[:_HEADER_MAX].split(",")]
        return f'"{tag}"' in said or said == ["*"]
    since = _date(request.headers.get("if-modified-since", "")[:_DATE_MAX])
    return since is not None and changed_at is not None and changed_at.replace(microsecond=0) <= since


def _date(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
