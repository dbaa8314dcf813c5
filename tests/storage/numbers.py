"""A table of numbers, and the verbs that tests write with."""

from sqlalchemy import Column, Integer, MetaData, Table, bindparam, func, insert, select

from dawam.storage import RowCache, Storage

metadata = MetaData()  # of tests alone
numbers = Table("test_numbers", metadata, Column("n", Integer, primary_key=True), Column("m", Integer))
INSERT = insert(numbers).values(n=bindparam("n"), m=bindparam("m"))
COUNT = select(func.count()).select_from(numbers)


def opened(url, **options):
    return Storage.open(url, tables=[numbers], **options)


def put(n):
    return lambda tx: tx.many(INSERT, [(n, n)])


def count(storage):
    return storage.read(lambda rows: rows.execute(COUNT).scalar_one())


class Books:
    """A storage with a cache of what it wrote, as the slices have it."""

    def __init__(self, url, **options):
        self.storage = opened(url, **options)
        self.cache = RowCache(1000)
        self.storage.register(self.cache)

    def put(self, n):
        def verb(tx):
            put(n)(tx)
            self.cache.put(n, n)
            return n

        return self.storage.write_now(verb)

    def agree(self):
        """Memory and database say the same; how many rows they hold."""
        held = self.storage.read(lambda rows: {n for (n,) in rows.execute(select(numbers.c.n))})
        assert set(self.cache.committed) == held
        return len(held)

    def close(self):
        self.storage.close()
