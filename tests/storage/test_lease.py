"""One node writes. Whoever wins the lease fences the one before: that one never commits again."""

import os
import signal
import subprocess
import sys
import textwrap

import psycopg
import pytest

from dawam.kernel import Conflict, Unavailable
from dawam.storage import alone

from .numbers import Books, count, opened, put


def steal(url):
    """Raise the epoch, as a node does that has won the lease."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE writer_lease SET epoch = epoch + 1")


def end_writers(url):
    """End the first node's connection, as a failing network does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


@pytest.fixture
def books(postgresql_url):
    books = Books(postgresql_url)
    books.put(1)
    yield books
    books.close()


def test_a_node_whose_epoch_has_passed_commits_nothing_more(postgresql_url, books):
    steal(postgresql_url)
    for n in (2, 3):
        with pytest.raises(Conflict, match="lease_lost"):
            books.put(n)
    assert set(books.cache.committed) == {1}
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT n FROM test_numbers").fetchall() == [(1,)]


def test_a_node_whose_epoch_has_passed_answers_nothing_from_memory(postgresql_url, books):
    steal(postgresql_url)
    with pytest.raises(Conflict, match="lease_lost"):
        books.storage.write_now(lambda tx: books.cache.get(1))


def test_a_lease_that_passes_in_mid_commit_stops_it(postgresql_url, books):
    """The thief waits for the row that the open transaction has marked, so exactly one of the two wins."""

    def slow(tx):
        put(2)(tx)
        with psycopg.connect(postgresql_url, autocommit=True) as thief:
            thief.execute("SET lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                thief.execute("UPDATE writer_lease SET epoch = epoch + 1")

    books.storage.write_now(slow)
    assert count(books.storage) == 2


def test_a_second_node_that_takes_over_fences_the_first(postgresql_url, books):
    end_writers(postgresql_url)
    second = Books(postgresql_url)
    assert second.put(2) == 2
    for n in (3, 4):
        with pytest.raises((Conflict, Unavailable), match=r"lease_lost|storage_unavailable"):
            books.put(n)
    with pytest.raises(Conflict, match="lease_lost"):
        books.put(5)
    second.close()
    with pytest.raises(Conflict, match="lease_lost"):
        books.put(6)
    again = Books(postgresql_url)
    assert again.put(3) == 3
    assert count(again.storage) == 3
    again.close()


def test_a_node_that_lives_is_not_taken_over(postgresql_url, books):
    with pytest.raises(Conflict, match="database_in_use") as refused:
        opened(postgresql_url, take_over_after_s=0.5)
    assert f"pid {os.getpid()}" in refused.value.params["holder"]
    assert books.put(2) == 2


def test_who_was_cut_off_during_upkeep_does_not_go_on(postgresql_url, books):
    end_writers(postgresql_url)
    with alone(postgresql_url):
        pass
    with pytest.raises((Conflict, Unavailable), match=r"lease_lost|storage_unavailable"):
        books.put(2)
    with pytest.raises(Conflict, match="lease_lost"):
        books.put(3)


def test_who_waits_gets_the_lease_when_it_is_given_up(postgresql_url, books):
    child = child_that(postgresql_url, "say('has it')", take_over_after_s=20)
    books.close()
    assert child.communicate(timeout=30)[0].split("\n")[0] == "has it"


def test_a_node_that_hangs_is_ended_and_fenced(postgresql_url):
    child = child_that(
        postgresql_url,
        """
        put(1)
        say("ready")
        sys.stdin.readline()
        for n in (7, 8, 9):
            try:
                put(n)
            except Exception as error:
                say(error.code)
        """,
    )
    assert child.stdout.readline() == "ready\n"
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(Conflict, match="database_in_use"):
        opened(postgresql_url)
    second = Books(postgresql_url, take_over_after_s=1)
    second.put(2)
    os.kill(child.pid, signal.SIGCONT)
    said = child.communicate("go\n", timeout=30)[0].split()
    assert said[-1] == "lease_lost"
    assert count(second.storage) == 2
    second.close()


def child_that(url, does, **options):
    """Another process that opens the database and does something."""
    script = f"""
import sys
from sqlalchemy import Column, Integer, Table, bindparam, insert
from dawam.storage import Storage, metadata
columns = Column("n", Integer, primary_key=True), Column("m", Integer)
numbers = Table("test_numbers", metadata, *columns)
add = insert(numbers).values(n=bindparam("n"), m=bindparam("m"))
storage = Storage.open({url!r}, tables=[numbers], **{options!r})
def put(n): storage.write_now(lambda tx: tx.many(add, [(n, n)]))
def say(text): print(text, flush=True)
"""
    return subprocess.Popen(
        [sys.executable, "-c", script + textwrap.dedent(does)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
