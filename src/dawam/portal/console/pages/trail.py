"""Who did what: the audit trail, newest first."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import InvalidInput
from dawam.portal.console.deeds import deed
from dawam.portal.console.pages.answers import AnyRequest
from dawam.portal.console.service import Console
from dawam.web.pages import Face, for_staff, ruled, visiting

_PAGE = 50


def trail_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The route."""

    @get("/{locale:str}/console/trail", opt=ruled(for_staff()))
    async def trail(request: AnyRequest) -> Response[bytes]:
        before = _number(request.query_params.get("before"))
        mine = visiting(request).institutions
        found = console.people.trail.entries(before=before, limit=_PAGE)
        return face.page(
            request,
            "portal/console/trail.html",
            section="trail",
            entries=[each for each in found if not mine or each.institution in mine],
            older=found[-1].number if len(found) == _PAGE else None,
            name_of=console.name_of,
            deed=deed,
        )

    return [trail]


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if not word.isdecimal() or not word.isascii() or len(word) > 18:
        raise InvalidInput("page_unknown", before=word[:20])
    return int(word)
