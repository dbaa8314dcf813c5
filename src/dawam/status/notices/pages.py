"""The page on which anybody checks a message, the same for programs, and the key that verifies notices."""

from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import InvalidInput, to_rfc3339
from dawam.status.notices.codes import grouped
from dawam.status.notices.model import Checked, canonical
from dawam.status.notices.service import Notices
from dawam.status.notices.wording import harmless
from dawam.web import explain, json_response
from dawam.web.pages import FOR_ANYONE, Face, RateLimit, form_of, locale_of, place_of, ruled

TEMPLATES = Path(__file__).with_name("templates")
_PAGE = "notices/check.html"


class CheckForm(msgspec.Struct, frozen=True):
    """What somebody wants checked: a code, or all of a message."""

    message: str = ""


def page_routes(face: Face, notices: Notices) -> list[HTTPRouteHandler]:
    """`/{locale}/check`, `/v1/notices/check` and `/feeds/notices/key`."""
    limit = RateLimit(notices.settings.checks_at_once, every_s=notices.settings.check_every_s)

    def checked(request: Request[Any, Any, Any], message: str) -> Checked:
        limit.check(place_of(request), face.world.clock.now())
        return notices.check(message)

    @get("/{locale:str}/check", opt=ruled(FOR_ANYONE))
    async def form(request: Request[Any, Any, Any]) -> Response[bytes]:
        code = _code(request)
        result = checked(request, code) if code.strip() else None
        return _page(face, request, notices, message=code, result=result)

    @post("/{locale:str}/check", opt=ruled(FOR_ANYONE), status_code=200)
    async def check(request: Request[Any, Any, Any]) -> Response[bytes]:
        given = await form_of(request, CheckForm)
        try:
            result = checked(request, given.message)
        except InvalidInput as error:
            return _page(face, request, notices, message=given.message, error=error)
        return _page(face, request, notices, message=given.message, result=result)

    @get("/v1/notices/check", opt=ruled(FOR_ANYONE))
    async def check_code(request: Request[Any, Any, Any]) -> Response[bytes]:
        return json_response(as_json(checked(request, _code(request))))

    @get("/feeds/notices/key", opt=ruled(FOR_ANYONE))
    async def key() -> Response[str]:
        return Response(f"{notices.public_key}\n", media_type="text/plain")

    return [form, check, check_code, key]


def _code(request: Request[Any, Any, Any]) -> str:
    return str(request.query_params.get("code", ""))


def _page(
    face: Face,
    request: Request[Any, Any, Any],
    notices: Notices,
    *,
    message: str,
    result: Checked | None = None,
    error: InvalidInput | None = None,
) -> Response[bytes]:
    locale = locale_of(request)
    return face.page(
        request,
        _PAGE,
        status=200 if error is None else 422,
        section="check",
        message=message,
        result=result,
        problem=explain(error, locale) if error else None,
        name_of=notices.wording.name_of,
        grouped=grouped,
        harmless=harmless,
    )


def as_json(checked: Checked) -> dict[str, object]:
    """What a program gets: the verdict, the notice, and what is signed to verify it by itself."""
    notice = checked.notice
    if notice is None:
        return {"verdict": checked.verdict.value, "notice": None}
    withdrawn_at = None if notice.withdrawn_at is None else to_rfc3339(notice.withdrawn_at)
    return {
        "verdict": checked.verdict.value,
        "notice": {
            "id": notice.id,
            "code": grouped(notice.code),
            "institution": notice.institution,
            "kind": notice.kind,
            "subject": notice.subject_id,
            "sequence": notice.sequence,
            "published_at": to_rfc3339(notice.published_at),
            "texts": notice.texts,
            "replaces": notice.replaces,
            "replaced_by": notice.replaced_by,
            "withdrawn_at": withdrawn_at,
        },
        "signed": canonical(notice).decode(),
        "signature": notice.signature,
    }
