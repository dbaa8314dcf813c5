"""Commanding a running node over its operator routes: what `dawam mode` and its like call."""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from dawam.kernel import DawamError, InvalidInput, Unavailable

_TIMEOUT_S = 30.0
_ANSWER_BYTES = 64 * 1024 * 1024


class Refused(DawamError):
    """The node's own refusal, in the node's own words."""

    def __init__(self, code: str, *, title: str, detail: str, action: str) -> None:
        super().__init__(code)
        self.title = title
        self.detail = detail
        self.action = action


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        return False


class _NoRedirect(HTTPRedirectHandler):
    """A token goes to nobody but the node that was named."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Remote:
    """One institution on one node, with one person's token.

    Raises: InvalidInput `node_url_malformed`.
    """

    def __init__(self, url: str, institution: str, *, token: str) -> None:
        if not _is_url(url):
            raise InvalidInput("node_url_malformed", url=url[:80])
        self._url = url.rstrip("/")
        self._root = f"{self._url}/v1/operator/{quote(institution, safe='')}"
        self._token = token
        self._opener = build_opener(ProxyHandler({}), _NoRedirect())

    def get(self, path: str) -> Any:
        """What the node answers.

        Raises: Refused; Unavailable `node_unreachable`, `node_answer_unusable`.
        """
        return self._call(Request(f"{self._root}/{path}", headers=self._headers()))  # noqa: S310  checked

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The same for a command."""
        sent = json.dumps(body).encode()
        return self._call(
            Request(f"{self._root}/{path}", sent, self._headers(), method="POST")  # noqa: S310  checked
        )

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}", "content-type": "application/json"}

    def _call(self, request: Request) -> Any:
        try:
            with self._opener.open(request, timeout=_TIMEOUT_S) as response:
                raw = response.read(_ANSWER_BYTES)
        except HTTPError as error:
            raise self._refusal(error) from None
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise Unavailable("node_unreachable", url=self._url, reason=str(reason)) from None
        return self._parsed(raw)

    def _parsed(self, raw: bytes) -> Any:
        try:
            return json.loads(raw)
        except ValueError:
            raise Unavailable("node_answer_unusable", url=self._url) from None

    def _refusal(self, error: HTTPError) -> DawamError:
        with error:
            problem = self._parsed(error.read(_ANSWER_BYTES))
        if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
            return Unavailable("node_answer_unusable", url=self._url)
        said = {name: str(problem.get(name, "")) for name in ("title", "detail", "action")}
        return Refused(problem["code"], **said)
