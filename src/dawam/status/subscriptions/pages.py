"""The pages of subscriptions: ask, confirm, change, stop; none of them needs an account.

A link in a message changes nothing by being opened, because programs open links too: what changes is a post.
A post to the reader's own page with `List-Unsubscribe=One-Click` stops at once, whoever sends it: RFC 8058.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from dawam.delivery import Way
from dawam.kernel import DawamError, InvalidInput, NotFound
from dawam.status.notices import NameOf, plain_name
from dawam.status.subscriptions.model import WAYS, Subscription, Wishes, masked, minutes_of
from dawam.status.subscriptions.service import Subscriptions
from dawam.status.subscriptions.tokens import is_id
from dawam.web import LOCALES, Locale, explain
from dawam.web.pages import FOR_ANYONE, Face, RateLimit, fields_of, locale_of, place_of, ruled

TEMPLATES = Path(__file__).with_name("templates")
Asked = Request[Any, Any, Any]
_CAPABILITY = "capability_"
_PRIVATE = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
_ONE_CLICK = "One-Click"


class View(msgspec.Struct, frozen=True):
    """What the routes are made of."""

    face: Face
    subscriptions: Subscriptions
    institutions: Callable[[], Iterable[str]]
    capabilities: tuple[tuple[str, str], ...]
    name_of: NameOf
    tries: RateLimit

    def known(self, institution: str) -> str:
        """The institution. Raises: NotFound `status_institution_unknown`."""
        if institution not in self.institutions():
            raise NotFound("status_institution_unknown")
        return institution

    def ways(self) -> list[Way]:
        """Those that are offered."""
        return [way for way in WAYS if way in self.subscriptions.delivery.ways]

    def page(self, request: Asked, name: str, *, status: int = 200, **context: Any) -> Response[bytes]:
        """A page that no search engine keeps."""
        return self.face.page(
            request,
            f"subscriptions/{name}.html",
            status=status,
            headers=_PRIVATE,
            section="status",
            capabilities=self.capabilities,
            name_of=self.name_of,
            **context,
        )


def page_routes(
    face: Face,
    subscriptions: Subscriptions,
    *,
    institutions: Callable[[], Iterable[str]],
    capabilities: Iterable[tuple[str, str]] = (),
    name_of: NameOf = plain_name,
) -> list[HTTPRouteHandler]:
    """`/{locale}/subscribe/{institution}…` and `/{locale}/subscriptions/…`.

    `capabilities` are (word, English title) in the order in which they are offered.
    """
    tries = RateLimit(10, every_s=30.0)
    view = View(face, subscriptions, institutions, tuple(capabilities), name_of, tries)
    return [*_asking(view), *_coding(view), *_answering(view), *_listing(view), *_managing(view)]


def _asking(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/subscribe/{institution:str}", opt=ruled(FOR_ANYONE))
    async def form(request: Asked, institution: FromPath[str]) -> Response[bytes]:
        way = _way(view, str(request.query_params.get("way", "")))
        return _form(view, request, view.known(institution), way, {})

    @post("/{locale:str}/subscribe/{institution:str}", opt=ruled(FOR_ANYONE), status_code=200)
    async def ask(request: Asked, institution: FromPath[str]) -> Response[Any]:
        known, locale = view.known(institution), locale_of(request)
        fields = await fields_of(request)
        way = _way(view, fields.get("way", ""))
        once = fields.get("once", "")
        if not is_id(once):
            raise InvalidInput("form_malformed")
        try:
            if way is None:
                raise InvalidInput("subscription_way_closed")
            wishes = _wishes(view, fields, locale)
            address = fields.get("address", "").strip()
            await view.subscriptions.ask(once, known, way, address, wishes, who=place_of(request))
        except DawamError as error:
            return _form(view, request, known, way, fields, error)
        return Redirect(f"/{locale}/subscribe/{known}/code/{once}", status_code=303)

    return [form, ask]


def _coding(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/subscribe/{institution:str}/code/{ask_id:str}", opt=ruled(FOR_ANYONE))
    async def code(request: Asked, institution: FromPath[str], ask_id: FromPath[str]) -> Response[bytes]:
        return _code(view, request, view.known(institution), ask_id)

    @post(
        "/{locale:str}/subscribe/{institution:str}/code/{ask_id:str}", opt=ruled(FOR_ANYONE), status_code=200
    )
    async def confirm(request: Asked, institution: FromPath[str], ask_id: FromPath[str]) -> Response[Any]:
        known = view.known(institution)
        fields = await fields_of(request)
        try:
            view.tries.check(place_of(request), view.face.world.clock.now())
            token = await view.subscriptions.confirm_by_code(ask_id, fields.get("code", ""))
        except DawamError as error:
            return _code(view, request, known, ask_id, error)
        return Redirect(f"/{locale_of(request)}/subscriptions/{token}?new=1", status_code=303)

    return [code, confirm]


def _answering(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/subscriptions/confirm/{token:str}", opt=ruled(FOR_ANYONE))
    async def offered(request: Asked, token: FromPath[str]) -> Response[bytes]:
        ask = view.subscriptions.asked(token, "confirm")
        return view.page(request, "answer", ask=ask, token=token, refusing=False)

    @post("/{locale:str}/subscriptions/confirm/{token:str}", opt=ruled(FOR_ANYONE), status_code=200)
    async def confirmed(request: Asked, token: FromPath[str]) -> Response[Any]:
        await fields_of(request)
        found = await view.subscriptions.confirm_by_link(token)
        return Redirect(f"/{locale_of(request)}/subscriptions/{found}?new=1", status_code=303)

    @get("/{locale:str}/subscriptions/refuse/{token:str}", opt=ruled(FOR_ANYONE))
    async def refusing(request: Asked, token: FromPath[str]) -> Response[bytes]:
        ask = view.subscriptions.asked(token, "refuse")
        return view.page(request, "answer", ask=ask, token=token, refusing=True)

    @post("/{locale:str}/subscriptions/refuse/{token:str}", opt=ruled(FOR_ANYONE), status_code=200)
    async def refused(request: Asked, token: FromPath[str]) -> Response[bytes]:
        await fields_of(request)
        await view.subscriptions.refuse(token)
        return view.page(request, "stopped", refused=True, institution="")

    return [offered, confirmed, refusing, refused]


def _listing(view: View) -> list[HTTPRouteHandler]:
    @post("/{locale:str}/subscriptions", opt=ruled(FOR_ANYONE), status_code=200)
    async def of_device(request: Asked) -> Response[bytes]:
        fields = await fields_of(request)
        try:
            found = view.subscriptions.of_device(fields.get("address", ""))
        except InvalidInput as error:
            problem = explain(error, locale_of(request))
            return view.page(request, "device", status=422, found=[], problem=problem)
        return view.page(request, "device", found=found, problem=None)

    return [of_device]


def _managing(view: View) -> list[HTTPRouteHandler]:
    @get("/{locale:str}/subscriptions/{token:str}", opt=ruled(FOR_ANYONE))
    async def own(request: Asked, token: FromPath[str]) -> Response[bytes]:
        found = view.subscriptions.managed(token)
        if found is None:
            return view.page(request, "stopped", refused=False, institution="")
        return _own(view, request, token, found)

    @post("/{locale:str}/subscriptions/{token:str}", opt=ruled(FOR_ANYONE), status_code=200)
    async def stop(request: Asked, token: FromPath[str]) -> Response[bytes]:
        fields = parse_qs((await request.body()).decode("utf-8", "replace"))
        if fields.get("List-Unsubscribe") != [_ONE_CLICK]:
            raise InvalidInput("form_malformed")
        found = view.subscriptions.managed(token)
        await view.subscriptions.stop(token)
        institution = "" if found is None else found.institution
        return view.page(request, "stopped", refused=False, institution=institution)

    @post("/{locale:str}/subscriptions/{token:str}/wishes", opt=ruled(FOR_ANYONE), status_code=200)
    async def change(request: Asked, token: FromPath[str]) -> Response[Any]:
        found = view.subscriptions.managed(token)
        fields = await fields_of(request)
        if found is None:
            return view.page(request, "stopped", refused=False, institution="")
        try:
            await view.subscriptions.change(token, _wishes(view, fields, found.wishes.locale))
        except InvalidInput as error:
            return _own(view, request, token, found, error)
        return Redirect(f"/{locale_of(request)}/subscriptions/{token}?changed=1", status_code=303)

    return [own, stop, change]


def _form(
    view: View,
    request: Asked,
    institution: str,
    way: Way | None,
    fields: dict[str, str],
    error: DawamError | None = None,
) -> Response[bytes]:
    return view.page(
        request,
        "subscribe",
        status=200 if error is None else 422,
        institution=institution,
        way=way,
        ways=view.ways(),
        fields=fields,
        chosen=_chosen(view, fields),
        problem=explain(error, locale_of(request)) if error else None,
        push_key=view.subscriptions.delivery.push_key or "",
    )


def _code(
    view: View, request: Asked, institution: str, ask_id: str, error: DawamError | None = None
) -> Response[bytes]:
    return view.page(
        request,
        "code",
        status=200 if error is None else 422,
        institution=institution,
        ask_id=ask_id if is_id(ask_id) else "",
        minutes=view.subscriptions.settings.code_lasts_min,
        problem=explain(error, locale_of(request)) if error else None,
    )


def _own(
    view: View, request: Asked, token: str, found: Subscription, error: InvalidInput | None = None
) -> Response[bytes]:
    secret = None
    if found.way is Way.WEBHOOK:
        secret = view.subscriptions.delivery.webhook_secret(found.address)
    return view.page(
        request,
        "own",
        status=200 if error is None else 422,
        token=token,
        found=found,
        masked=masked(found.way, found.address),
        secret=secret,
        new="new" in request.query_params,
        changed="changed" in request.query_params,
        problem=explain(error, locale_of(request)) if error else None,
    )


def _wishes(view: View, fields: dict[str, str], locale: Locale) -> Wishes:
    chosen = _chosen(view, fields)
    every = len(chosen) == len(view.capabilities)
    return Wishes(
        locale=next((each for each in LOCALES if each == fields.get("language")), locale),
        capabilities=() if every else chosen,
        quiet_from=minutes_of(fields.get("quiet_from", "").strip()),
        quiet_until=minutes_of(fields.get("quiet_until", "").strip()),
        wake=fields.get("wake_urgent") == "on",
    )


def _chosen(view: View, fields: dict[str, str]) -> tuple[str, ...]:
    return tuple(word for word, _ in view.capabilities if fields.get(_CAPABILITY + word) == "on")


def _way(view: View, word: str) -> Way | None:
    """The way that was asked for, else the first that is offered."""
    ways = view.ways()
    return next((way for way in ways if way.value == word), ways[0] if ways and not word else None)
