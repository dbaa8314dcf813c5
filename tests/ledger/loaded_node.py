"""A node under load, to be killed: python loaded_node.py URL FILE SEED INDEX_EVERY.

Threads post batches and single transfers, holds, and posts and voids of their own holds. Each call that was
acknowledged is then written to FILE as two numbers, from which follows what was sent.
"""

import os
import sys
from contextlib import suppress
from random import Random
from threading import Thread

from dawam.kernel import Unavailable
from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
ACCOUNTS = 12
THREADS = 4
PLAIN = {"ledger": 818, "code": 1}
KINDS = ("batch", "single", "single", "holds", "ends", "late")


def call(seed, thread, number):
    """The transfers of a call: the same ones whenever it is asked."""
    kind = KINDS[Random(f"{seed} {thread} {number}").randrange(len(KINDS))] if number else "holds"
    random = Random(f"what {seed} {thread} {number}")
    first = (seed << 80) + (thread << 64) + (number << 24)

    def sides():
        debit, credit = random.sample(range(1, ACCOUNTS + 1), 2)
        return {
            "debit_account_id": debit,
            "credit_account_id": credit,
            "amount": random.randrange(50),
            **PLAIN,
        }

    if kind == "batch":
        return [Transfer(first + place, **sides()) for place in range(random.choice((20, 50, 300)))]
    if kind == "holds":
        return [Transfer(first + place, **sides(), flags=2) for place in range(20)]
    if kind == "ends":
        held = call(seed, thread, number - 1)
        if held[0].flags == 2:
            ways = ({"flags": 4, "amount": 2**63 - 1}, {"flags": 4}, {"flags": 8})  # post all, post 0, void
            return [
                Transfer(first + place, pending_id=each.id, **ways[place % 3])
                for place, each in enumerate(held)
            ]
    if kind == "late":
        return [Transfer(first, **sides(), effective_at=NOW - number)]
    return [Transfer(first, **sides())]


def opened(url, index_every, **options):
    """Storage and ledger, with the accounts in it."""
    storage = Storage.open(url, tables=TABLES, **options)
    ledger = Ledger(storage, index_every=index_every)
    accounts = [Account(number, 818, 1) for number in range(1, ACCOUNTS + 1)]
    results = storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    assert len(set(results)) == 1, results  # OK, or EXISTS
    return storage, ledger


def post(storage, ledger, transfers):
    """The answers of one call."""
    return storage.write_now(lambda tx: ledger.post_transfers(tx, transfers, now_ns=NOW))


def load(storage, ledger, seed, thread, log):
    """Call after call; whatever was not acknowledged for want of the database is asked again."""
    number = 0
    while True:
        transfers = call(seed, thread, number)
        with suppress(Unavailable):
            results = post(storage, ledger, transfers)
            assert set(results) <= {0, 46}, results  # OK, or EXISTS after an outcome that was unknown
            os.write(log, f"{thread} {number}\n".encode())
            number += 1


def main(url, file, seed, index_every):
    """Until it is killed."""
    storage, ledger = opened(url, int(index_every))
    log = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(log, b"ready\n")
    threads = [
        Thread(target=load, args=(storage, ledger, int(seed), thread, log)) for thread in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
