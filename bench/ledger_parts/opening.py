"""Opening a ledger of many accounts in a process that knows nothing yet."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

from ledger_parts.figures import Section, told
from ledger_parts.many import Many
from ledger_parts.run import Run
from ledger_parts.transfers import START_NS, account_id

_TARGET_S = 5.0
_MB = 1e6


def embedded(run: Run) -> Section:
    """On SQLite."""
    many = run.many
    chance = Random(run.sizes.seed)
    on_disk = many.bytes_on_disk
    found = [_opened(many, chance, turn) for turn in range(run.sizes.openings)]
    for file in many.folder.iterdir():
        _evict(file)
    cold = _opened(many, chance, run.sizes.openings)

    def middle(name: str) -> float:
        return median(each[name] for each in found)

    section = Section(f"Embedded, opening {many.accounts:,} accounts, {many.transfers:,} transfers on top")
    section.add("ready_s", "open, first answer, first post", middle("posted_s"), "s", at_most=_TARGET_S)
    section.add("opened_s", "of these: open", middle("opened_s"), "s")
    section.add("process_s", "with the interpreter's start and end", middle("process_s"), "s")
    section.add("cold_ready_s", "ready, nothing of the file in the system's memory", cold["posted_s"], "s")
    section.add("tail_records", "records newer than the indexes, read again", many.tail, "records")
    section.add("before_mb", "memory before", middle("before_bytes") / _MB, "MB")
    section.add("after_mb", "memory after", middle("after_bytes") / _MB, "MB")
    section.add("disk_mb", "on disk", on_disk / _MB, "MB")
    section.add(
        "disk_bytes_per_record", "on disk, a record", on_disk / (many.accounts + many.transfers), "bytes"
    )
    section.add("built_s", "to build it", many.built_s, "s")
    section.add("accounts_per_s", "accounts opened in batches", many.accounts / many.opening_s, "accounts/s")
    return section


def _opened(many: Many, chance: Random, turn: int) -> dict[str, float]:
    told(f"opening {turn + 1}")
    account, other = (account_id(each) for each in chance.sample(range(1, many.accounts + 1), 2))
    transfer = (START_NS // 1_000_000 << 81) + turn
    command = [many.url, account, other, transfer, many.now_ns + turn + 1]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "ledger_parts.opener", *map(str, command)],
        stdout=subprocess.PIPE,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return json.loads(done.stdout) | {"process_s": time.perf_counter() - began}


def _evict(file: Path) -> None:
    """Ask the system to forget the file's pages, which are on disk by now."""
    with open(file, "rb") as handle:
        os.fsync(handle.fileno())
        os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
