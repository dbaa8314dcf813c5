"""The ledger against the least that could be done instead, in one run: `python bench/ledger.py`.

batches              batches of 8,189: uniform, all on one hot account, holds and posts; bare SQLite inserts
postgresql           the same on PostgreSQL; `INSERT … SELECT` of rows that the server has already
singles              single transfers by 64 callers at once, group commit; bare rows
singles_postgresql   the same on PostgreSQL
history              balance as of a past moment, page of a statement; in a large ledger and in a small one
history_postgresql   the same on PostgreSQL, with --full
opening              a ledger of many accounts, opened by a process of its own; memory and disk
proof                prove and verify one balance among them

What is held against each other is measured by turns, a few batches each, so that all meet the same weather; a
ratio is the median over the turns, after one turn that does not count. Transfers are made before the clock
starts, the same ones for the same --seed.

In every figure the ledger is
- durable: `write` returns after the commit; SQLite with synchronous=FULL, PostgreSQL with fsync and
  synchronous_commit on;
- sealed: each record is a leaf of the journal's tree, each commit makes a signed checkpoint;
- sure that ids are unique: each is looked up, or known to be larger than all before;
- ready for statements: each record points to the previous transfer of both its accounts. A turn is as long as
  it takes until the other indexes (ids, postings, waypoints, holds, …) are brought up to date once.

The bare tables, with the pragmas of our storage and a commit a batch:
- same_rows: all that the ledger keeps of a transfer, 27 columns: the 14 fields, what statements need, flags
  and four counters of both accounts, the leaf's hash; no index; bound as `int` and `bytes`;
- same_rows_tuned: the same bound as `bytearray`, the fastest that the driver can do;
- given_unique: the caller's 14 fields with the id as primary key, as an ordinary application would;
- given: the 14 fields, no index.

Everything is written below a temporary folder and removed. For --full (20 million transfers, 20.4 million
accounts) have 20 GB and an hour.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

from ledger_parts import batches, history, opening, proving, singles
from ledger_parts.figures import Section, as_json, as_table
from ledger_parts.machine import load, machine
from ledger_parts.run import Run
from ledger_parts.server import Server
from ledger_parts.sizes import DEFAULT, FULL, SMOKE, Sizes

SECTIONS: dict[str, Callable[[Run], Section]] = {
    "batches": batches.embedded,
    "singles": singles.embedded,
    "postgresql": batches.on_postgresql,
    "singles_postgresql": singles.on_postgresql,
    "history": history.embedded,
    "history_postgresql": history.on_postgresql,
    "opening": opening.embedded,
    "proof": proving.embedded,
}
_OPTIONS = {
    "seed": "of all chance",
    "turns": "how often each contestant has its turn",
    "callers": "who post single transfers at once",
    "history": "transfers in the large ledger",
    "questions": "to the past, of each kind",
    "accounts": "in the ledger that is opened",
    "proofs": "how many are made",
}


def options() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", action="append", choices=SECTIONS, help="this section; may be repeated")
    parser.add_argument(
        "--folder", type=Path, help="where to write; the system's folder for such if not given"
    )
    presets = parser.add_mutually_exclusive_group()
    presets.add_argument(
        "--full", action="store_const", dest="sizes", const=FULL, help="the sizes of the targets"
    )
    presets.add_argument(
        "--smoke", action="store_const", dest="sizes", const=SMOKE, help="so small that figures mean nothing"
    )
    parser.set_defaults(sizes=DEFAULT)
    for name, what in _OPTIONS.items():
        parser.add_argument(f"--{name}", type=int, help=f"{what} ({getattr(DEFAULT, name):,})")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> Sizes:
    """The sizes of a preset, and what was said otherwise."""
    names = {field.name for field in fields(Sizes)}
    said = {name: value for name, value in vars(given).items() if name in names and value is not None}
    return replace(given.sizes, **said)


def measured(given: argparse.Namespace) -> tuple[dict[str, object], dict[str, Section]]:
    """The machine, and the sections."""
    with tempfile.TemporaryDirectory(prefix="dawam-bench-", dir=given.folder) as name:
        run = Run(chosen(given), Path(name), Server())
        found = machine(run.folder)
        try:
            sections = {name: SECTIONS[name](run) for name in SECTIONS if name in (given.only or SECTIONS)}
            found |= {"postgresql": run.server.version or "not started", "load_after": load()}
        finally:
            run.server.close()
    return found, sections


def main() -> None:
    """Measure and print."""
    given = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # leave no file and no server behind
    print((as_json if given.json else as_table)(*measured(given)))


if __name__ == "__main__":
    main()
