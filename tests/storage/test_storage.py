"""One door for writing: durable before answered, each verb whole or not at all, one writer."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import Column, ForeignKey, Table, bindparam, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.storage import RowCache, Storage, alone, looking, place_of
from dawam.storage.tables import schema

from .numbers import COUNT, INSERT, count, metadata, numbers, opened, put

children = Table(
    "test_children",
    metadata,
    Column("n", ForeignKey(numbers.c.n, deferrable=True, initially="DEFERRED"), primary_key=True),
)


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("inline", [True, False])
def test_a_verb_that_fails_leaves_no_trace_and_spares_its_neighbours(database_url, in_memory, inline):
    storage = opened("sqlite://" if in_memory else database_url, inline=inline)

    def half_done(tx):
        tx.many(INSERT, [(100, 1), (101, 1)])
        raise Conflict("refused")

    async def many():
        verbs = [put(1), half_done, put(2), half_done, put(3)]
        return await asyncio.gather(*map(storage.write, verbs), return_exceptions=True)

    results = asyncio.run(many())
    assert [type(result) for result in results] == [type(None), Conflict, type(None), Conflict, type(None)]
    assert count(storage) == 3
    storage.close()


def test_state_in_memory_follows_the_transaction(database_url):
    storage = opened(database_url)
    cache = RowCache(100)
    storage.register(cache)

    def right(tx):
        cache.put("a", 1)
        return cache.get("a"), cache.committed.get("a")

    def wrong(tx):
        cache.put("a", 2)
        raise Conflict("refused")

    assert storage.write_now(right) == (1, None)
    assert cache.committed == {"a": 1}
    with pytest.raises(Conflict):
        storage.write_now(wrong)
    assert cache.get("a") == 1
    storage.close()


def test_a_row_that_changed_while_a_reader_loaded_it_is_not_put_back():
    cache = RowCache(100)
    seen = cache.generation
    cache.put("a", "new")
    cache.keep()
    cache.publish()
    del cache.committed["a"]
    cache.offer("a", "old", seen)
    assert "a" not in cache.committed


def test_a_cache_keeps_to_its_capacity():
    cache = RowCache(10)
    for n in range(100):
        cache.put(n, n)
        cache.keep()
        cache.publish()
    assert sorted(cache.committed) == list(range(90, 100))


def test_a_commit_that_fails_fails_every_verb_of_its_batch(database_url):
    storage = Storage.open(database_url, tables=[numbers, children], inline=True)
    cache = RowCache(10)
    storage.register(cache)

    def sabotage(tx):
        cache.put("x", 1)
        tx.many(INSERT, [(1, 1)])
        tx.many(insert(children).values(n=bindparam("n")), [(2,)])  # found to be an orphan by the commit

    with pytest.raises(Unavailable, match="storage_unavailable"):
        storage.write_now(sabotage)
    assert cache.get("x") is None
    assert count(storage) == 0
    storage.close()


def test_a_verb_that_hides_the_failure_of_a_statement_does_not_pass_for_committed(database_url):
    storage = opened(database_url, inline=True)

    def hiding(tx):
        put(1)(tx)
        with suppress(DatabaseError, sqlite3.DatabaseError, psycopg.DatabaseError):
            put(1)(tx)

    with suppress(Unavailable):  # SQLite keeps what the verb wrote before, PostgreSQL nothing
        storage.write_now(hiding)
        assert count(storage) == 1
    assert storage.write_now(put(2)) is None
    storage.close()


class Total(RowCache):
    """Counts in memory and writes its one row a commit."""

    def settle(self, tx):
        total = sum(self._batch.values())
        if total > 100:
            raise Conflict("too_much")
        tx.many(INSERT, [(999, total)])


def test_what_is_written_once_a_commit_is_settled_with_it(database_url):
    storage = opened(database_url, inline=True)
    total = Total(10)
    storage.register(total)
    storage.write_now(lambda tx: total.put("a", 7))
    assert storage.read(lambda rows: rows.fetch(select(numbers.c.n, numbers.c.m))) == [(999, 7)]
    storage.close()


def test_settling_that_fails_fails_the_commit(database_url):
    storage = opened(database_url, inline=True)
    total = Total(10)
    storage.register(total)

    def too_much(tx):
        put(1)(tx)
        total.put("a", 101)

    with pytest.raises(Conflict, match="too_much"):
        storage.write_now(too_much)
    assert total.get("a") is None
    assert count(storage) == 0
    storage.close()


def test_a_verb_that_touches_memory_only_sends_no_sql(tmp_path):
    storage = opened(f"sqlite:///{tmp_path}/books.db", inline=True)
    said = []
    storage.read(lambda rows: rows.connection.connection.driver_connection.set_trace_callback(said.append))
    storage.write_now(lambda tx: None)
    assert said == []
    storage.write_now(put(1))
    assert [line.split()[0] for line in said] == ["BEGIN", "UPDATE", "SAVEPOINT", "INSERT", "COMMIT"]
    storage.close()


def test_a_second_process_is_told_that_the_database_is_in_use(database_url):
    first = opened(database_url)
    with pytest.raises(Conflict, match="database_in_use") as refused:
        opened(database_url)
    assert f"pid {os.getpid()}" in refused.value.params["holder"]
    reader = opened(database_url, read_only=True)
    reader.close()
    first.close()
    opened(database_url).close()


def test_a_database_written_by_a_newer_version_is_refused_untouched(database_url):
    storage = opened(database_url)
    storage.write_now(lambda tx: tx.execute(update(schema).values(version=99)))
    storage.close()
    with pytest.raises(InvalidInput, match="database_newer"):
        opened(database_url)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://somewhere", "database_url_unknown"),
        ("sqlite:///", "database_url_unknown"),
        ("postgresql://", "database_url_unknown"),
        ("postgresql://somebody@host/", "database_url_unknown"),
        ("postgresql://somebody@host/books?no_such_setting=1", "database_url_unknown"),
        ("postgresql://somebody@/books?host=/nowhere", "database_unwritable"),
        ("sqlite:////nowhere/at/all/x.db", "database_unwritable"),
    ],
)
def test_a_url_that_cannot_be_opened_is_refused(url, code):
    with pytest.raises((InvalidInput, Unavailable), match=code):
        Storage.open(url, tables=[numbers])


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:hunter2@db/books",
        "oracle:hunter2@db",
        "postgresql://dawam:hunter2@db/",
        "postgresql://dawam@db/?password=hunter2",
        "postgresql://dawam:hunter2@/books?host=/nowhere",
        "postgresql://dawam@/books?host=/nowhere&password=hunter2",
    ],
)
def test_a_password_in_a_url_is_never_shown(url):
    with pytest.raises((InvalidInput, Unavailable)) as refused:
        opened(url)
    assert "hunter2" not in repr((refused.value, refused.value.params))


def test_a_file_that_is_not_a_database_is_refused(tmp_path):
    (tmp_path / "books.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises((InvalidInput, Unavailable)):
        opened(f"sqlite:///{tmp_path}/books.db")


def test_a_database_of_somebody_else_is_refused_untouched(database_url):
    with alone(database_url) as rows:
        rows.execute(text("CREATE TABLE guests (name TEXT)"))
    with pytest.raises(InvalidInput, match="database_foreign"):
        opened(database_url)
    with looking(database_url) as rows:
        assert inspect(rows.connection).get_table_names() == ["guests"]


def test_all_within_a_snapshot_is_one_state(database_url):
    storage = opened(database_url)
    reader = opened(database_url, read_only=True)

    def twice(rows):
        with rows.snapshot():
            before = rows.fetch(COUNT)
            storage.write_now(put(1))
            return before, rows.fetch(COUNT)

    assert reader.read(twice) == ([(0,)], [(0,)])
    assert count(reader) == 1
    reader.close()
    storage.close()


def test_within_a_verb_a_snapshot_sees_what_the_verb_wrote(database_url):
    storage = opened(database_url)

    def verb(tx):
        put(1)(tx)
        with tx.snapshot():
            return tx.fetch(COUNT)

    assert storage.write_now(verb) == [(1,)]
    assert count(storage) == 1
    storage.close()


def test_what_only_reads_cannot_write(database_url):
    opened(database_url).close()
    reader = opened(database_url, read_only=True)
    for _ in range(2):
        with pytest.raises(Unavailable, match="storage_read_only"):
            reader.write_now(put(1))
    assert count(reader) == 0
    reader.close()


def test_reading_a_database_that_does_not_exist_makes_none(tmp_path):
    with pytest.raises(InvalidInput, match="database_missing"):
        opened(f"sqlite:///{tmp_path}/books.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_after_closing_nothing_is_accepted(database_url):
    storage = opened(database_url)
    storage.close()
    with pytest.raises(Unavailable, match="storage_closed"):
        storage.write_now(put(1))


def test_what_was_acknowledged_survives_a_kill(database_url):
    """The child says each number after its commit; it is killed in the middle; all that was said is there."""
    script = textwrap.dedent(f"""
        import asyncio, sys
        from sqlalchemy import Column, Integer, Table, bindparam, insert
        from dawam.storage import Storage, metadata
        columns = Column("n", Integer, primary_key=True), Column("m", Integer)
        numbers = Table("test_numbers", metadata, *columns)
        add = insert(numbers).values(n=bindparam("n"), m=bindparam("m"))
        storage = Storage.open({database_url!r}, tables=[numbers])
        async def one(n):
            await storage.write(lambda tx: tx.many(add, [(n, n)]))
            print(n, flush=True)
        async def main():
            for start in range(0, 10**9, 50):
                await asyncio.gather(*map(one, range(start, start + 50)))
        asyncio.run(main())
    """)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    said = [int(child.stdout.readline()) for _ in range(700)]
    os.kill(child.pid, signal.SIGKILL)
    said += [int(line) for line in child.stdout.read().splitlines() if line.strip()]
    child.wait()
    child.stdout.close()
    storage = opened(database_url)
    kept = storage.read(lambda rows: {n for (n,) in rows.execute(select(numbers.c.n))})
    assert set(said) <= kept
    storage.close()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://dawam:secret@db/books", "db/books"),
        ("postgresql://dawam@db:5432/books", "db/books"),
        ("postgresql://dawam@db:6432/books", "db:6432/books"),
        ("postgresql:///books?port=6432", "localhost:6432/books"),
        ("postgresql:///books?host=/run/postgresql&port=6432", "/run/postgresql:6432/books"),
        ("postgresql://dawam@[::1]:6432/books", "[::1]:6432/books"),
        ("postgresql://one:6432,two/books", "one:6432,two/books"),
        ("postgresql:///books?host=one,two&port=6432", "one:6432,two:6432/books"),
    ],
)
def test_messages_name_the_server_with_its_port_where_it_is_not_the_usual_one(url, name):
    assert place_of(url) == name
