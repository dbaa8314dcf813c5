"""An application with pages, in a world that stands still, for tests."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from dawam.kernel import TimeOrderedIds, World
from dawam.web.pages import Face, Kind, PageSettings, Role, Visitor, page_app

HTML = {"accept": "text/html", "accept-language": "en"}


class StillClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 14, 5, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def world(clock: StillClock | None = None) -> World:
    ticking, entropy = clock or StillClock(), Random(7)
    return World(ticking, TimeOrderedIds(ticking, entropy), entropy)


VISITORS = {
    "customer": Visitor(kind=Kind.CUSTOMER, id="1", name="منى", key="customer"),
    **{
        role.value: Visitor(kind=Kind.STAFF, id="2", name="Samir", roles=frozenset({role}), key=role.value)
        for role in Role
    },
}


class FixedSessions:
    """A cookie's value is the name of who comes."""

    def visitor(self, key: str) -> Visitor | None:
        return VISITORS.get(key)


def room(
    routes: Sequence[HTTPRouteHandler] = (),
    *,
    templates: Sequence[Path] = (),
    settings: PageSettings | None = None,
    **options: Any,
) -> TestClient[Any]:
    """A client of an application with the shell's routes and these."""
    face = Face(world(), settings or PageSettings(), templates=templates)
    return client_of(face, routes, **options)


def client_of(face: Face, routes: Sequence[HTTPRouteHandler] = (), **options: Any) -> TestClient[Any]:
    app = page_app(routes, face=face, sessions=FixedSessions(), **options)
    client: TestClient[Any] = TestClient(app, base_url="http://dawam.local")
    client.headers.update(HTML)
    return client


def token_in(page: str) -> str:
    """The form token that a page holds."""
    found = re.search(r'name="csrf" (?:content|value)="([^"]+)"', page)
    assert found
    return found.group(1)
