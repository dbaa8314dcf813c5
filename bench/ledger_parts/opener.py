"""A process of its own that opens a ledger, answers, posts, and says how long it took: `python -m …`.

    opener URL ACCOUNT OTHER_ACCOUNT TRANSFER NOW_NS

Prints one JSON object.
"""

import json
import sys
import time

from dawam.ledger import TABLES, Ledger, Transfer
from dawam.storage import Storage
from ledger_parts.books import seal
from ledger_parts.transfers import CODE, EGP


def resident_bytes() -> int:
    """What this process has in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def main(url: str, account: int, other: int, transfer: int, now_ns: int) -> dict[str, float]:
    """Seconds from the start of each step, bytes before and after."""
    before, began = resident_bytes(), time.perf_counter()
    storage = Storage.open(url, tables=TABLES)
    ledger = Ledger(storage, seal=seal)
    opened = time.perf_counter()
    if ledger.account(account) is None:
        raise SystemExit("the ledger does not know its account")
    answered = time.perf_counter()
    first = Transfer(transfer, account, other, 1, ledger=EGP, code=CODE)
    (result,) = storage.write_now(lambda tx: ledger.post_transfers(tx, [first], now_ns=now_ns))
    posted = time.perf_counter()
    if result:
        raise SystemExit(f"refused: {result!r}")
    after = resident_bytes()
    storage.close()
    return {
        "opened_s": opened - began,
        "answered_s": answered - began,
        "posted_s": posted - began,
        "before_bytes": before,
        "after_bytes": after,
    }


if __name__ == "__main__":
    found = main(sys.argv[1], *map(int, sys.argv[2:]))
    json.dump(found, sys.stdout)
