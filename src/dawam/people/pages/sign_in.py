"""Signing in and out: customers by passkey or code, staff by passkey."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from dawam.kernel import DawamError
from dawam.people.entrance import safe_next
from dawam.people.pages.answers import at_field, device, go, options
from dawam.people.service import People
from dawam.people.sessions import Ended
from dawam.web import explain, text
from dawam.web.pages import (
    FOR_ANYONE,
    Face,
    Kind,
    fields_of,
    form_of,
    key_of,
    locale_of,
    place_of,
    ruled,
    shown_again,
    visiting,
)

WHY: dict[Ended, str] = {
    Ended.IDLE: "You were signed out because the page was left alone for a while.",
    Ended.TOO_LONG: "You were signed out because you signed in long ago.",
    Ended.ELSEWHERE: "You ended this session from another device.",
    Ended.DISMISSED: "An administrator has ended your access. If you did not expect this, speak to them.",
    Ended.ROLES_CHANGED: "An administrator has changed your roles. Sign in again to go on with them.",
    Ended.GONE: "This account is not known here any longer.",
}


class AskForm(msgspec.Struct):
    """Where a code shall be sent."""

    contact: str = ""
    next: str = ""


class CodeForm(msgspec.Struct):
    """The code that was sent."""

    code: str = ""
    next: str = ""


class PasskeyForm(msgspec.Struct):
    """What the browser says of a passkey."""

    credential: str = ""
    next: str = ""


def routes(face: Face, people: People) -> list[HTTPRouteHandler]:
    """The routes of both doors."""
    return [
        *_customer_pages(face, people),
        *_code_pages(face, people),
        *_staff_pages(face, people),
        *_both(face, people),
    ]


def _customer_pages(face: Face, people: People) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/sign-in", opt=ruled(FOR_ANYONE))
    async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
        locale = locale_of(request)
        wanted = request.query_params.get("next", "")
        if visiting(request).kind is Kind.CUSTOMER:
            return go(safe_next(wanted, f"/{locale}/home"), face)
        return _page(face, people, request, Kind.CUSTOMER, wanted=wanted)

    @post("/{locale:str}/sign-in", opt=ruled(FOR_ANYONE))
    async def ask_code(request: Request[Any, Any, Any]) -> Response[Any]:
        locale = locale_of(request)
        form = await form_of(request, AskForm)
        try:
            await people.entrance.ask_code(
                key_of(request), form.contact, place=place_of(request), locale=locale
            )
        except DawamError as error:
            return _page(
                face, people, request, Kind.CUSTOMER, wanted=form.next, error=error, contact=form.contact
            )
        wanted = safe_next(form.next, "")
        return go(f"/{locale}/sign-in/code" + (f"?next={quote(wanted)}" if wanted else ""), face)

    return [sign_in, ask_code]


def _code_pages(face: Face, people: People) -> list[HTTPRouteHandler]:
    def page(
        request: Request[Any, Any, Any], wanted: str, error: DawamError | None = None
    ) -> Response[bytes]:
        return face.page(
            request,
            "people/code.html",
            status=shown_again(error),
            wanted=safe_next(wanted, ""),
            minutes=max(1, round(people.settings.code_lasts_s / 60)),
            wrong=at_field(error, locale_of(request)),
            problem=None if error is None else explain(error, locale_of(request)),
        )

    @get("/{locale:str}/sign-in/code", opt=ruled(FOR_ANYONE))
    async def code(request: Request[Any, Any, Any]) -> Response[Any]:
        wanted = request.query_params.get("next", "")
        if not people.codes.asked(key_of(request)):
            return go(f"/{locale_of(request)}/sign-in", face)
        return page(request, wanted)

    @post("/{locale:str}/sign-in/code", opt=ruled(FOR_ANYONE))
    async def enter_code(request: Request[Any, Any, Any]) -> Response[Any]:
        form = await form_of(request, CodeForm)
        try:
            entered = await people.entrance.by_code(
                key_of(request), form.code, place=place_of(request), device=device(request)
            )
        except DawamError as error:
            return page(request, form.next, error)
        return go(safe_next(form.next, f"/{locale_of(request)}/home"), face, key=entered.key)

    return [code, enter_code]


def _staff_pages(face: Face, people: People) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/console/sign-in", opt=ruled(FOR_ANYONE))
    async def console_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
        wanted = request.query_params.get("next", "")
        if visiting(request).kind is Kind.STAFF:
            return go(safe_next(wanted, f"/{locale_of(request)}/console"), face)
        return _page(face, people, request, Kind.STAFF, wanted=wanted)

    return [console_sign_in]


def _both(face: Face, people: People) -> list[HTTPRouteHandler]:
    doors = ((Kind.CUSTOMER, "/sign-in/passkey", "/home"), (Kind.STAFF, "/console/sign-in", "/console"))
    made: list[HTTPRouteHandler] = []
    for kind, door, home in doors:
        made += _by_passkey(face, people, kind, door, home)
    for way_out, after in (("/sign-out", ""), ("/console/sign-out", "/console/sign-in")):
        made.append(_sign_out(face, people, way_out, after))
    return made


def _by_passkey(face: Face, people: People, kind: Kind, door: str, home: str) -> list[HTTPRouteHandler]:
    @post(f"/{{locale:str}}{door}/options", opt=ruled(FOR_ANYONE))
    async def passkey_options(request: Request[Any, Any, Any]) -> Response[str]:
        await fields_of(request)
        return options(people.passkeys.options_to_show(key_of(request)))

    @post(f"/{{locale:str}}{door}", opt=ruled(FOR_ANYONE))
    async def show_passkey(request: Request[Any, Any, Any]) -> Response[Any]:
        form = await form_of(request, PasskeyForm)
        try:
            entered = await people.entrance.by_passkey(
                kind, key_of(request), form.credential, place=place_of(request), device=device(request)
            )
        except DawamError as error:
            return _page(face, people, request, kind, wanted=form.next, error=error)
        return go(safe_next(form.next, f"/{locale_of(request)}{home}"), face, key=entered.key)

    return [passkey_options, show_passkey]


def _sign_out(face: Face, people: People, way_out: str, after: str) -> HTTPRouteHandler:
    @post(f"/{{locale:str}}{way_out}", opt=ruled(FOR_ANYONE))
    async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
        await fields_of(request)
        await people.entrance.leave(key_of(request))
        return go(f"/{locale_of(request)}{after}", face, key="")

    return sign_out


def _page(
    face: Face,
    people: People,
    request: Request[Any, Any, Any],
    kind: Kind,
    *,
    wanted: str,
    error: DawamError | None = None,
    contact: str = "",
) -> Response[bytes]:
    """A door, with why the last session ended, or with what was wrong."""
    locale = locale_of(request)
    ended = people.sessions.ended(key_of(request)) if error is None else None
    return face.page(
        request,
        "people/sign-in.html" if kind is Kind.CUSTOMER else "people/console-sign-in.html",
        status=shown_again(error),
        wanted=safe_next(wanted, ""),
        contact=contact,
        why=text(WHY[ended], locale) if ended in WHY else "",
        wrong=at_field(error, locale) if contact else "",
        problem=None if error is None else explain(error, locale),
        section="sign-in",
    )
