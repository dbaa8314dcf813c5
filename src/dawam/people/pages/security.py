"""How a visitor signs in: their passkeys and their sessions, for customers and for staff."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from dawam.kernel import DawamError
from dawam.people.pages.answers import go, options
from dawam.people.service import People
from dawam.web import explain
from dawam.web.pages import (
    FOR_CUSTOMERS,
    Face,
    Kind,
    Rule,
    fields_of,
    for_staff,
    form_of,
    key_of,
    locale_of,
    ruled,
    shown_again,
    visiting,
)


class AddForm(msgspec.Struct):
    """A new passkey and what its owner calls it."""

    credential: str = ""
    label: str = ""


def routes(face: Face, people: People) -> list[HTTPRouteHandler]:
    """The routes, once for customers and once for staff."""
    return [
        *_of(face, people, "/security", FOR_CUSTOMERS),
        *_of(face, people, "/console/security", for_staff()),
    ]


def _of(face: Face, people: People, base: str, rule: Rule) -> list[HTTPRouteHandler]:
    shown = _Shown(face, people, base)
    return [*_passkeys(shown, rule), *_sessions(shown, rule)]


class _Shown:
    """The page that all of these acts lead back to."""

    def __init__(self, face: Face, people: People, base: str) -> None:
        self.face = face
        self.people = people
        self.base = base

    def path(self, request: Request[Any, Any, Any]) -> str:
        return f"/{locale_of(request)}{self.base}"

    def page(self, request: Request[Any, Any, Any], error: DawamError | None = None) -> Response[bytes]:
        visitor = visiting(request)
        session = self.people.sessions.session(visitor.key)
        return self.face.page(
            request,
            "people/security.html",
            status=shown_again(error),
            layout="web/console.html" if visitor.kind is Kind.STAFF else "web/public.html",
            base=self.path(request),
            door=f"/{locale_of(request)}{'/console' if visitor.kind is Kind.STAFF else ''}/sign-in",
            passkeys=self.people.passkeys.of(visitor.kind, visitor.id),
            sessions=self.people.sessions.of(visitor),
            this=session.id if session is not None else "",
            recent=self.people.sessions.recent(visitor),
            by_passkey_only=visitor.kind is Kind.STAFF,
            section="security",
            problem=None if error is None else explain(error, locale_of(request)),
        )


def _passkeys(shown: _Shown, rule: Rule) -> list[HTTPRouteHandler]:
    own = shown.people.own

    @get(f"/{{locale:str}}{shown.base}", opt=ruled(rule))
    async def security(request: Request[Any, Any, Any]) -> Response[Any]:
        return shown.page(request)

    @post(f"/{{locale:str}}{shown.base}/passkeys/options", opt=ruled(rule))
    async def new_passkey_options(request: Request[Any, Any, Any]) -> Response[str]:
        await fields_of(request)
        return options(own.options_to_add(visiting(request)))

    @post(f"/{{locale:str}}{shown.base}/passkeys", opt=ruled(rule))
    async def add_passkey(request: Request[Any, Any, Any]) -> Response[Any]:
        form = await form_of(request, AddForm)
        try:
            key = await own.add_passkey(visiting(request), form.credential, form.label)
        except DawamError as error:
            return shown.page(request, error)
        return go(shown.path(request), shown.face, key=key)

    @post(f"/{{locale:str}}{shown.base}/passkeys/{{passkey:str}}/remove", opt=ruled(rule))
    async def remove_passkey(request: Request[Any, Any, Any], passkey: FromPath[str]) -> Response[Any]:
        await fields_of(request)
        try:
            key = await own.remove_passkey(visiting(request), passkey)
        except DawamError as error:
            return shown.page(request, error)
        return go(shown.path(request), shown.face, key=key)

    return [security, new_passkey_options, add_passkey, remove_passkey]


def _sessions(shown: _Shown, rule: Rule) -> list[HTTPRouteHandler]:
    people = shown.people

    @post(f"/{{locale:str}}{shown.base}/sessions/{{session:str}}/end", opt=ruled(rule))
    async def end_session(request: Request[Any, Any, Any], session: FromPath[str]) -> Response[Any]:
        await fields_of(request)
        try:
            await people.own.end_session(visiting(request), session)
        except DawamError as error:
            return shown.page(request, error)
        return go(shown.path(request), shown.face)

    @post(f"/{{locale:str}}{shown.base}/sessions/end-others", opt=ruled(rule))
    async def end_others(request: Request[Any, Any, Any]) -> Response[Any]:
        await fields_of(request)
        await people.own.end_others(visiting(request))
        return go(shown.path(request), shown.face)

    @post(f"/{{locale:str}}{shown.base}/prove", opt=ruled(rule))
    async def prove(request: Request[Any, Any, Any]) -> Response[Any]:
        await fields_of(request)
        visitor = visiting(request)
        door = "/console/sign-in" if visitor.kind is Kind.STAFF else "/sign-in"
        await people.entrance.leave(key_of(request))
        return go(f"/{locale_of(request)}{door}?next={shown.path(request)}", shown.face, key="")

    return [end_session, end_others, prove]
