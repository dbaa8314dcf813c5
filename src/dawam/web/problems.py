"""Failures as HTTP answers: RFC 9457 `application/problem+json`, in the asked language.

Rules: the status comes from one table; a broken book and an unforeseen error say nothing but their code;
a failure of our own storage shows neither file nor engine; what is logged holds neither body nor params.
"""

import traceback
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from dawam.kernel import DawamError, InvalidInput, NotFound
from dawam.web.explanation import explain
from dawam.web.locale import Locale, negotiate

MEDIA_TYPE = "application/problem+json"

STATUS_BY_KIND: dict[str, int] = {
    "invalid_input": 400,
    "not_found": 404,
    "conflict": 409,
    "forbidden": 403,
    "unavailable": 503,
    "integrity_broken": 500,
    "failure": 500,
}

STATUS_BY_CODE: dict[str, int] = {
    "method_not_allowed": 405,
    "body_too_large": 413,
    "media_type_unsupported": 415,
    "token_missing": 401,
    "token_wrong": 401,
    "sign_in_needed": 401,
    "session_over": 401,
    "access_ended": 401,
    "roles_changed": 401,
    "form_field_missing": 422,
    "form_field_invalid": 422,
    "too_many_tries": 429,
    "live_place_full": 429,
    "primary_unreachable": 502,
    "primary_error": 502,
    "primary_malformed": 502,
    "primary_timeout": 504,
}

EXTENSIONS: dict[str, tuple[str, ...]] = {"balance_withheld": ("reason",)}
"""Params that stand as members of their own in the answer, by code."""

_OURS = ("storage_", "database_")
_RETRY_AFTER_S = "1"
_log = structlog.get_logger("dawam.web")


def status_of(error: DawamError) -> int:
    """The HTTP status of a failure: by code, else by kind."""
    return STATUS_BY_CODE.get(error.code) or STATUS_BY_KIND.get(error.kind, 500)


def problem(error: DawamError, locale: Locale, headers: dict[str, str] | None = None) -> Response[bytes]:
    """The failure as an answer."""
    status = status_of(error)
    says = explain(error, locale)
    body: dict[str, Any] = {"type": "about:blank", "title": says.title, "status": status, "code": says.code}
    if error.kind != "integrity_broken" and not error.code.startswith(_OURS):
        body["detail"] = says.detail
        for name in EXTENSIONS.get(error.code, ()):
            if name in error.params:
                body[name] = error.params[name]
    if says.action:
        body["action"] = says.action
    sent = {"Content-Language": locale, "Vary": "Accept-Language", **(headers or {})}
    sent |= protocol_headers(error, status)
    return Response(
        content=msgspec.json.encode(body, enc_hook=str),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=sent,
    )


def protocol_headers(error: DawamError, status: int) -> dict[str, str]:
    """What HTTP wants beside a status: how to say who asks, when to come again."""
    match status:
        case 401:
            return {"WWW-Authenticate": "Bearer" if error.code.startswith("token_") else "Cookie"}
        case 429 | 503:
            return {"Retry-After": str(error.params.get("wait_s", _RETRY_AFTER_S))}
    return {}


def answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of every application: whatever was raised becomes a problem."""
    locale = negotiate(request.headers.get("accept-language"))
    headers = (error.headers or {}) if isinstance(error, HTTPException) else {}
    allow = headers.get("Allow") or headers.get("allow")
    return problem(translated(request, error), locale, {"Allow": allow} if allow else None)


def translated(request: Request[Any, Any, Any], error: Exception) -> DawamError:
    """Whatever was raised as a failure of ours; what alarms or was not foreseen is logged, without values."""
    if isinstance(error, DawamError):
        if error.kind == "integrity_broken":
            _log.error("integrity_broken", code=error.code, **_place(request))
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _in_our_words(request, error)
    _log.error("internal_error", error=type(error).__name__, frames=_frames(error), **_place(request))
    return DawamError("internal_error")


def _in_our_words(request: Request[Any, Any, Any], error: HTTPException) -> DawamError:
    """Litestar's own refusals in our words."""
    if isinstance(error, ValidationException):
        return _parameter_invalid(error)
    match error.status_code:
        case 404:
            return NotFound("route_not_found")
        case 405:
            return InvalidInput("method_not_allowed", method=request.method)
        case 413:
            limit = request.route_handler.resolve_request_max_body_size()
            return InvalidInput("body_too_large", limit_bytes=limit)
        case 415:
            return InvalidInput("media_type_unsupported")
    return InvalidInput("request_invalid")


def _parameter_invalid(error: ValidationException) -> DawamError:
    causes = error.extra if isinstance(error.extra, list) else []
    first = causes[0] if causes and isinstance(causes[0], dict) else {}
    reason = str(first.get("message", "not understood"))
    return InvalidInput("parameter_invalid", parameter=str(first.get("key", "?")), reason=reason)


def _place(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Which route, never which account: the template of the path, not the path."""
    return {"method": request.method, "route": str(request.scope.get("path_template", "?"))}


def _frames(error: Exception) -> list[str]:
    """Where it happened, without values: an exception's message may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [f"{frame.filename.rsplit('/dawam/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
