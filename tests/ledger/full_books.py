"""Books in which everything occurs: every kind of record, index and status, some of it not yet indexed."""

from dawam.ledger import TABLES, Account, Ledger, Terms, Transfer
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
MAX = 2**63 - 1
PLAIN = {"ledger": 818, "code": 1}
HELD = {"debit_account_id": 2, "credit_account_id": 3, "amount": 9, "flags": 2, **PLAIN}


def transfers(first, count):
    """Plain ones in a circle of accounts, with something in every field."""
    return [
        Transfer(
            first + number,
            1 + number % 3,
            1 + (number + 1) % 3,
            number + 1,
            user_data_128=number << 100,
            user_data_64=2**64 - 1 - number,
            user_data_32=number,
            effective_at=-number,
            **PLAIN,
        )
        for number in range(count)
    ]


def fill(storage, index_every=150):
    """Fill a new database; returns the ledger, and the ids that were used."""
    ledger = Ledger(storage, index_every=index_every)
    used = []

    def open_accounts(*accounts):
        results = storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
        assert not any(results), results

    def post(*given, refused=0, now=NOW):
        results = storage.write_now(lambda tx: ledger.post_transfers(tx, given, now_ns=now))
        assert sum(map(bool, results)) == refused, results
        used.extend(transfer.id for transfer in given)

    open_accounts(
        Account(1, 818, 1, user_data_128=2**100, user_data_64=4, user_data_32=5),
        Account(2, 818, 1, terms=Terms(-1_000_000, 9_000_000, 1_000_000)),
        Account(3, 818, 1),
        Account(5, 504, 7, 8),
    )
    post(*transfers(1000, 45))
    post(*transfers(500, 3))  # ids out of order
    post(*(Transfer(2000 + number, **HELD) for number in range(4)), Transfer(2004, **HELD, timeout=1))
    post(Transfer(2010, pending_id=2000, amount=MAX, flags=4), Transfer(2011, pending_id=2001, flags=8))
    storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + 2 * SECOND))
    later = NOW + 3 * SECOND
    post(Transfer(2020, **HELD, timeout=3600), Transfer(2021, 1, 2, 5, flags=2 | 128, **PLAIN), now=later)
    storage.write_now(lambda tx: ledger.set_terms(tx, 3, Terms(overdraft=10**9), now_ns=later))
    storage.write_now(lambda tx: ledger.annotate_account(tx, 1, {"name": "house", "n": 1}, now_ns=later))
    storage.write_now(lambda tx: ledger.annotate_transfer(tx, 1000, {"why": "rent"}, now_ns=later))
    post(Transfer(3000, 1, 77, 1, **PLAIN), refused=1, now=later)  # burnt
    post(Transfer(3001, 3, 2, 1, **PLAIN), refused=1, now=later)  # burnt: closed
    post(Transfer(2022, pending_id=2021, flags=8), now=later)
    for first in (4000, 4100, 4200):
        post(*transfers(first, 60), now=later)
    post(*transfers(700, 2), now=later)
    # from here on it depends on `index_every` what is indexed
    post(*transfers(5000, 40), now=later)
    post(Transfer(5100, **HELD), Transfer(5101, **HELD, timeout=60), now=later)
    post(
        Transfer(5102, pending_id=2002, amount=3, flags=4),
        Transfer(5103, pending_id=5100, flags=8),
        now=later,
    )
    post(Transfer(5200, 1, 78, 1, **PLAIN), refused=1, now=later)
    open_accounts(Account(6, 818, 1))
    storage.write_now(lambda tx: ledger.annotate_account(tx, 1, {"name": "changed"}, now_ns=later))
    storage.write_now(lambda tx: ledger.set_terms(tx, 6, Terms(debits_frozen=True), now_ns=later))
    post(Transfer(5300, 1, 6, 4, **PLAIN), Transfer(300, 2, 6, 4, **PLAIN), now=later)
    return ledger, used


def full_books(url, index_every=150):
    """A database filled and closed."""
    storage = Storage.open(url, tables=TABLES)
    ledger, used = fill(storage, index_every)
    report = ledger.audit()
    assert report.ok, report
    storage.close()
    return used
