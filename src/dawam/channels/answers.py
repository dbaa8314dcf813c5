"""An answer as JSON that nobody on the way keeps."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State

Asked = Request[None, None, State]

_encode = msgspec.json.Encoder().encode
_NO_STORE = {"cache-control": "no-store"}


def answer(body: Any, *, status: int = 200, locale: str | None = None) -> Response[bytes]:
    """The body as JSON; `locale` names the language of its texts."""
    headers = {**_NO_STORE, "content-language": locale} if locale else _NO_STORE
    return Response(_encode(body), status_code=status, media_type="application/json", headers=headers)
