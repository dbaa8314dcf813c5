"""How an application of Dawam is made: our problems instead of the framework's, nothing it does not need."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from litestar import Litestar, MediaType, Response
from litestar.types import ControllerRouterHandler, Guard

from dawam.web.problems import answer_failure

BODY_MAX_BYTES = 64 * 1024

_encode = msgspec.json.Encoder().encode


def json_api(
    route_handlers: Sequence[ControllerRouterHandler],
    *,
    guards: Sequence[Guard] = (),
    body_max_bytes: int = BODY_MAX_BYTES,
    on_startup: Sequence[Callable[[], Any]] = (),
    on_shutdown: Sequence[Callable[[], Any]] = (),
) -> Litestar:
    """An application whose every failure is a problem and whose bodies are bounded as they arrive.

    The limit counts what was read, whatever Content-Length says; a route may set its own
    (`request_max_body_size`).
    """
    return Litestar(
        route_handlers=route_handlers,
        guards=guards,
        request_max_body_size=body_max_bytes,
        exception_handlers={Exception: answer_failure},
        on_startup=on_startup,
        on_shutdown=on_shutdown,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def json_response(value: object, status_code: int = 200) -> Response[bytes]:
    """A value as JSON, encoded once."""
    return Response(content=_encode(value), status_code=status_code, media_type=MediaType.JSON)
