"""The queue's benchmark runs and prints every figure: at sizes so small that they mean nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.clusters import binaries

ROOT = Path(__file__).parents[2]
KEYS = {"bare_per_s", "fan_out_per_s", "drain_per_s", "together_per_s", "drain_to_bare"}


@pytest.mark.parametrize(
    ("sink", "engine"), [("line", "sqlite"), ("webhook", "sqlite"), ("line", "postgresql")]
)
def test_it_prints_every_figure(sink, engine):
    if engine == "postgresql" and binaries() is None:
        pytest.skip("no PostgreSQL")
    what = ["--messages", "200", "--sink", sink, "--engine", engine]
    done = subprocess.run(
        [sys.executable, "bench/delivery.py", *what, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    found = json.loads(done.stdout)
    assert (found["messages"], found["sink"]) == (200, sink)
    assert {key for key in found if found[key] and key in KEYS} == KEYS
