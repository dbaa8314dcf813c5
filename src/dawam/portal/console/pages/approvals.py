"""Orders that wait for a second person, and how the last ones were settled."""

from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError
from dawam.portal.console import words
from dawam.portal.console.pages.answers import AnyRequest, on_to
from dawam.portal.console.service import Console
from dawam.web import explain
from dawam.web.pages import Face, Role, fields_of, for_staff, locale_of, ruled, shown_again, visiting

_ROOT = "/{locale:str}/console/approvals"


def approval_routes(face: Face, console: Console) -> list[HTTPRouteHandler]:
    """The routes."""

    def page(request: AnyRequest, error: DawamError | None = None) -> Response[bytes]:
        visitor = visiting(request)
        return face.page(
            request,
            "portal/console/approvals.html",
            status=shown_again(error),
            section="approvals",
            waiting=console.orders.waiting(visitor.institutions),
            latest=console.orders.latest(30, visitor.institutions),
            name_of=console.name_of,
            approves=visitor.may(Role.APPROVER),
            problem=None if error is None else explain(error, locale_of(request)),
            words=words,
        )

    @get(_ROOT, opt=ruled(for_staff()))
    async def approvals(request: AnyRequest) -> Response[bytes]:
        return page(request)

    @post(f"{_ROOT}/{{order:str}}/settle", opt=ruled(for_staff(Role.APPROVER)))
    async def settle(request: AnyRequest, order: FromPath[str]) -> Response[Any]:
        fields = await fields_of(request)
        visitor = visiting(request)
        try:
            await console.orders.settle(
                order, agrees=fields.get("word") == "agree", by=visitor.id, within=visitor.institutions
            )
        except DawamError as error:
            return page(request, error)
        return on_to(request, "/approvals")

    @post(f"{_ROOT}/{{order:str}}/withdraw", opt=ruled(for_staff(Role.OPERATOR)))
    async def withdraw(request: AnyRequest, order: FromPath[str]) -> Response[Any]:
        await fields_of(request)
        visitor = visiting(request)
        try:
            await console.orders.withdraw(order, by=visitor.id, within=visitor.institutions)
        except DawamError as error:
            return page(request, error)
        return on_to(request, "/approvals")

    return [approvals, settle, withdraw]
