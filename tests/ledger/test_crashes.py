"""Killed at random moments under load: what was acknowledged is there once, and nothing half done.

The seeds are in the names of the tests and in the messages of what fails.
"""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from random import Random

import pytest

from dawam.ledger import TransferResult

from . import loaded_node
from .loaded_node import THREADS, call, opened, post

INDEX_EVERY = 150
EXISTS = TransferResult.EXISTS


@contextmanager
def node(url, file, seed):
    """A node under load in a process of its own, killed in the end."""
    file.write_bytes(b"")
    command = [sys.executable, loaded_node.__file__, url, str(file), str(seed), str(INDEX_EVERY)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not file.read_bytes():
            assert process.poll() is None, process.stderr.read().decode()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        try:
            yield process
        finally:
            process.kill()


def acknowledged(file):
    """How many calls of each thread were acknowledged: they come one after another."""
    done = dict.fromkeys(range(THREADS), 0)
    for line in file.read_bytes().split(b"\n")[1:]:
        words = line.split()
        if len(words) == 2:
            assert int(words[1]) == done[int(words[0])]
            done[int(words[0])] += 1
    return done


def examine(url, seed, done, before):
    """What another life finds, and whether it goes on; `before` is how many records there were."""
    storage, ledger = opened(url, INDEX_EVERY)
    report = ledger.audit()
    assert report.ok, (seed, report)
    there = 0
    for thread, count in done.items():
        for number in range(count):
            transfers = call(seed, thread, number)
            assert all(ledger.transfer(each.id) for each in transfers), (seed, thread, number)
            there += len(transfers)
        in_doubt = call(seed, thread, count)
        found = sum(ledger.transfer(each.id) is not None for each in in_doubt)
        assert found in (0, len(in_doubt)), (seed, thread, count)
        assert not any(ledger.transfer(each.id) for each in call(seed, thread, count + 1))
        there += found
    assert report.records == max(before, loaded_node.ACCOUNTS) + there, seed  # each once, and nothing else
    for thread, count in done.items():
        for number in range(count + 2):
            results = set(post(storage, ledger, call(seed, thread, number)))
            assert results in ({EXISTS}, {TransferResult.OK}), (seed, thread, number)
            assert results == {EXISTS} or number >= count, (seed, thread, number)
    report = ledger.audit()
    assert report.ok, (seed, report)
    storage.close()
    return report.records


def lives(url, tmp_path, seed, kill, longest_s=0.3):
    """One round: load, a moment of chance, the end, and what is found."""
    file = tmp_path / f"acknowledged-{seed}"
    random = Random(seed)
    with node(url, file, seed) as process:
        time.sleep(random.random() * longest_s)
        kill(process)
    return acknowledged(file)


def killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'books.db'}"
    return request.getfixturevalue("durable_cluster").url()


@pytest.mark.parametrize("first_seed", [10, 20])
def test_a_node_killed_under_load_has_done_what_it_said_and_no_more(durable_url, tmp_path, first_seed):
    """The same books, four lives."""
    calls = records = 0
    for seed in range(first_seed, first_seed + 4):
        done = lives(durable_url, tmp_path, seed, killed)
        calls += sum(done.values())
        records = examine(durable_url, seed, done, records)
    assert calls > 20


def test_a_server_that_crashes_under_load_has_kept_what_was_acknowledged(durable_cluster, tmp_path):
    """The node goes on by itself when the server is back, and is killed in the end."""
    seed, file = 30, tmp_path / "acknowledged"
    url = durable_cluster.url()
    with node(url, file, seed) as process:
        for _ in range(2):
            time.sleep(0.3)
            durable_cluster.stop(signal.SIGQUIT)
            before = file.stat().st_size
            durable_cluster.start()
            deadline = time.monotonic() + 20
            while file.stat().st_size == before:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
        killed(process)
    examine(url, seed, acknowledged(file), 0)
