"""`dawam serve` beside a primary that is not ours: examples/primary.py, written from the contract alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE_S = 30

CONFIG = """
[storage]
url = "sqlite:///{database}"
[channels]
port = {port}
[institutions.foreign]
primary_url = "http://127.0.0.1:{primary}"
accounts = ["demo-*"]
[institutions.foreign.standin.detection]
stable_for_s = 0.5
[institutions.foreign.standin.recovery]
dwell_s = 0.1
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, body=None, **headers):
    request = urllib.request.Request(
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)
    except OSError:
        return 0, {}


def until(condition, what):
    """Ask until the answer pleases; a story must not depend on how fast this machine is today."""
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never within {PATIENCE_S} s: {what}")


@contextmanager
def running(*command):
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def institution(tmp_path):
    """A foreign primary, and Dawam beside it."""
    primary, port = free_port(), free_port()
    config = tmp_path / "dawam.toml"
    config.write_text(CONFIG.format(database=tmp_path / "dawam.db", port=port, primary=primary))
    dawam = f"http://127.0.0.1:{port}/v1"
    with (
        running("examples/primary.py", "--port", str(primary)) as process,
        running("-m", "dawam", "serve", "--config", str(config)),
    ):
        until(lambda: balance(dawam).get("source") == "primary", "the primary's balance")
        yield process, dawam, primary


def balance(dawam, account="demo-0001"):
    return ask(f"{dawam}/accounts/{account}/balance")[1]


def pay(dawam, key, amount_minor=1_500):
    body = {
        "kind": "transfer",
        "debit_account": "demo-0001",
        "credit_account": "demo-0002",
        "amount_minor": amount_minor,
        "currency": "EGP",
        "requested_at": "2026-11-21T10:00:00Z",
    }
    return ask(f"{dawam}/payments", body, **{"Idempotency-Key": key})


def modes(dawam):
    _, status = ask(f"{dawam}/status")
    found = json.dumps(status)
    return {
        mode
        for mode in ("normal", "standing_in", "recovering")
        if f'"mode":"{mode}"' in found.replace(" ", "")
    }


def test_dawam_stands_in_for_a_foreign_primary_that_hangs_and_hands_everything_back(tmp_path):
    with institution(tmp_path) as (primary, dawam, _):
        assert balance(dawam)["balance_minor"] == 100_000
        status, receipt = pay(dawam, "while-well")
        assert (status, receipt["status"], receipt["decided_by"]) == (201, "approved", "primary")
        until(lambda: balance(dawam)["balance_minor"] == 98_500, "the payment in the balance")

        os.kill(primary.pid, signal.SIGSTOP)
        until(lambda: modes(dawam) == {"standing_in"}, "standing in")
        shown = balance(dawam)
        assert (shown["source"], shown["balance_minor"], shown["proved"]) == ("stand-in", 98_500, True)
        status, receipt = pay(dawam, "while-hanging")
        assert (status, receipt["status"], receipt["decided_by"]) == (201, "approved", "stand-in")
        assert balance(dawam)["available_minor"] == 97_000
        assert pay(dawam, "while-hanging") == (200, receipt)

        os.kill(primary.pid, signal.SIGCONT)
        until(lambda: modes(dawam) == {"normal"}, "normal again")
        until(lambda: balance(dawam)["balance_minor"] == 97_000, "the advice applied")
        assert balance(dawam, "demo-0002")["balance_minor"] == 103_000


def test_a_foreign_primary_that_comes_back_without_its_memory_is_not_believed(tmp_path):
    with institution(tmp_path) as (primary, dawam, port):
        assert pay(dawam, "remembered")[1]["status"] == "approved"
        until(lambda: balance(dawam)["balance_minor"] == 98_500, "the payment in the balance")
        primary.kill()
        primary.wait()
        with running("examples/primary.py", "--port", str(port)):
            until(lambda: ask(f"http://127.0.0.1:{port}/v1/health")[0] == 200, "the primary back")
            for _ in range(20):
                shown = balance(dawam)
                assert (shown["balance_minor"], shown["source"]) == (98_500, "stand-in")
                time.sleep(0.1)
