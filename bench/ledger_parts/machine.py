"""What a run was measured on: a figure means little without it."""

import os
import platform
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median

_WRITES = 50


def machine(folder: Path) -> dict[str, object]:
    """Processors, versions, how busy it is, and what a durable write costs in this folder."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "fsync_ms": round(fsync_ms(folder), 3),
        "load": load(),
    }


def load() -> float:
    """How many processes wait for a processor, of late."""
    return round(os.getloadavg()[0], 2)


def fsync_ms(folder: Path) -> float:
    """Milliseconds to write a page and have it on disk, median."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_WRITES):
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took) * 1e3
