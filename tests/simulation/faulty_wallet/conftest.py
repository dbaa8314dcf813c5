"""One faulty wallet as a process for all tests of this folder, mended after each."""

import http.client
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from dawam.simulation.faulty_wallet import Control
from dawam.wallet import Booking, OpenAccount

ACCOUNTS = [f"acc-{number:03}" for number in range(40)]


@dataclass
class Wallet:
    """The wallet as a client meets it: one new connection a call, so that nothing is hidden."""

    url: str
    control: Control

    def ask(self, method, path, body=None, timeout_s=1.5):
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)
        try:
            connection.request(
                method,
                path,
                json.dumps(body) if body is not None else None,
                {"content-type": "application/json"},
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, path, timeout_s=1.5):
        status, body = self.ask("GET", path, timeout_s=timeout_s)
        assert status == 200, body
        return json.loads(body)

    def balance(self, account):
        return self.get(f"/v1/accounts/{account}/balance")

    def wait_until_up(self):
        for _ in range(100):
            try:
                return self.get("/v1/health")
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the wallet did not come back")


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    database = tmp_path_factory.mktemp("faulty") / "wallet.db"
    command = [sys.executable, "-m", "dawam.simulation.faulty_wallet", "--leashed"]
    with subprocess.Popen(
        [*command, "--database", f"sqlite:///{database}", "--port", "0", "--control-port", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as running:
        ready = json.loads(running.stdout.readline())
        wallet = Wallet(ready["url"], Control(ready["control_url"]))
        wallet.control.open([OpenAccount(provider="acc", currency="EGP", account=name) for name in ACCOUNTS])
        wallet.control.book(
            [
                Booking(account=name, amount_minor=10_000 + place, kind="opening")
                for place, name in enumerate(ACCOUNTS)
            ]
        )
        yield wallet
        running.stdin.close()
        assert running.wait(timeout=10) == 0


@pytest.fixture
def wallet(process):
    yield process
    process.control.clear()
    process.wait_until_up()
