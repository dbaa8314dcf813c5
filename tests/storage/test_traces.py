"""What readers leave beside an SQLite file: nothing that was not there."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from threading import Thread

import pytest

from .numbers import count, opened, put


@pytest.fixture
def folder(tmp_path):
    with closing(at(tmp_path)) as storage:
        storage.write_now(put(1))
    return tmp_path


def at(folder, **options):
    return opened(f"sqlite:///{folder / 'books.db'}", **options)


def traces(folder):
    return sorted(file.name for file in folder.iterdir() if file.name.startswith("books.db-"))


def test_readers_leave_nothing_beside_the_file(folder):
    assert traces(folder) == []
    one, other = at(folder, read_only=True), at(folder, read_only=True)
    assert count(one) == 1
    reader = Thread(target=lambda: count(other))
    reader.start()
    reader.join()
    assert traces(folder) == ["books.db-shm", "books.db-wal"]
    one.close()
    assert count(other) == 1
    assert traces(folder) == ["books.db-shm", "books.db-wal"]
    other.close()
    assert traces(folder) == []


def test_a_reader_that_closes_takes_nothing_from_a_running_writer(folder):
    with closing(at(folder)) as writer:
        for number in range(3):
            with closing(at(folder, read_only=True)) as reader:
                assert count(reader) == number + 1
            assert traces(folder) == ["books.db-shm", "books.db-wal"]
            writer.write_now(put(number + 2))
        assert count(writer) == 4
    assert traces(folder) == []


def test_a_dead_writers_log_is_read_and_left_as_it_is(folder):
    file = folder / "books.db"
    crash = (
        f"import os, sqlite3; it = sqlite3.connect({str(file)!r}); "
        "it.execute('INSERT INTO test_numbers VALUES (2, 2)'); it.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", crash], check=True)
    before = file.read_bytes(), (folder / "books.db-wal").read_bytes()
    assert before[1]
    with closing(at(folder, read_only=True)) as reader:
        assert count(reader) == 2
    assert (file.read_bytes(), (folder / "books.db-wal").read_bytes()) == before


def test_a_file_that_somebody_holds_is_left_to_them(folder):
    with closing(sqlite3.connect(folder / "books.db")) as other:
        other.execute("SELECT count(*) FROM test_numbers").fetchall()
        at(folder, read_only=True).close()
        assert traces(folder) == ["books.db-shm", "books.db-wal"]
        other.execute("INSERT INTO test_numbers VALUES (2, 2)")
        other.commit()
    assert traces(folder) == []
