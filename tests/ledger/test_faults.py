"""Full disks, read-only files, lost connections: nothing acknowledged is lost, memory and database agree."""

import os
import time
from random import Random
from threading import Thread

import pytest
from sqlalchemy import func, select

from dawam.kernel import Unavailable
from dawam.ledger import TABLES, Ledger, tables
from dawam.storage import Storage

from .agreement import agree
from .loaded_node import ACCOUNTS, NOW, call, opened, post

OK, EXISTS = 0, 46
LAST = select(func.max(tables.journal.c.seq))
SEED = 7


class Node:
    """A ledger that is asked for one call of a story after another."""

    def __init__(self, url, index_every=150, **options):
        self.storage, self.ledger = opened(url, index_every, **options)
        self.next = self.acknowledged = 0

    def transfers(self):
        return call(SEED, 0, self.next)

    def go_on(self):
        """One call; asked again it may be there already."""
        results = set(post(self.storage, self.ledger, self.transfers()))
        assert results in ({OK}, {EXISTS}), results
        self.acknowledged += len(self.transfers())
        self.next += 1
        return results

    def until_it_fails(self, most=2000):
        """Calls until one is refused; the code of the refusal."""
        for _ in range(most):
            try:
                self.go_on()
            except Unavailable as refused:
                return refused.code
        raise AssertionError("nothing failed")

    def agree(self):
        """Memory, database and what was acknowledged."""
        report = agree(self.storage, self.ledger)
        assert report.records == ACCOUNTS + self.acknowledged
        assert self.ledger.transfer(call(SEED, 0, 0)[0].id) is not None

    def close(self):
        self.storage.close()


@pytest.mark.parametrize("index_every", [40, 65_536])
def test_a_full_disk_in_the_midst_of_posting_loses_nothing(small_disk, index_every):
    (small_disk / "ballast").write_bytes(bytes(7_000_000))
    node = Node(f"sqlite:///{small_disk / 'books.db'}", index_every)
    node.go_on()
    for _ in range(3):
        assert node.until_it_fails() == "storage_unavailable"
        node.agree()
        assert node.until_it_fails() == "storage_unavailable"  # there is still no room
        node.agree()
        size = (small_disk / "ballast").stat().st_size
        os.truncate(small_disk / "ballast", size - 400_000)
        assert node.go_on() == {OK}
        node.agree()
    node.close()


def test_a_database_at_its_largest_size_loses_nothing(tmp_path):
    node = Node(f"sqlite:///{tmp_path / 'books.db'}", 60)
    for pages in (90, 120):
        limit = f"PRAGMA max_page_count={pages}"
        node.storage.write_now(lambda tx, limit=limit: tx.connection.exec_driver_sql(limit).all())
        assert node.until_it_fails() == "storage_unavailable"
        node.agree()
    node.storage.write_now(lambda tx: tx.connection.exec_driver_sql("PRAGMA max_page_count=99999").all())
    assert node.go_on() == {OK}
    node.agree()
    node.close()


class Turning:
    """State of somebody else that makes the database read-only when a commit is about to be written."""

    def __init__(self, command):
        self.command = command

    def settle(self, tx):
        if self.command and tx.begun:
            tx.command(self.command)
            self.command = None

    def nothing(self):
        pass

    keep = drop = publish = forget = nothing


def test_a_database_that_turns_read_only_says_so_and_is_used_again(database_url):
    node = Node(database_url)
    node.go_on()
    node.close()
    storage = Storage.open(database_url, tables=TABLES)
    sqlite = database_url.startswith("sqlite")
    storage.register(Turning("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY"))
    node.storage, node.ledger = storage, Ledger(storage)

    def post_and_look(tx):
        node.ledger.post_transfers(tx, node.transfers(), now_ns=NOW)
        return tx.fetch(LAST)  # so that the transaction has begun

    with pytest.raises(Unavailable, match="storage_read_only"):
        storage.write_now(post_and_look)
    node.agree()
    assert node.go_on() == {OK}  # over a new connection, on SQLite
    node.agree()
    node.close()


@pytest.fixture(params=[False, True], ids=["thread", "inline"])
def wired(wire, request):
    node = Node(wire.url, 1 if request.param else 30, inline=request.param)
    node.go_on()
    yield node
    node.close()


def test_a_commit_that_never_reached_the_server_was_not_done(wire, wired):
    wire.cut_before = True
    assert wired.until_it_fails() == "storage_unavailable"
    wired.agree()
    assert wired.go_on() == {OK}
    wired.agree()


def test_a_commit_whose_answer_was_lost_is_found_to_stand(wire, wired):
    for _ in range(3):
        wire.cut_after = True
        assert wired.go_on() == {OK}
        wired.agree()


@pytest.mark.parametrize("stands", [True, False])
def test_a_commit_that_nobody_knows_of_is_settled_by_asking_again(wire, wired, stands):
    before = [wired.ledger.account(number) for number in range(1, ACCOUNTS + 1)]
    wire.cut_after, wire.cut_before, wire.refusing = stands, not stands, True
    assert wired.until_it_fails() == "commit_unknown"
    assert [wired.ledger._books.cache.account(each.id) for each in before] == before
    assert wired.until_it_fails() == "storage_unavailable"
    wire.refusing = False
    assert wired.go_on() == ({EXISTS} if stands else {OK})
    wired.agree()
    assert wired.go_on() == {OK}
    wired.agree()


@pytest.mark.parametrize("seed", [1, 2])
def test_connections_lost_at_any_moment_lose_nothing(wire, seed):
    node = Node(wire.url, 30)
    random, done = Random(seed), []

    def load():
        while not done:
            try:
                node.go_on()
            except Unavailable:
                time.sleep(0.01)

    loading = Thread(target=load)
    loading.start()
    for _ in range(12):
        time.sleep(random.random() * 0.15)
        random.choice((wire.cut, lambda: setattr(wire, "cut_after", True)))()
    done.append(True)
    loading.join()
    wire.cut_after = False
    while True:  # what was asked last may be in doubt
        try:
            node.go_on()
            break
        except Unavailable:
            time.sleep(0.01)
    assert node.next > 5, seed
    node.agree()
    node.close()
