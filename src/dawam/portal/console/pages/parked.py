"""Decisions that the primary refused: two people settle each."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError
from dawam.portal.console import words
from dawam.portal.console.pages.answers import AnyRequest, on_to
from dawam.portal.console.service import Console
from dawam.standin import as_it_counts
from dawam.web import explain
from dawam.web.pages import Face, Role, fields_of, for_staff, locale_of, ruled, shown_again, visiting

_ROOT = "/{locale:str}/console/parked"


def parked_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The routes."""

    def page(request: AnyRequest, error: DawamError | None = None) -> Response[bytes]:
        visitor = visiting(request)
        names, staff = console.institutions(visitor), console.people.staff.active()
        return face.page(
            request,
            "portal/console/parked.html",
            status=shown_again(error),
            section="parked",
            places=[
                (name, [as_it_counts(case, staff) for case in console.desk(visitor, name).parked()])
                for name in names
            ],
            name_of=console.name_of,
            settles=visitor.may(Role.OPERATOR, Role.APPROVER),
            problem=None if error is None else explain(error, locale_of(request)),
            words=words,
        )

    @get(_ROOT, opt=ruled(for_staff()))
    async def parked(request: AnyRequest) -> Response[bytes]:
        return page(request)

    @post(
        f"{_ROOT}/{{institution:str}}/{{advice:str}}/settle",
        opt=ruled(for_staff(Role.OPERATOR, Role.APPROVER)),
    )
    async def settle(request: AnyRequest, institution: FromPath[str], advice: FromPath[str]) -> Response[Any]:
        fields = await fields_of(request)
        visitor = visiting(request)
        desk = console.desk(visitor, institution)
        action = fields.get("action", "")[:20]
        try:
            await console.note(
                by=visitor.id, act="parked_word", institution=institution, subject=advice[:40], reason=action
            )
            await desk.settle(advice, action, by=visitor.id, staff=console.people.staff.active())
        except DawamError as error:
            return page(request, error)
        return on_to(request, "/parked")

    return [parked, settle]
