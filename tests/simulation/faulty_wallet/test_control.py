import json
import socket
import subprocess
import sys

import pytest
from tests.simulation.faulty_wallet.conftest import ACCOUNTS
from typer.testing import CliRunner

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.simulation import FaultKind
from dawam.simulation.commands import fault
from dawam.simulation.faulty_wallet import Control


def command(*arguments):
    import typer

    program = typer.Typer()
    program.command()(fault)
    return CliRunner().invoke(program, arguments)


def test_the_command_breaks_shows_and_mends(wallet):
    url = ("--control", wallet.control._url)
    assert command("zero", *url).output == "faults on: zero\n"
    assert wallet.balance(ACCOUNTS[3])["balance_minor"] == 0
    assert command("lost-reply", *url).output == "faults on: zero, lost_reply\n"
    assert command("show", *url).output == "faults on: zero, lost_reply\n"
    assert command("clear", *url).output == "no fault is on\n"
    assert wallet.balance(ACCOUNTS[3])["balance_minor"] != 0


def test_an_unknown_fault_is_refused_before_anything_is_asked():
    with pytest.raises(InvalidInput, match="fault_unknown") as refused:
        raise command("zerro").exception
    assert refused.value.params["nearest"] == "zero"


def test_a_wallet_that_is_not_there_is_named():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match="control_unreachable") as failed:
        raise command("zero", "--control", f"http://127.0.0.1:{port}").exception
    assert failed.value.params["url"] == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("url", ["127.0.0.1:8802", "ftp://127.0.0.1", "http://", "https://127.0.0.1:1"])
def test_a_control_url_that_is_none_is_refused(url):
    with pytest.raises(InvalidInput, match="control_url_invalid"):
        Control(url)


def test_a_crash_is_not_the_wallets_to_make(wallet):
    with pytest.raises(Conflict, match="control_refused") as refused:
        wallet.control.start(FaultKind.CRASH)
    assert refused.value.params["refusal"] == "fault_not_here"


def test_orders_that_are_none_are_refused(wallet):
    for body in (b"", b"{", b'{"kind": 5}', b'{"kind": "nothing"}', b'{"kind":"zero","more":1}'):
        parts = wallet.control
        connection = __import__("http.client").client.HTTPConnection(parts._host, parts._port, timeout=2)
        connection.request("POST", "/fault", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 400, body
        assert json.loads(answer.read())["code"]
        connection.close()
    assert wallet.control.on() == {}


def test_a_port_in_use_is_said_in_one_line(tmp_path, wallet):
    port = wallet.url.rpartition(":")[2]
    command = [sys.executable, "-m", "dawam.simulation.faulty_wallet", "--port", port, "--control-port", "0"]
    ended = subprocess.run(
        [*command, "--database", f"sqlite:///{tmp_path}/other.db"], capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("port_in_use")
    assert "Traceback" not in ended.stderr


def test_it_is_told_when_a_fault_was_first_met(wallet):
    wallet.control.start(FaultKind.ZERO)
    assert wallet.control.first_bad_at() == {}
    wallet.balance(ACCOUNTS[3])
    first = wallet.control.first_bad_at()["zero"]
    wallet.balance(ACCOUNTS[3])
    assert wallet.control.first_bad_at() == {"zero": first}
    assert first >= wallet.control.on()["zero"]
