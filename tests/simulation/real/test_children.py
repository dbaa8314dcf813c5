"""Processes of a stage: what they say when they fail, and that none is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation.orphans import gone_from, running_in

from dawam.app import system_world
from dawam.kernel import Unavailable
from dawam.simulation.demo.pace import FAST, institution
from dawam.simulation.real import RealStage, plainly
from dawam.simulation.real.children import Child

STAGE = """
import asyncio, sys
from pathlib import Path
from dawam.app import system_world
from dawam.simulation.demo.pace import FAST, institution
from dawam.simulation.real import RealStage

async def main():
    place = Path(sys.argv[1])
    async with RealStage(place, "bank", institution(FAST), clock=system_world().clock, seed=1) as stage:
        await stage.start_wallet()
        await stage.start_dawam()
        print("up", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_a_child_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = Child(
        "wallet core", ["dawam.simulation.faulty_wallet", "--database", "nonsense:"], log=tmp_path / "log"
    )
    with pytest.raises(Unavailable, match="stage_process_failed") as failed:
        asyncio.run(child.start())
    assert failed.value.params["process"] == "wallet core"
    assert failed.value.params["status"] == 2
    assert "database_url_unknown" in str(failed.value.params["said"])


def test_a_child_that_ends_by_itself_ends_the_stage(tmp_path: Path) -> None:
    async def play() -> None:
        clock = system_world().clock
        async with RealStage(tmp_path, "bank", institution(FAST), clock=clock, seed=1) as stage:
            await stage.start_wallet()
            await stage.start_dawam()
            (victim,) = [pid for pid, words in running_in(tmp_path).items() if "faulty_wallet" in words]
            os.kill(victim, signal.SIGKILL)
            await plainly(stage.watch())

    with pytest.raises(Unavailable, match="stage_process_failed"):
        asyncio.run(play())
    assert gone_from(tmp_path)


def test_children_end_with_whoever_started_them_even_when_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STAGE, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as driver:
        assert driver.stdout is not None
        said = driver.stdout.readline()
        together = len(running_in(tmp_path))
        driver.kill()
    assert (said, together) == (b"up\n", 3)
    assert gone_from(tmp_path)
