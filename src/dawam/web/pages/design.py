"""The page `/design`: every component in three languages and both themes, side by side, for anyone.

A part is a template in `templates/web/design/`; each is drawn once a language and theme, with ids of its own.
"""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect
from markupsafe import Markup

from dawam.kernel import Forbidden, to_ns
from dawam.web.explanation import explain
from dawam.web.locale import LOCALES, Locale, negotiate
from dawam.web.pages.assets import files
from dawam.web.pages.face import DIRECTIONS, Face
from dawam.web.pages.rules import FOR_ANYONE, ruled

PARTS = (
    "words",
    "buttons",
    "tones",
    "form",
    "figures",
    "services",
    "table",
    "timeline",
    "empty",
    "chart",
    "icons",
)
_THEMES = ("light", "dark")
_DAYS = 90


def design_routes(face: Face) -> list[HTTPRouteHandler]:
    """The page in each language, and the way to it."""

    @get("/design", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def in_a_language(request: Request[Any, Any, Any]) -> Redirect:
        return Redirect(f"/{negotiate(request.headers.get('accept-language'))}/design")

    @get("/{locale:str}/design", opt=ruled(FOR_ANYONE), sync_to_thread=False)
    def design(request: Request[Any, Any, Any]) -> Response[bytes]:
        return face.page(request, "web/design.html", parts=[(part, _cells(face, part)) for part in PARTS])

    return [in_a_language, design]


def _cells(face: Face, part: str) -> list[tuple[Locale, str, str, Markup]]:
    """A part in each language and theme: language, direction, theme, HTML of our own templates."""
    return [
        (locale, DIRECTIONS[locale], theme, Markup(_cell(face, part, locale, theme)))  # noqa: S704  # see above
        for locale in LOCALES
        for theme in _THEMES
    ]


def _cell(face: Face, part: str, locale: Locale, theme: str) -> str:
    now = face.world.clock.now().replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=24 - n) for n in range(25)]
    series = [[120 + 9 * n for n in range(25)], [None if n < 12 else 4 * (n - 12) ** 2 for n in range(25)]]
    tones = ["good"] * _DAYS
    tones[12:13], tones[40:42], tones[71:72] = ["notice"], ["danger", "warning"], ["warning"]
    icons = sorted(set(_icon_names()) - {"mark", "bridge"})
    return face.render(
        f"web/design/{part}.html",
        locale,
        theme=theme,
        ids=f"{locale}-{theme}-",
        hours=hours,
        times=[to_ns(hour) for hour in hours],
        series=series,
        tones=tones,
        icons=icons,
        problem=explain(Forbidden("form_stale"), locale),
        hostile="\u202eEvil <b>name</b>",
    ).decode()


def _icon_names() -> list[str]:
    drawn = files()["icons.svg"].decode()
    return [piece.partition('"')[0] for piece in drawn.split('<symbol id="')[1:]]
