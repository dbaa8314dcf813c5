"""Holds whose time is over, indexed ones and newer ones: released in one order, all of them."""

import pytest

from dawam.ledger import TABLES, Account, Ledger, PendingStatus, Transfer
from dawam.storage import Storage

NOW = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
INDEXED = 2300  # more than two pages of the database


def hold(number, timeout):
    return Transfer(number, 1, 2, number, ledger=818, code=1, flags=2, timeout=timeout)


def held_books(storage):
    """Books with 2,300 indexed holds and 60 newer ones, which expire among them, some at the same moment."""
    ledger = Ledger(storage, index_every=INDEXED)
    accounts = [Account(number, 818, 1) for number in (1, 2)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW - SECOND))
    indexed = [hold(1000 + place, 10 + place % 23) for place in range(INDEXED)]
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, indexed, now_ns=NOW)))
    newer = [hold(9000 + place, 9 + place % 23) for place in range(60)]
    assert not any(storage.write_now(lambda tx: ledger.post_transfers(tx, newer, now_ns=NOW + SECOND)))
    return ledger, [each.id for each in indexed + newer]


def by_expiry(ledger, ids):
    """The ids in the order in which they must be released."""

    def order(place):
        found = ledger.transfer(ids[place])
        return found.timestamp + found.timeout * SECOND, place

    return [ids[place] for place in sorted(range(len(ids)), key=order)]


def released(ledger):
    """The holds that have expired, in the journal's order."""
    entries = ledger.statement(1, limit=10_000)
    return [each.transfer.pending_id for each in reversed(entries) if not each.transfer.id]


def test_newer_holds_are_released_between_the_pages_of_indexed_ones(storage):
    ledger, ids = held_books(storage)
    due = storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + 100 * SECOND))
    assert due == len(ids)
    expected = by_expiry(ledger, ids)
    places = [expected.index(each) for each in ids[INDEXED:]]
    assert min(places) < 1000 < 2000 < max(places)
    assert released(ledger) == expected
    assert {ledger.pending(each) for each in ids} == {PendingStatus.EXPIRED}
    assert ledger.account(1).debits_pending == ledger.account(2).credits_pending == 0
    assert ledger.audit().ok


def test_a_release_of_only_some_leaves_the_others_for_later(storage):
    ledger, ids = held_books(storage)
    expected = by_expiry(ledger, ids)
    counts = [
        storage.write_now(lambda tx, after=after: ledger.expire_pending(tx, now_ns=NOW + after * SECOND))
        for after in (15, 16, 25, 100)
    ]
    assert all(counts)
    assert sum(counts) == len(ids)
    assert released(ledger) == expected


def test_what_was_held_in_another_life_is_released_in_the_same_order(database_url):
    storage = Storage.open(database_url, tables=TABLES)
    _, ids = held_books(storage)
    storage.close()
    storage = Storage.open(database_url, tables=TABLES)
    ledger = Ledger(storage, index_every=100_000)
    expected = by_expiry(ledger, ids)
    assert storage.write_now(lambda tx: ledger.expire_pending(tx, now_ns=NOW + 100 * SECOND)) == len(ids)
    assert released(ledger) == expected
    storage.close()


def test_a_release_that_is_rolled_back_is_made_by_the_next_call(storage):
    ledger = Ledger(storage, index_every=1)  # so that the database alone knows of the hold
    accounts = [Account(number, 818, 1) for number in (1, 2)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=NOW))
    storage.write_now(lambda tx: ledger.post_transfers(tx, [hold(10, 1)], now_ns=NOW))

    def release_and_fail(tx):
        assert ledger.expire_pending(tx, now_ns=NOW + 2 * SECOND) == 1
        raise LookupError

    with pytest.raises(LookupError):
        storage.write_now(release_and_fail)
    assert ledger.pending(10) is PendingStatus.PENDING
    plain = [Transfer(11, 1, 2, 1, ledger=818, code=1)]
    assert storage.write_now(lambda tx: ledger.post_transfers(tx, plain, now_ns=NOW + 2 * SECOND)) == [0]
    assert ledger.pending(10) is PendingStatus.EXPIRED
    assert ledger.audit().ok
