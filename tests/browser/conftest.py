"""A demonstration for the tests of a file, and a visitor's story told in it where a test needs its traces."""

import os
import time
from collections.abc import Iterator

import pytest
from tests.chromium import CHROMIUM, NO_CHROMIUM

from .browsing import known_places
from .demonstration import Demonstration, demonstration

_TOLD_WITHIN_S = 60.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Running for the tests of one file, as it keeps a machine busy; or that of `DAWAM_GUIDE`."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    if "DAWAM_GUIDE" in os.environ:
        yield Demonstration(os.environ["DAWAM_GUIDE"])
        return
    with demonstration(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def places(demo: Demonstration) -> dict[str, str]:
    """An incident, a window, a code and what letters link to: of the stories before, else of one told now."""
    return told(demo)


def told(demo: Demonstration) -> dict[str, str]:
    """Press what is lacking, until the public page shows it."""
    for button, wanted in (("bad-update", {"incident", "own"}), ("maintenance", {"window"})):
        if wanted <= known_places(demo).keys():
            continue
        demo.press("roll-back")
        demo.press(button)
        _wait(demo, wanted)
    demo.press("roll-back")
    demo.ask("newcomer@example.org")
    return _wait(demo, {"confirm", "refuse"})


def _wait(demo: Demonstration, wanted: set[str]) -> dict[str, str]:
    until = time.monotonic() + _TOLD_WITHIN_S
    while not wanted <= (found := known_places(demo)).keys():
        assert time.monotonic() < until, f"never came: {wanted - found.keys()}"
        time.sleep(0.3)
    return found
