"""Asking a faulty wallet's control port, blocking: for commands, tests and the replay's own threads."""

import json
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.primary import EventPage
from dawam.simulation.faults import FaultKind
from dawam.wallet import Booking, OpenAccount

CONTROL_URL = "http://127.0.0.1:8802"
"""Where a faulty wallet listens for orders unless told otherwise."""
_TIMEOUT_S = 60.0


class Control:
    """The control port at a URL.

    Every call raises: InvalidInput `control_url_invalid`; Unavailable `control_unreachable`;
    Conflict `control_refused` with the code of the refusal.
    """

    def __init__(self, url: str = CONTROL_URL) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise InvalidInput("control_url_invalid", url=url[:80])
        self._url = url
        self._host, self._port = parts.hostname, parts.port or 80

    def start(self, kind: FaultKind) -> list[str]:
        """Let it go wrong; all kinds that are on now."""
        return _kinds(self._ask("POST", "/fault", {"kind": kind.value}))

    def clear(self, kind: FaultKind | None = None) -> list[str]:
        """Mend one fault or all; the kinds that are still on."""
        query = f"?kind={kind.value}" if kind else ""
        return _kinds(self._ask("DELETE", f"/fault{query}"))

    def on(self) -> dict[str, datetime]:
        """The kinds that are on, and since when."""
        told = msgspec.json.decode(self._ask("GET", "/fault"))["faults"]
        return {fault["kind"]: datetime.fromisoformat(fault["since"]) for fault in told}

    def first_bad_at(self) -> dict[str, datetime]:
        """When somebody first met each of the kinds that are on; without those that nobody has met."""
        told = msgspec.json.decode(self._ask("GET", "/fault"))["faults"]
        return {
            fault["kind"]: datetime.fromisoformat(fault["first_bad_at"])
            for fault in told
            if fault["first_bad_at"]
        }

    def truth(self, *, after: int, limit: int = 5_000, wait_s: float = 0.0) -> EventPage:
        """The healthy feed."""
        query = urlencode({"after": after, "limit": limit, "wait_s": wait_s})
        return msgspec.json.decode(self._ask("GET", f"/truth/events?{query}"), type=EventPage)

    def open(self, accounts: list[OpenAccount]) -> list[str]:
        """Open accounts, all or none; their names."""
        told: list[str] = msgspec.json.decode(self._ask("POST", "/accounts", accounts))["accounts"]
        return told

    def book(self, bookings: list[Booking]) -> int:
        """Write the wallet's own bookings, all or none; the last `seq`."""
        told: int = msgspec.json.decode(self._ask("POST", "/bookings", bookings))["last_seq"]
        return told

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        connection = HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            content = msgspec.json.encode(body) if body is not None else None
            connection.request(method, path, content, {"content-type": "application/json"})
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, HTTPException) as error:
            raise Unavailable("control_unreachable", url=self._url, reason=_reason(error)) from None
        finally:
            connection.close()
        if answer.status >= 400:
            raise Conflict("control_refused", refusal=_code(told), status=answer.status)
        return told


def _kinds(body: bytes) -> list[str]:
    return [fault["kind"] for fault in msgspec.json.decode(body)["faults"]]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def _code(body: bytes) -> str:
    try:
        told: Any = json.loads(body)
        return str(told.get("code", ""))
    except ValueError:
        return ""
