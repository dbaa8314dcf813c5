"""The primaries that keep the contract, each as a real process on loopback."""

import asyncio
import http.client
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dawam.wallet import Booking, OpenAccount
from dawam.wallet.process import opened

ROOT = Path(__file__).parents[2]
ACCOUNTS = [f"demo-{number:04d}" for number in range(1, 6)]
OPENING_MINOR = 100_000
MOMENT = "2026-11-21T10:00:00Z"


class Reply(NamedTuple):
    """An answer: its status, media type and body."""

    status: int
    media_type: str
    raw: bytes

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return json.loads(self.raw)

    @property
    def lines(self) -> list[Any]:
        """The body as newline-delimited JSON."""
        return [json.loads(line) for line in self.raw.splitlines()]


class Client:
    """A client that knows nothing but the document."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = itertools.count(1)

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        """One call on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            content = body if isinstance(body, bytes) else json.dumps(body) if body is not None else None
            connection.request(method, path, content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            media_type = response.getheader("Content-Type", "").partition(";")[0]
            return Reply(response.status, media_type, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """The body of a call that succeeds."""
        reply = self.ask("GET", path)
        assert reply.status == 200, reply
        return reply.body

    def post(self, path: str, body: object) -> Any:
        """The body of a call that succeeds."""
        reply = self.ask("POST", path, body)
        assert reply.status == 200, reply
        return reply.body

    def balance(self, account: str) -> int:
        """What an account holds."""
        held = self.get(f"/v1/accounts/{account}/balance")["balance_minor"]
        assert isinstance(held, int)
        return held

    def last_seq(self) -> int:
        """The newest event."""
        last = self.get("/v1/events?limit=1")["last_seq"]
        assert isinstance(last, int)
        return last

    def new_id(self, what: str) -> str:
        """An id that was not used before."""
        return f"{what}-{next(self._numbers)}"

    def payment(self, **different: object) -> dict[str, object]:
        """A payment that would be approved, but for what is different."""
        return {
            "payment_id": self.new_id("pay"),
            "kind": "transfer",
            "debit_account": ACCOUNTS[0],
            "credit_account": ACCOUNTS[1],
            "amount_minor": 100,
            "currency": "EGP",
            "requested_at": MOMENT,
        } | different

    def advice(self, **different: object) -> dict[str, object]:
        """An advice that would be applied, but for what is different."""
        advice = self.payment(advice_id=self.new_id("advice"), decided_at=MOMENT) | different
        del advice["requested_at"]
        return advice


def wallet_command(folder: Path, port: int) -> list[str]:
    """How to start the wallet core, after its five accounts were opened."""
    database = f"sqlite:///{folder / 'wallet.db'}"

    async def fill() -> None:
        with opened(database, inline=True) as core:
            await core.open_many(
                [OpenAccount(provider="demo", currency="EGP", account=name) for name in ACCOUNTS]
            )
            await core.book_many([Booking(account=name, amount_minor=OPENING_MINOR) for name in ACCOUNTS])

    asyncio.run(fill())
    return ["-m", "dawam.wallet", "serve", "--database", database, "--port", str(port)]


def example_command(folder: Path, port: int) -> list[str]:
    """How to start the primary of examples/."""
    return [str(ROOT / "examples" / "primary.py"), "--port", str(port)]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        assert isinstance(port, int)
        return port


def wait_until_up(client: Client, process: subprocess.Popen[bytes]) -> None:
    """Until it answers, for at most 20 s."""
    end = time.monotonic() + 20
    while True:
        try:
            client.get("/v1/health")
            return
        except OSError:
            assert process.poll() is None, "it ended instead of serving"
            assert time.monotonic() < end, "it did not answer in time"
            time.sleep(0.05)


@pytest.fixture(scope="session", params=[wallet_command, example_command], ids=["wallet", "example"])
def primary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A running primary with five accounts of 1,000.00 EGP."""
    port = free_port()
    command = request.param(tmp_path_factory.mktemp("primary"), port)
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL) as process:
        try:
            client = Client(port)
            wait_until_up(client, process)
            yield client
        finally:
            process.terminate()
