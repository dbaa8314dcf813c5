"""The staff: who they are, what they may do; for administrators."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError, NotFound, id_from_text, id_to_text
from dawam.people.pages.answers import go
from dawam.people.service import People
from dawam.people.staff import Actor, Member
from dawam.web import Locale, explain, text
from dawam.web.pages import Face, Role, fields_of, for_staff, locale_of, ruled, shown_again, visiting

ROLES: dict[Role, str] = {
    Role.VIEWER: "Viewer: sees everything, changes nothing",
    Role.OPERATOR: "Operator: takes over, hands back, pauses",
    Role.APPROVER: "Approver: agrees to what others propose",
    Role.COMMUNICATOR: "Communicator: words incidents, windows and notices",
    Role.ADMINISTRATOR: "Administrator: invites, changes and dismisses staff",
}
NAMES: dict[Role, str] = {
    Role.VIEWER: "Viewer",
    Role.OPERATOR: "Operator",
    Role.APPROVER: "Approver",
    Role.COMMUNICATOR: "Communicator",
    Role.ADMINISTRATOR: "Administrator",
}
_RULE = for_staff(Role.ADMINISTRATOR)


def routes(face: Face, people: People, institutions: tuple[str, ...]) -> list[HTTPRouteHandler]:
    """The routes of the staff."""
    desk = _Desk(face, people, institutions)
    return [*_all(desk), *_one(desk)]


class Draft(msgspec.Struct, frozen=True):
    """The form that invites as it was filled in, or whom it has invited."""

    name: str = ""
    roles: list[Role] = []
    institutions: list[str] = []
    link: str = ""
    invited: Member | None = None


class _Desk:
    """The two pages, and what forms say."""

    def __init__(self, face: Face, people: People, institutions: tuple[str, ...]) -> None:
        self.face = face
        self.people = people
        self.institutions = institutions

    def all(
        self, request: Request[Any, Any, Any], draft: Draft, error: DawamError | None = None
    ) -> Response[bytes]:
        """Everybody, and the form that invites."""
        locale = locale_of(request)
        visitor = visiting(request)
        return self.face.page(
            request,
            "people/staff.html",
            status=shown_again(error),
            members=[one for one in self.people.staff.members() if _visible(one, visitor.institutions)],
            roles=_roles(ROLES, locale),
            names=_roles(NAMES, locale),
            places=self.places(request),
            hours=round(self.people.settings.invitation_lasts_s / 3600),
            problem=None if error is None else explain(error, locale),
            section="staff",
            draft=draft,
        )

    def one(
        self, request: Request[Any, Any, Any], member: Member, error: DawamError | None = None, link: str = ""
    ) -> Response[bytes]:
        """One member, and what may be done about them."""
        locale = locale_of(request)
        return self.face.page(
            request,
            "people/member.html",
            status=shown_again(error),
            member=member,
            oneself=member.id == visiting(request).id,
            roles=_roles(ROLES, locale),
            names=_roles(NAMES, locale),
            places=self.places(request),
            passkeys=len(self.people.passkeys.of(visiting(request).kind, member.id)),
            hours=round(self.people.settings.invitation_lasts_s / 3600),
            link=link,
            problem=None if error is None else explain(error, locale),
            section="staff",
        )

    def places(self, request: Request[Any, Any, Any]) -> tuple[str, ...]:
        """The institutions that the visitor may give."""
        return visiting(request).institutions or self.institutions

    def member(self, request: Request[Any, Any, Any], identifier: str) -> Member:
        """Raises: NotFound `member_not_found`."""
        found = self.people.staff.member(identifier)
        if found is None or not _visible(found, visiting(request).institutions):
            raise NotFound("member_not_found")
        return found

    def link(self, request: Request[Any, Any, Any], token: str) -> str:
        """Where an invited member goes."""
        return f"{self.face.settings.origin}/{locale_of(request)}/invitation/{token}"

    def wanted(self, request: Request[Any, Any, Any], fields: dict[str, str]) -> tuple[list[Role], list[str]]:
        """Roles and institutions that are ticked."""
        roles = [role for role in Role if fields.get(f"role_{role.value}") == "on"]
        places = [place for place in self.places(request) if fields.get(f"at_{place}") == "on"]
        return roles, places


def _all(desk: _Desk) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/console/staff", opt=ruled(_RULE))
    async def staff(request: Request[Any, Any, Any]) -> Response[Any]:
        return desk.all(request, Draft())

    @post("/{locale:str}/console/staff", opt=ruled(_RULE))
    async def invite(request: Request[Any, Any, Any]) -> Response[Any]:
        fields = await fields_of(request)
        roles, places = desk.wanted(request, fields)
        name = fields.get("name", "")
        try:
            once = id_to_text(id_from_text(fields.get("once", "")))
            member, token = await desk.people.staff.invite(
                _actor(request), name=name, roles=roles, institutions=places, identifier=once
            )
        except DawamError as error:
            return desk.all(request, Draft(name, roles, places), error)
        return desk.all(request, Draft(link=desk.link(request, token), invited=member))

    return [staff, invite]


def _one(desk: _Desk) -> list[HTTPRouteHandler]:
    staff = desk.people.staff

    @get("/{locale:str}/console/staff/{member:str}", opt=ruled(_RULE))
    async def member(request: Request[Any, Any, Any], member: FromPath[str]) -> Response[Any]:
        return desk.one(request, desk.member(request, member))

    @post("/{locale:str}/console/staff/{member:str}/roles", opt=ruled(_RULE))
    async def change(request: Request[Any, Any, Any], member: FromPath[str]) -> Response[Any]:
        roles, places = desk.wanted(request, await fields_of(request))
        try:
            await staff.change(_actor(request), member, roles=roles, institutions=places)
        except DawamError as error:
            return desk.one(request, desk.member(request, member), error)
        return go(f"/{locale_of(request)}/console/staff/{member}", desk.face)

    @post("/{locale:str}/console/staff/{member:str}/dismissal", opt=ruled(_RULE))
    async def dismiss(request: Request[Any, Any, Any], member: FromPath[str]) -> Response[Any]:
        fields = await fields_of(request)
        try:
            await staff.dismiss(_actor(request), member, reason=fields.get("reason", "").strip())
        except DawamError as error:
            return desk.one(request, desk.member(request, member), error)
        return go(f"/{locale_of(request)}/console/staff/{member}", desk.face)

    @post("/{locale:str}/console/staff/{member:str}/invitation", opt=ruled(_RULE))
    async def invite_again(request: Request[Any, Any, Any], member: FromPath[str]) -> Response[Any]:
        await fields_of(request)
        try:
            found, token = await staff.invite_again(_actor(request), member)
        except DawamError as error:
            return desk.one(request, desk.member(request, member), error)
        return desk.one(request, found, link=desk.link(request, token))

    return [member, change, dismiss, invite_again]


def _actor(request: Request[Any, Any, Any]) -> Actor:
    visitor = visiting(request)
    return Actor(visitor.id, visitor.institutions)


def _visible(member: Member, institutions: Iterable[str]) -> bool:
    """An administrator of some institutions sees who belongs to one of them."""
    own = set(institutions)
    return not own or bool(own & set(member.institutions))


def _roles(said: dict[Role, str], locale: Locale) -> list[tuple[str, str]]:
    return [(role.value, text(msgid, locale)) for role, msgid in said.items()]
