"""The guide's routes: the page, its live part, its buttons, and the doors to Dawam's pages.

The guide is at `127.0.0.1` and Dawam's pages are at `localhost`: for a browser two places, so that nobody who
comes in as somebody else takes the guide's own forms with them. A cookie belongs to a host, not to a port:
what `localhost` on the guide's port sets, Dawam's pages on theirs receive.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from markupsafe import Markup

from dawam.app import system_world
from dawam.kernel import NotFound
from dawam.simulation.demo.cast import PERSONAS, Cast, Persona
from dawam.simulation.demo.guide.links import linked
from dawam.simulation.demo.guide.plot import Plot, Seen
from dawam.web import LOCALES, Locale, negotiate
from dawam.web.pages import (
    FOR_ANYONE,
    Face,
    Live,
    PageSettings,
    fields_of,
    locale_of,
    page_app,
    reader_of,
    ruled,
    set_cookie,
)

_TEMPLATES = Path(__file__).with_name("templates")
_LIVE = ("now", "letters", "story")
_TICK_S = 1.0
AnyRequest = Request[Any, Any, Any]


def guide_app(plot: Plot, cast: Cast, *, site: str, port: int, institution: str) -> Litestar:
    """The guide as an application."""
    face = Face(system_world(), PageSettings(public_url=f"http://127.0.0.1:{port}"), templates=[_TEMPLATES])
    guide = Guide(face, plot, cast, site=site, port=port, institution=institution)
    return page_app(guide.routes(), face=face, on_startup=[guide.start], on_shutdown=[guide.stop])


class Guide:
    """A page, and what its buttons do."""

    def __init__(self, face: Face, plot: Plot, cast: Cast, *, site: str, port: int, institution: str) -> None:
        self.live = Live(face.settings)
        self._face = face
        self._plot = plot
        self._cast = cast
        self._site = site
        self._door = f"http://localhost:{port}"
        self._institution = institution
        self._ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to tell open pages."""
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """End every stream."""
        self.live.close()
        if self._ticking is not None:
            self._ticking.cancel()

    def routes(self) -> list[HTTPRouteHandler]:
        """Everything that the guide has."""
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "bad-update": self._plot.ship_a_bad_update,
            "cut": self._plot.cut_the_network,
            "maintenance": self._plot.start_maintenance,
            "roll-back": self._plot.roll_back,
        }
        return [
            *self._reading(),
            _entering(self._plot, self._cast, self._site),
            *(_act(*one) for one in acts.items()),
        ]

    def _reading(self) -> list[HTTPRouteHandler]:
        @get("/", opt=ruled(FOR_ANYONE))
        async def begin(request: AnyRequest) -> Redirect:
            return Redirect(f"/{negotiate(request.headers.get('accept-language'))}")

        @get("/{locale:str}", opt=ruled(FOR_ANYONE))
        async def guide(request: AnyRequest) -> Response[bytes]:
            return self._face.page(
                request,
                "guide/guide.html",
                seen=self._plot.seen(),
                linked=self._linked,
                site=self._site,
                door=self._door,
                institution=self._institution,
                personas=PERSONAS,
            )

        @get("/{locale:str}/live", opt=ruled(FOR_ANYONE))
        async def live(request: AnyRequest) -> Stream:
            locale, seen = locale_of(request), self._plot.seen()
            first = [(part, self._drawn(part, locale, seen)) for part in _LIVE]
            return self.live.stream([f"guide:{locale}"], reader_of(request), first=first)

        return [begin, guide, live]

    async def _tick(self) -> None:
        """Tell what has changed, and nothing else: whoever reads a letter keeps their place in it."""
        told: dict[tuple[str, str], str] = {}
        while True:
            seen = self._plot.seen()
            for locale in LOCALES:
                if self.live.listeners(f"guide:{locale}"):
                    for part in _LIVE:
                        drawn = self._drawn(part, locale, seen)
                        if told.get((locale, part)) != drawn:
                            self.live.publish(f"guide:{locale}", part, drawn)
                        told[locale, part] = drawn
            await asyncio.sleep(_TICK_S)

    def _drawn(self, part: str, locale: Locale, seen: Seen) -> str:
        return self._face.render(f"guide/{part}.html", locale, seen=seen, linked=self._linked).decode()

    def _linked(self, line: str) -> Markup:
        return linked(line, self._site)


def _act(name: str, do: Callable[[], Awaitable[None]]) -> HTTPRouteHandler:
    @post(f"/{{locale:str}}/{name}", opt=ruled(FOR_ANYONE), status_code=303, name=f"guide_{name}")
    async def act(request: AnyRequest) -> Redirect:
        await fields_of(request)
        await do()
        return Redirect(f"/{locale_of(request)}", status_code=303)

    return act


def _entering(plot: Plot, cast: Cast, site: str) -> HTTPRouteHandler:
    @get("/{locale:str}/enter/{who:str}", opt=ruled(FOR_ANYONE))
    async def enter(request: AnyRequest, who: FromPath[str]) -> Redirect:
        locale, persona = locale_of(request), _known(who)
        name, value = set_cookie(await plot.key_for(persona, cast.keys(persona)), secure=False)
        return Redirect(
            f"{site}/{locale}/{persona.place}", headers={name: value, "Cache-Control": "no-store"}
        )

    return enter


def _known(who: str) -> Persona:
    for persona in PERSONAS:
        if persona.id == who:
            return persona
    raise NotFound("route_not_found")
