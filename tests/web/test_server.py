"""The server: a taken port has a name, port 0 becomes a real one, a signal ends it cleanly."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from litestar import get

from dawam.kernel import Conflict, InvalidInput
from dawam.web import Address, bearer, is_loopback, json_api, serving

PROGRAM = """
from litestar import get
from dawam.web import bind, json_api, serve

@get("/", sync_to_thread=False)
def index() -> str:
    return "here"

serve(json_api([index]), bind("127.0.0.1", 0), on_ready=lambda address: print(address.port, flush=True))
print("stopped")
"""


@get("/", sync_to_thread=False)
def index() -> str:
    """Answer."""
    return "here"


def test_a_taken_port_is_a_conflict_that_names_it() -> None:
    async def run() -> None:
        async with serving(json_api([index]), "127.0.0.1", 0) as address:
            with pytest.raises(Conflict) as caught:
                async with serving(json_api([index]), "127.0.0.1", address.port):
                    pass
            assert caught.value.code == "port_in_use"
            assert caught.value.params == {"host": "127.0.0.1", "port": address.port}

    asyncio.run(run())


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70_000), ("no such host", 0)])
def test_an_address_that_is_not_ours_is_refused(host: str, port: int) -> None:
    async def run() -> None:
        async with serving(json_api([index]), host, port):
            pass

    with pytest.raises(InvalidInput) as caught:
        asyncio.run(run())
    assert caught.value.code == "address_unusable"


def test_a_port_is_free_again_after_the_server_ended() -> None:
    async def run() -> None:
        async with serving(json_api([index]), "127.0.0.1", 0) as address:
            pass
        async with serving(json_api([index]), "127.0.0.1", address.port):
            pass

    asyncio.run(run())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_served_program_cleanly(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
            assert response.read() == b"here"
        os.kill(process.pid, number)
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 0


def test_an_address_has_a_url() -> None:
    assert Address("127.0.0.1", 80).url == "http://127.0.0.1:80"
    assert Address("::1", 80).url == "http://[::1]:80"


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_loopback_is_known(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


def test_without_tokens_there_is_no_guard() -> None:
    assert bearer([]) == []
