"""Where an invitation leads: a member of the staff makes their first passkey, once."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError
from dawam.people.pages.answers import device, go, options
from dawam.people.pages.sign_in import PasskeyForm
from dawam.people.service import People
from dawam.people.staff import Member
from dawam.web import explain
from dawam.web.pages import (
    FOR_ANYONE,
    Face,
    fields_of,
    form_of,
    key_of,
    locale_of,
    place_of,
    ruled,
    shown_again,
)


def routes(face: Face, people: People) -> list[HTTPRouteHandler]:
    """The routes of an invitation."""

    def page(
        request: Request[Any, Any, Any], token: str, member: Member, error: DawamError | None = None
    ) -> Response[bytes]:
        return face.page(
            request,
            "people/invitation.html",
            status=shown_again(error),
            member=member,
            place=f"/{locale_of(request)}/invitation/{token}",
            problem=None if error is None else explain(error, locale_of(request)),
        )

    @get("/{locale:str}/invitation/{token:str}", opt=ruled(FOR_ANYONE))
    async def invitation(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        return page(request, token, people.staff.invited(token))

    @post("/{locale:str}/invitation/{token:str}/options", opt=ruled(FOR_ANYONE))
    async def invitation_options(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        await fields_of(request)
        return options(people.entrance.options_by_invitation(token, key_of(request), place=place_of(request)))

    @post("/{locale:str}/invitation/{token:str}", opt=ruled(FOR_ANYONE))
    async def accept_invitation(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        form = await form_of(request, PasskeyForm)
        member = people.staff.invited(token)
        try:
            entered = await people.entrance.by_invitation(
                token,
                key_of(request),
                form.credential,
                place=place_of(request),
                device=device(request),
                label="",
            )
        except DawamError as error:
            return page(request, token, member, error)
        return go(f"/{locale_of(request)}/console", face, key=entered.key)

    return [invitation, invitation_options, accept_invitation]
