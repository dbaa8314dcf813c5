"""Who still runs with a folder's name on the command line; this process aside."""

import os
import time
from pathlib import Path


def running_in(folder: Path) -> dict[int, str]:
    """The processes that work in the folder, with their command lines."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and int(entry.parent.name) != os.getpid():
            found[int(entry.parent.name)] = words
    return found


def gone_from(folder: Path, *, within_s: float = 10.0) -> bool:
    """Whether nobody works in the folder any more, at the latest after a while."""
    until = time.monotonic() + within_s
    while running_in(folder) and time.monotonic() < until:
        time.sleep(0.1)
    return not running_in(folder)
