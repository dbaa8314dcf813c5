"""GET balance over HTTP against a bare handler: ratios from one run on loopback, each server a process.

Three servers, asked in turn, three rounds, medians: a bare Litestar handler that returns a constant;
`dawam serve` while an operator has it stand in, so that the mirror answers; `dawam serve` with a healthy
primary, the wallet core in its own process, asked and judged every time. The load is 32 connections that
send their next request when the last is answered; accounts are taken at random, and every answer is checked.
Run: `python bench/balances.py [--seconds 3] [--rounds 3] [--connections 32] [--wallets 5000]`.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic
from typing import Any
from urllib.request import urlopen

import uvloop

TOKEN = "bench-token"
TARGETS = {"stand-in": 0.5, "healthy": 0.12}
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One client: asks, waits for the whole answer, asks again."""

    def __init__(self, requests: Sequence[bytes], wanted: bytes, entropy: Random) -> None:
        self.answers = 0
        self.wrong: bytes | None = None
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._wanted = wanted
        self._choice = entropy.choice
        self._buffer = b""
        self._stopping = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(self._choice(self._requests))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = LENGTH.search(buffer, 0, head)
        if length is None or len(buffer) < head + 4 + int(length[1]):
            return
        self._buffer = b""
        if not buffer.startswith(b"HTTP/1.1 200") or self._wanted not in buffer:
            self.wrong = buffer
        self.answers += 1
        if self._stopping:
            self._transport.close()
        else:
            self._transport.write(self._choice(self._requests))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def stop(self) -> None:
        self._stopping = True


async def load(
    port: int, requests: Sequence[bytes], wanted: bytes, *, connections: int, seconds: float
) -> float:
    """Answers a second."""
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(connections):
        entropy = Random(number)
        _, client = await loop.create_connection(
            lambda entropy=entropy: Connection(requests, wanted, entropy), "127.0.0.1", port
        )
        clients.append(client)
    before, began = sum(client.answers for client in clients), monotonic()
    await asyncio.sleep(seconds)
    answers, took = sum(client.answers for client in clients) - before, monotonic() - began
    for client in clients:
        client.stop()
    await asyncio.wait([client.done for client in clients], timeout=10)
    wrong = next((client.wrong for client in clients if client.wrong), None)
    if wrong is not None:
        raise SystemExit(f"an answer is not what was asked for: {wrong[:600]!r}")
    return answers / took


def bare() -> None:
    """The bar: what the framework costs when nothing is done."""
    from litestar import Litestar, get

    from dawam.web import bind, serve

    @get("/")
    async def constant() -> dict[str, str]:
        return {"status": "constant"}

    app = Litestar([constant], openapi_config=None)
    serve(app, bind("127.0.0.1", 0), on_ready=lambda address: print("ready at", address.url, flush=True))


def started(stack: ExitStack, *command: str) -> int:
    """Start a server of its own process; its port."""
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r":(\d+)", line)
    if found is None:
        raise SystemExit(f"{command} did not start: {line!r}")
    return int(found[1])


def node(stack: ExitStack, folder: Path, name: str, wallet_port: int) -> int:
    """A `dawam serve` of its own on the wallet core, mirrored completely; its port."""
    file = folder / f"{name}.toml"
    file.write_text(
        f'[storage]\nurl = "sqlite:///{folder}/{name}.db"\n[channels]\nport = 0\n'
        f'[operators]\nbench = "{sha256(TOKEN.encode()).hexdigest()}"\n'
        f'[institutions.wallets]\nprimary_url = "http://127.0.0.1:{wallet_port}"\n'
    )
    return started(stack, "-m", "dawam", "serve", "--config", str(file))


def settled(port: int, mode: str) -> None:
    """Wait until balances are in the mode."""
    for _ in range(600):
        with urlopen(f"http://127.0.0.1:{port}/v1/status") as response:
            (institution,) = json.load(response)["institutions"]
        state = next(one for one in institution["capabilities"] if one["capability"] == "balance")
        if state["mode"] == mode:
            return
        subprocess.run(["sleep", "0.1"], check=True)
    raise SystemExit(f"the node did not come to {mode}")


def dawam(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "dawam", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DAWAM_OPERATOR_TOKEN": TOKEN},
    )


def balances(wallets: int) -> list[bytes]:
    """One request for each seeded customer."""
    names = [f"{('vfc', 'ora', 'eti')[number % 3]}-{number + 1:08d}" for number in range(wallets)]
    return [f"GET /v1/accounts/{name}/balance HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for name in names]


def measured(asked: argparse.Namespace, folder: Path) -> dict[str, list[float]]:
    """Answers a second of each server, round by round."""
    with ExitStack() as stack:
        database = f"sqlite:///{folder}/wallet.db"
        dawam("wallet", "seed", "--database", database, "--wallets", str(asked.wallets))
        wallet = started(stack, "-m", "dawam", "wallet", "serve", "--database", database, "--port", "0")
        requests = balances(asked.wallets)
        healthy, mirrored = (node(stack, folder, name, wallet) for name in ("healthy", "stand-in"))
        constant = started(stack, __file__, "--bare")
        settled(healthy, "normal")
        settled(mirrored, "normal")
        dawam("take-over", "wallets", "--reason", "benchmark", "--url", f"http://127.0.0.1:{mirrored}")
        plain = [b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"]
        servers = {
            "bare": (constant, plain, b'"constant"'),
            "stand-in": (mirrored, requests, b'"source":"stand-in"'),
            "healthy": (healthy, requests, b'"source":"primary"'),
        }
        rates: dict[str, list[float]] = {name: [] for name in servers}
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            for number in range(asked.rounds + 1):
                for name, (port, texts, wanted) in servers.items():
                    seconds = asked.seconds if number else 1.0
                    rate = runner.run(
                        load(port, texts, wanted, connections=asked.connections, seconds=seconds)
                    )
                    if number:  # the first round warms up
                        rates[name].append(rate)
        return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--wallets", type=int, default=5_000)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bare:
        bare()
        return
    with tempfile.TemporaryDirectory() as folder:
        rates = measured(asked, Path(folder))
    bar = median(rates["bare"])
    for name, values in rates.items():
        ratio = median(values) / bar
        target = f"  (at least {TARGETS[name]})" if name in TARGETS else ""
        print(f"{name:<9} {median(values):>9,.0f} answers/s  ratio {ratio:.2f}{target}")


if __name__ == "__main__":
    main()
