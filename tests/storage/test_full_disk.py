"""A disk that is full or read-only: a clear error, nothing half done; it goes on when there is room again."""

import os

import pytest
from sqlalchemy import Column, Integer, LargeBinary, Table, bindparam, func, insert, select

from dawam.kernel import Unavailable
from dawam.storage import RowCache, Storage

from .disks import mount
from .numbers import metadata

blobs = Table("test_blobs", metadata, Column("n", Integer, primary_key=True), Column("v", LargeBinary))
ADD = insert(blobs).values(n=bindparam("n"), v=bindparam("v"))
COUNT = select(func.count()).select_from(blobs)


class Books:
    def __init__(self, url):
        self.storage = Storage.open(url, tables=[blobs])
        self.cache = RowCache(10_000)
        self.storage.register(self.cache)

    def put(self, n):
        def verb(tx):
            self.cache.put(n, n)
            tx.many(ADD, [(n, os.urandom(50_000))])

        self.storage.write_now(verb)

    def fill(self, start, most):
        """Write until the disk is full; how many it took."""
        before = len(self.cache.committed)

        def put_all():
            for n in range(start, start + most):
                self.put(n)

        with pytest.raises(Unavailable, match=r"storage_unavailable .*(full|I/O)"):
            put_all()
        return len(self.cache.committed) - before

    def agree(self):
        assert self.storage.read(lambda rows: rows.fetch(COUNT)) == [(len(self.cache.committed),)]
        return len(self.cache.committed)


def test_a_full_disk_refuses_and_is_used_again_when_there_is_room(small_disk):
    (small_disk / "ballast").write_bytes(bytes(5_000_000))
    books = Books(f"sqlite:///{small_disk / 'books.db'}")
    kept = books.fill(0, 200)
    assert kept > 0
    for n in (1000, 1001):
        with pytest.raises(Unavailable, match="storage_unavailable"):
            books.put(n)
    assert books.agree() == kept
    (small_disk / "ballast").unlink()
    books.put(2000)
    assert books.agree() == kept + 1
    books.storage.close()
    again = Storage.open(f"sqlite:///{small_disk / 'books.db'}", tables=[blobs])
    assert again.read(lambda rows: rows.fetch(COUNT)) == [(kept + 1,)]
    again.close()


def test_a_database_at_its_largest_size_refuses_and_goes_on_when_it_may_grow(tmp_path):
    books = Books(f"sqlite:///{tmp_path / 'books.db'}")
    limit(books, 100)
    kept = books.fill(0, 200)
    assert books.agree() == kept > 0
    limit(books, 100_000)
    books.put(2000)
    assert books.agree() == kept + 1
    books.storage.close()


def limit(books, pages):
    books.storage.write_now(lambda tx: tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").all())


def test_a_disk_that_turns_read_only_refuses_and_is_used_again_when_it_does_not(small_disk):
    books = Books(f"sqlite:///{small_disk / 'books.db'}")
    books.put(1)
    books.storage.close()
    assert mount("-o", "remount,ro", str(small_disk)) == 0
    with pytest.raises(Unavailable, match="database_unwritable"):
        Books(f"sqlite:///{small_disk / 'books.db'}")
    assert mount("-o", "remount,rw", str(small_disk)) == 0
    books = Books(f"sqlite:///{small_disk / 'books.db'}")
    books.put(2)
    books.storage.close()
