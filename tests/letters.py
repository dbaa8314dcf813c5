"""A node with its pages, a subscriber who has confirmed by e-mail, and a real SMTP server between them."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

import aiohttp
from aiosmtpd.controller import Controller

from dawam.app import Front, Node, build, create_app
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.delivery import DeliverySettings, EmailSettings
from dawam.standin import Capability, Mode
from dawam.web import serving
from dawam.web.pages import PageSettings

from .memory_primary import MemoryPrimary

BANK, READER = "bank", "mona@example.org"
_PATIENCE_S = 60.0


class Letter(NamedTuple):
    """What the server was given, and when its last byte had come."""

    came_at: datetime
    message: EmailMessage

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


class Relay:
    """Takes every letter, and keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.letters: list[Letter] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """SMTP's DATA, whole."""
        came_at = datetime.now(UTC)
        self.letters.append(Letter(came_at, message_from_bytes(envelope.content, policy=default)))  # type: ignore[arg-type]  # the policy makes them
        return "250 OK"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def relay() -> Iterator[Relay]:
    """An SMTP server on a port of its own."""
    kept = Relay(free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


class Town:
    """The node, its primary, and the letters that came."""

    def __init__(self, node: Node, front: Front, primary: MemoryPrimary, relay: Relay) -> None:
        self.front = front
        self.primary = primary
        self.relay = relay
        self._desk = node.desks[BANK]

    async def letter(self, number: int) -> Letter:
        """The one with this number, counted from 0, once it has come."""
        await until(lambda: len(self.relay.letters) > number)
        return self.relay.letters[number]

    async def fail(self) -> datetime:
        """All is well; then the primary is gone. When it went."""
        await until(lambda: self._modes() == {Mode.NORMAL})
        self.primary.up = False
        return datetime.now(UTC)

    def changed_at(self) -> datetime:
        """When the mode of balances last changed."""
        states = self._desk.capabilities()
        return next(each.since for each in states if each.capability is Capability.BALANCE)

    def _modes(self) -> set[Mode]:
        return {each.mode for each in self._desk.capabilities()}

    async def subscribe(self, locale: str) -> None:
        """As a reader does: the form, the letter with its code, the code."""
        form = f"{self.front.face.settings.origin}/{locale}/subscribe/{BANK}?way=email"
        jar = aiohttp.CookieJar(unsafe=True)  # of an address, not of a name
        async with aiohttp.ClientSession(cookie_jar=jar, headers={"accept": "text/html"}) as browser:
            fields = {"address": READER, "language": locale, "wake_urgent": "on"}
            asked = await _sent(browser, form, fields)
            code = re.search(r"\b\d{6}\b", (await self.letter(0)).text)
            assert code is not None
            await _sent(browser, asked, {"code": code[0]})
        assert self.front.subscriptions.counts() != {}


async def _sent(browser: aiohttp.ClientSession, page: str, fields: dict[str, str]) -> str:
    """Fill in the form of a page; where that leads."""
    async with browser.get(page) as answer:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', await answer.text()))
    async with browser.post(page, data={**hidden, **fields}) as answer:
        assert answer.status == 200, await answer.text()
        return str(answer.url)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    async with asyncio.timeout(_PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def town(database_url: str, relay: Relay) -> AsyncIterator[Town]:
    """Running, with every setting at its default that need not be another."""
    port = free_port()
    settings = Settings(
        storage=StorageSettings(url=database_url),
        pages=PageSettings(public_url=f"http://127.0.0.1:{port}"),
        delivery=DeliverySettings(
            email=EmailSettings(
                host="127.0.0.1", port=relay.port, tls="none", sender="Bank <status@example.com>"
            )
        ),
        institutions={BANK: InstitutionSettings(primary_url="http://127.0.0.1:9")},
    )
    primary = MemoryPrimary()
    node = build(settings, links={BANK: primary})
    front = Front(node)
    async with serving(create_app(node, front), "127.0.0.1", port):
        yield Town(node, front, primary, relay)
