"""Readers in other threads, restarts, and a memory too small for all accounts."""

from threading import Event, Thread
from time import sleep

import pytest

from dawam.kernel import InvalidInput
from dawam.ledger import TABLES, Account, Ledger, PendingStatus, Transfer, records
from dawam.ledger.history.store import lines_at
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
HOUSE = 1


def pay(ledger, storage, number, account):
    paid = [Transfer(number << 64, HOUSE, account, 1, ledger=818, code=1)]
    assert storage.write_now(lambda tx: ledger.post_transfers(tx, paid, now_ns=NOW)) == [0]


def open_accounts(ledger, storage, count):
    accounts = [Account(number, 818, 1) for number in range(1, count + 1)]
    assert not any(storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW)))


def test_readers_see_only_whole_commits_that_never_go_back(file_storage):
    ledger = Ledger(file_storage, cache_accounts=2)
    open_accounts(ledger, file_storage, 3)
    done, wrong = Event(), []

    def watch():
        last = 0
        while not done.is_set():
            house = ledger.account(HOUSE)
            if house.debits_posted < last:
                wrong.append((last, house.debits_posted))
            last = house.debits_posted
            sleep(0.0002)  # leave the writer some time
            page = ledger.statement(HOUSE, limit=3)
            if [entry.debits_posted for entry in page] != [
                page[0].debits_posted - n for n in range(len(page))
            ]:
                wrong.append(page)

    readers = [Thread(target=watch) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 201):
        pay(ledger, file_storage, number, 2 + number % 2)
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert ledger.account(HOUSE).debits_posted == 200


def test_a_restart_keeps_everything(tmp_path):
    url = f"sqlite:///{tmp_path / 'books.db'}"
    storage = Storage.open(url, tables=TABLES)
    ledger = Ledger(storage)
    open_accounts(ledger, storage, 4)
    hold = Transfer(9 << 64, 2, 3, 7, ledger=818, code=1, flags=2, timeout=5)
    for number in range(1, 4):
        pay(ledger, storage, number, 2)
    storage.write_now(lambda tx: ledger.post_transfers(tx, [hold], now_ns=NOW))
    before = [ledger.account(number) for number in range(1, 5)]
    report = ledger.audit()
    storage.close()
    storage = Storage.open(url, tables=TABLES)
    ledger = Ledger(storage)
    assert [ledger.account(number) for number in range(1, 5)] == before
    assert ledger.audit() == report
    assert ledger.pending(hold.id) is PendingStatus.PENDING
    pay(ledger, storage, 20, 2)
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + 6_000_000_000)) == 1
    assert ledger.pending(hold.id) is PendingStatus.EXPIRED
    assert ledger.audit().ok
    storage.close()


def test_a_release_takes_what_is_due_when_it_begins(storage, ledger):
    """The records of the releases take time too; what falls due during them waits for the next."""
    open_accounts(ledger, storage, 2)
    hold = {"debit_account_id": 1, "credit_account_id": 2, "amount": 7, "ledger": 818, "code": 1, "flags": 2}
    held = [Transfer(number, **hold, timeout=1) for number in (10, 11)]
    storage.write_now(lambda tx: ledger.post_transfers(tx, held, now_ns=NOW + 10))
    first = ledger.transfer(10).timestamp + 1_000_000_000
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=first - 1)) == 0
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=first)) == 1
    assert ledger.account(1).debits_pending == 7
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=first)) == 1
    assert ledger.account(1).debits_pending == 0


def test_a_long_history_is_paged_and_looked_back_on(storage):
    ledger = Ledger(storage)
    open_accounts(ledger, storage, 2)
    for first in range(0, 3000, 500):
        posted = [
            Transfer(number + 1, HOUSE, 2, 1, ledger=818, code=1) for number in range(first, first + 500)
        ]
        storage.write_now(lambda tx, all_=posted: ledger.post_transfers(tx, all_, now_ns=NOW))
    entries, before = [], None
    while page := ledger.statement(2, before=before, limit=700):
        entries += page
        before = page[-1].seq
    assert [entry.balance_minor for entry in entries] == list(range(3000, 0, -1))
    for entry in entries[::97]:
        past = ledger.balance_as_of(2, entry.transfer.timestamp)
        assert past.balance_minor == entry.balance_minor


def test_a_position_that_is_not_an_entry_is_bad_input(storage, ledger):
    open_accounts(ledger, storage, 2)
    with pytest.raises(InvalidInput, match="statement_position_unknown"):
        ledger.statement(2, before=77)
    assert ledger.statement(99) == []
    assert ledger.balance_as_of(99, NOW) is None
    assert ledger.account(2**128) is None


def test_the_places_of_fields_are_where_the_layout_has_them():
    fields = records.TRANSFER_DTYPE.fields
    assert fields["debit"][1] == records.DEBIT_AT
    assert fields["debit_prev"][1] == records.DEBIT_PREV_AT
    assert fields["credit_prev"][1] == records.CREDIT_PREV_AT


def test_many_transfers_are_read_at_once(storage, ledger):
    open_accounts(ledger, storage, 3)
    for number in range(1, 60):
        pay(ledger, storage, number, 2 + number % 2)
    entries = ledger.statement(HOUSE, limit=100)[::-3]
    found = storage.read(lambda rows: lines_at(rows, [entry.seq for entry in entries]))
    assert [line.id for line in found] == [entry.transfer.id for entry in entries]
    assert ledger.statement(HOUSE, limit=0) == []
