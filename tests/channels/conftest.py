"""A real server on loopback with a desk behind it."""

import asyncio
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from dawam.channels import ChannelSettings, Desks, Place
from dawam.channels.api import routes
from dawam.people import Member
from dawam.web import json_api, serving, token_digest
from dawam.web.pages import Role

from .client import Client
from .fake_desk import FakeDesk, FixedClock

TOKENS = ("amal", "BASIM", "dismissed", "viewer", "elsewhere", "script")
OPERATORS = {name: token_digest(f"{name.lower()}-token") for name in TOKENS}

MEMBERS = {
    "amal": Member(id="amal", name="Amal", roles=frozenset({Role.OPERATOR})),
    "basim": Member(id="basim", name="Basim", roles=frozenset({Role.APPROVER, Role.OPERATOR})),
    "dismissed": Member(id="dismissed", name="Gone", roles=frozenset({Role.OPERATOR}), active=False),
    "viewer": Member(id="viewer", name="Dina", roles=frozenset({Role.VIEWER})),
    "elsewhere": Member(
        id="elsewhere", name="Eman", roles=frozenset({Role.OPERATOR}), institutions=("other",)
    ),
}


class Staff:
    """Members by their ids; a token's name may be written otherwise."""

    def known_as(self, name: str) -> Member | None:
        return MEMBERS.get(name.lower())

    def active(self) -> frozenset[str]:
        return frozenset(name for name, one in MEMBERS.items() if one.active)


class Serving(Thread):
    """An application on a free port, on a thread of its own."""

    def __init__(self, app: Any) -> None:
        super().__init__(daemon=True)
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._finish = asyncio.Event()
        self.port = 0
        self._listening = Event()

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with serving(self._app, "127.0.0.1", 0) as address:
            self.port = address.port
            self._listening.set()
            await self._finish.wait()

    def __enter__(self) -> "Serving":
        self.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._finish.set)
        self.join(10)


def application(desk: FakeDesk, settings: ChannelSettings, operators: dict[str, str]) -> Any:
    desks = Desks([Place("bank", ("*",), desk)])
    return json_api(
        routes(desks, FixedClock(), settings, operators=operators, staff=Staff()),
        body_max_bytes=settings.body_limit_bytes,
    )


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[Client]:
    with Serving(application(desk, ChannelSettings(), OPERATORS)) as server:
        yield Client(server.port)


@pytest.fixture
def guarded(desk: FakeDesk) -> Iterator[Client]:
    """A channel that asks for a token, without operators."""
    settings = ChannelSettings(token_sha256=(token_digest("app-token"),))
    with Serving(application(desk, settings, {})) as server:
        yield Client(server.port)
