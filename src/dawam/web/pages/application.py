"""An application with pages beside its JSON contract: every route has a rule, every failure its words."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from dawam.web.pages.assets import assets_route
from dawam.web.pages.design import design_routes
from dawam.web.pages.face import Face
from dawam.web.pages.failures import failure_pages
from dawam.web.pages.headers import completed
from dawam.web.pages.installing import installing_routes
from dawam.web.pages.places import networks_of
from dawam.web.pages.rules import FOR_APPS, admit
from dawam.web.pages.themes import theme_route
from dawam.web.pages.visitors import Sessions
from dawam.web.shell import BODY_MAX_BYTES

FORM_MAX_BYTES = 256 * 1024
"""Room for the longest texts in three languages; an Arabic letter takes six bytes in a form."""


def page_app(
    route_handlers: Sequence[ControllerRouterHandler],
    *,
    face: Face,
    sessions: Sessions | None = None,
    body_max_bytes: int = BODY_MAX_BYTES,
    on_startup: Sequence[Callable[[], Any]] = (),
    on_shutdown: Sequence[Callable[[], Any]] = (),
) -> Litestar:
    """An application of routes that carry rules; visitors are known by `sessions`.

    Routes for apps are not guarded here: their channel asks for the token, and nothing stands in their way.
    `body_max_bytes` is for these; forms have a limit of their own.
    """
    ours = [*route_handlers, *shell_routes(face)]
    for_apps = [route for route in ours if _is_for_apps(route)]
    guarded = Router(
        "/",
        route_handlers=[route for route in ours if not _is_for_apps(route)],
        guards=[admit],
        request_max_body_size=FORM_MAX_BYTES,
    )
    return Litestar(
        route_handlers=[*for_apps, guarded],
        state=State(
            {
                "sessions": sessions,
                "secure": face.settings.secure,
                "trusted_proxies": networks_of(face.settings.trusted_proxies),
            }
        ),
        before_send=[completed],
        request_max_body_size=body_max_bytes,
        exception_handlers={Exception: failure_pages(face)},
        on_startup=on_startup,
        on_shutdown=on_shutdown,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _is_for_apps(route: ControllerRouterHandler) -> bool:
    return isinstance(route, BaseRouteHandler) and route.opt.get("rule") == FOR_APPS


def shell_routes(face: Face) -> list[HTTPRouteHandler]:
    """What every application with pages has: assets, colours, the app on a phone, the page of components."""
    return [assets_route(), theme_route(face), *installing_routes(face), *design_routes(face)]
