"""The demo as a newcomer runs it: one command, a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.simulation.orphans import gone_from, running_in


def started(tmp_path: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "dawam", "demo", "--fast", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "100", "PYTHONUNBUFFERED": "1"},
    )


def test_the_story_is_told_to_its_end_and_every_promise_kept(tmp_path: Path) -> None:
    with started(tmp_path, "--port", "0") as demo:
        out, err = demo.communicate(timeout=120)
    assert (demo.returncode, err) == (0, "")
    for line in (
        "1,250.00 EGP",
        "seconds after the primary's first wrong answer Dawam stands in",
        "pattern zero",
        "insufficient_funds   51",
        "المؤسسة",
        "établissement",
        "100 % of the customers are back",
        "0 differ",
        "every record verified, from first to last",
        "Every promise kept.",
    ):
        assert line in out
    assert "wrong=0" in out
    assert gone_from(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "until", "number", "status"),
    [
        ((), "Payments go on", signal.SIGINT, 130),
        (("--serve", "--no-story"), "Ctrl-C here ends everything", signal.SIGTERM, 143),
    ],
)
def test_stopping_it_leaves_nothing_behind(
    tmp_path: Path, arguments: tuple[str, ...], until: str, number: signal.Signals, status: int
) -> None:
    with started(tmp_path, *arguments, "--port", "0") as demo:
        assert demo.stdout is not None
        while until not in demo.stdout.readline():
            assert demo.poll() is None
        together = len(running_in(tmp_path))
        demo.send_signal(number)
        _, err = demo.communicate(timeout=30)
    assert (demo.returncode, err, together) == (status, "", 2)
    assert gone_from(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_stopping_it_while_it_sets_up_leaves_nothing_behind(tmp_path: Path) -> None:
    with started(tmp_path, "--port", "0") as demo:
        while not running_in(tmp_path):
            time.sleep(0.02)
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=30)
    assert demo.returncode == 130
    assert gone_from(tmp_path)


def test_two_demos_that_start_at_once_keep_out_of_each_others_way(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with (
        started(folders[0], "--pages", "--wallets", "20", "--port", "0") as one,
        started(folders[1], "--pages", "--wallets", "20", "--port", "0") as two,
    ):
        for demo in (one, two):
            assert demo.stdout is not None
            said = ""
            while "http://127.0.0.1:" not in said:
                line = demo.stdout.readline()
                said += line
                assert line, f"{said}{demo.stderr.read() if demo.stderr else ''}"
        for demo in (one, two):
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=30)
    assert gone_from(tmp_path)


def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(tmp_path, "--port", str(taken.getsockname()[1])) as demo:
            _, err = demo.communicate(timeout=30)
    assert demo.returncode == 2
    assert "port_in_use" in err
    assert list(tmp_path.iterdir()) == []
