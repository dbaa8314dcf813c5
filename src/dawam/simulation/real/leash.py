"""`python -m dawam.simulation.real.leash …`: `python -m dawam …` that also ends when its standard input does.

So a stage's Dawam never outlives who started it, even if that one is killed without a word.
"""

import os
import runpy
import signal
import sys
from threading import Thread


def _hold() -> None:
    """Wait for the other end to let go; what it says does not matter."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    Thread(target=_hold, name="leash", daemon=True).start()
    runpy.run_module("dawam", run_name="__main__", alter_sys=True)
