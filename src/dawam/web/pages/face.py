"""How a page is made: a template, the reader's language and theme, who visits, and what pages may do.

Templates of a slice stand in its `templates/<slice>/`; all of them see the same names (see `Face.page`).
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from dawam.kernel import DawamError, NotFound, World, from_ns, id_to_text
from dawam.web.explanation import Explanation, explain
from dawam.web.locale import LOCALES, Locale, Said, negotiate, shown, text, text_n
from dawam.web.pages import formats
from dawam.web.pages.assets import asset
from dawam.web.pages.forms import form_token
from dawam.web.pages.headers import PAGE_HEADERS, TLS_HEADERS
from dawam.web.pages.settings import PageSettings
from dawam.web.pages.tables import labelled
from dawam.web.pages.visitors import ANYBODY, key_of, new_key, set_cookie, visiting

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
DIRECTIONS: dict[Locale, str] = {"ar": "rtl", "fr": "ltr", "en": "ltr"}
_WORTH_COMPRESSING = 1_024
_OWN_TEMPLATES = Path(__file__).with_name("templates")


class Face:
    """The shell of all pages of one application."""

    def __init__(
        self,
        world: World,
        settings: PageSettings,
        *,
        templates: Sequence[Path] = (),
        name_of: Callable[[str, Locale], str] = lambda institution, _: institution,
    ) -> None:
        """`name_of` says what the public knows an institution by."""
        self.world = world
        self._name_of = name_of
        self.settings = settings
        self._templates = Environment(
            loader=FileSystemLoader([_OWN_TEMPLATES, *templates]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["labelled"] = labelled

    def page(
        self,
        request: Request[Any, Any, Any],
        template: str,
        *,
        locale: Locale | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response[bytes]:
        """A template as a page in the language of the path; compressed, for its form token is masked anew.

        Beside `context` it sees: `locale`, `dir`, `theme`, `t(msgid, **params)`, `tn(one, many, n,
        **params)`, `amount`, `number`, `percent`, `day`, `clock_time`, `moment`, `period`, `hijri`,
        `span`, `ago`, `shown`, `called` (an institution's name), `asset`, `visitor`, `csrf`, `once()` (an
        id that makes a form count once), `now`, `from_ns`, `path`, `ids` (what ids of a part begin with),
        `locales`, `here(locale)` (this page in another language) and `settings`. Names from outside go
        through `shown`.
        """
        spoken = locale or locale_of(request)
        visitor = visiting(request)
        key = visitor.key or key_of(request)
        sent = {**PAGE_HEADERS, "Content-Language": spoken, "Cache-Control": "no-store", **(headers or {})}
        if self.settings.secure:
            sent |= TLS_HEADERS
        if not key:
            key = new_key(self.world.entropy)
            name, value = set_cookie(key, secure=self.settings.secure)
            sent.setdefault(name, value)
        body = self.render(
            template,
            spoken,
            theme=theme_of(request),
            visitor=visitor,
            csrf=form_token(key, self.world.entropy),
            path=request.url.path,
            **context,
        )
        if len(body) > _WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            sent["Content-Encoding"] = "gzip"
        sent.setdefault("Vary", "Accept-Encoding")
        return Response(body, status_code=status, media_type="text/html", headers=sent)

    def explain(self, error: DawamError, locale: Locale) -> Explanation:
        """The failure in words, its numbers by the digits of the region."""
        region = self.settings.region
        told = {
            name: formats.number(value, locale, region) if type(value) is int else value
            for name, value in error.params.items()
        }
        return explain(type(error)(error.code, **told), locale)

    def render(self, template: str, locale: Locale, **context: object) -> bytes:
        """A template in a language, for pages, parts of pages, messages and feeds."""
        zone, region = self.settings.zone, self.settings.region
        now = self.world.clock.now()
        path = str(context.get("path", f"/{locale}"))
        names: dict[str, object] = {
            "locale": locale,
            "dir": DIRECTIONS[locale],
            "locales": LOCALES,
            "t": lambda msgid, **params: Said(text(msgid, locale, **params)),
            "tn": lambda one, many, n, **params: Said(
                text_n(one, many, n, locale, **{"n": formats.number(n, locale, region), **params})
            ),
            "amount": partial(formats.amount, locale=locale, region=region),
            "number": partial(formats.number, locale=locale, region=region),
            "percent": partial(formats.percent, locale=locale, region=region),
            "day": partial(formats.day, locale=locale, zone=zone, region=region),
            "clock_time": partial(formats.clock_time, locale=locale, zone=zone, region=region),
            "moment": partial(formats.moment, locale=locale, zone=zone, region=region),
            "hijri": partial(formats.hijri, locale=locale, zone=zone, region=region),
            "period": partial(formats.period, locale=locale, zone=zone, region=region),
            "span": partial(formats.span, locale=locale, region=region),
            "ago": lambda when: formats.ago(when, now, locale, region),
            "shown": shown,
            "called": lambda institution: self._name_of(institution, locale),
            "asset": asset,
            "once": lambda: id_to_text(self.world.ids.next()),
            "now": now,
            "from_ns": from_ns,
            "here": lambda other: in_locale(path, other),
            "settings": self.settings,
            "theme": "auto",
            "visitor": ANYBODY,
            "csrf": "",
            "path": path,
            "ids": "",
        }
        return self._templates.get_template(template).render({**names, **context}).encode()


def locale_of(request: Request[Any, Any, Any]) -> Locale:
    """The language of a page: its path's first part; where the path has none, what the browser prefers.

    Raises: NotFound `route_not_found`, when the path's `locale` is no language of ours.
    """
    wanted = request.path_params.get("locale")
    if wanted is None:
        return negotiate(request.headers.get("accept-language"))
    for locale in LOCALES:
        if wanted == locale:
            return locale
    raise NotFound("route_not_found")


def theme_of(request: Request[Any, Any, Any]) -> str:
    """The theme that the visitor chose: auto, light or dark."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def in_locale(path: str, locale: Locale) -> str:
    """The same page in another language."""
    first, _, rest = path.lstrip("/").partition("/")
    if first not in LOCALES:
        return f"/{locale}"
    return f"/{locale}/{rest}" if rest else f"/{locale}"
