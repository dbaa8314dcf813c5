"""`Tx.many` does for all rows at once on PostgreSQL what it does row by row on SQLite: with one result."""

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from dawam.storage import Storage

from .numbers import metadata

things = Table(
    "test_things",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("kind", SmallInteger),
    Column("size", Integer),
    Column("body", LargeBinary),
    Column("order", String(40)),  # a word of SQL's own, to be quoted
)
c = things.c
ADD = insert(things)
ADD_TWO = insert(things).values(id=bindparam("i"), order=bindparam("o"))
CHANGE = (
    update(things)
    .where(c.id == bindparam("i"))
    .values(kind=bindparam("k"), body=bindparam("b"), order=bindparam("o"))
)
CHANGE_BY_TWO = (
    update(things).where(c.kind == bindparam("k"), c.order == bindparam("o")).values(size=bindparam("s"))
)
ADD_TO = update(things).where(c.id == bindparam("i")).values(size=c.size + bindparam("more"))
MOVE = update(things).where(c.id == bindparam("i")).values(id=bindparam("to"))
REMOVE = delete(things).where(c.id == bindparam("i"))
BETWEEN = (
    select(c.id).where(c.id >= bindparam("a"), c.id < bindparam("b")).order_by(c.id).limit(bindparam("n"))
)
ALL = select(things).order_by(c.id)
SUM = select(func.sum(c.id), func.sum(c.size), func.count(), func.max(c.order))


@pytest.fixture
def storage(database_url):
    storage = Storage.open(database_url, tables=[things], inline=True)
    yield storage
    storage.close()


def row(n, **other):
    return {"id": n, "kind": n % 7, "size": -n, "body": bytes([n % 256] * 20), "order": f"word {n}"} | other


def rows(storage):
    return [tuple(found) for found in storage.read(lambda reading: reading.fetch(ALL))]


def write(storage, statement, given):
    storage.write_now(lambda tx: tx.many(statement, given))


@pytest.mark.parametrize("many", [0, 1, 2, 3000])
def test_what_is_inserted_is_there(storage, many):
    given = [tuple(row(n).values()) for n in range(many)]
    write(storage, ADD, given)
    assert rows(storage) == given


def test_any_iterable_of_any_sequences_will_do(storage):
    write(storage, ADD, (list(row(n).values()) for n in range(3)))
    write(storage, ADD_TWO, iter([[10, "a"], (11, "b")]))
    assert [found[0] for found in rows(storage)] == [0, 1, 2, 10, 11]


def test_every_kind_of_value_comes_back_as_it_was(storage):
    given = [
        (-(2**63), -(2**15), -(2**31), bytearray(b"\0\xff"), ""),
        (0, None, None, None, None),
        (2**63 - 1, 2**15 - 1, 2**31 - 1, memoryview(b"\n\\N\t"), "دوام 😀 \\N\t\n'\"%s"),
    ]
    write(storage, ADD, given)
    wanted = [(a, b, d, None if e is None else bytes(e), f) for a, b, d, e, f in given]
    assert rows(storage) == wanted
    write(storage, CHANGE, [(b, memoryview(e or b""), f, a) for a, b, _, e, f in given])
    assert rows(storage) == [(a, b, d, e or b"", f) for a, b, d, e, f in wanted]
    write(storage, CHANGE, [(None, None, None, a) for a, *_ in given])
    assert [found[3] for found in rows(storage)] == [None, None, None]


def test_sums_are_integers(storage):
    write(storage, ADD, [tuple(row(n).values()) for n in (1, 2, 2**62, 2**62 + 1)][:2])
    write(storage, ADD_TWO, [(2**62, "x"), (2**61, "y")])
    found = storage.read(lambda reading: reading.fetch(SUM))[0]
    assert tuple(found) == (3 + 2**62 + 2**61, -3, 4, "y")
    assert [type(value) for value in found] == [int, int, int, str]
    assert type(storage.read(lambda reading: reading.execute(SUM)).first()[0]) is int


@pytest.mark.parametrize("many", [1, 2, 3000])
def test_what_is_updated_is_changed_and_nothing_else(storage, many):
    write(storage, ADD, [tuple(row(n).values()) for n in range(many + 5)])
    write(storage, CHANGE, [(9, b"new", f"new {n}", n) for n in range(many)] + [(1, b"", "nobody", -5)])
    changed = [tuple(row(n, kind=9, body=b"new", order=f"new {n}").values()) for n in range(many)]
    assert rows(storage) == changed + [tuple(row(n).values()) for n in range(many, many + 5)]


def test_of_two_updates_of_one_key_the_later_one_counts(storage):
    write(storage, ADD, [tuple(row(n).values()) for n in range(3)])
    write(storage, CHANGE, [(1, b"first", "first", 0), (2, b"x", "x", 1), (3, b"last", "last", 0)])
    assert [(found[1], found[4]) for found in rows(storage)] == [(3, "last"), (2, "x"), (2, "word 2")]


def test_a_key_may_have_several_columns(storage):
    write(
        storage, ADD, [tuple(row(n, kind=n % 2, order="even" if n % 4 else "odd").values()) for n in range(8)]
    )
    write(storage, CHANGE_BY_TWO, [(100, 0, "even"), (200, 0, "odd"), (300, 1, "odd")])
    assert [found[2] for found in rows(storage)] == [200, -1, 100, -3, 200, -5, 100, -7]


def test_an_update_that_counts_is_done_once_a_row(storage):
    write(storage, ADD, [tuple(row(n).values()) for n in range(3)])
    write(storage, ADD_TO, [(10, 0), (10, 0), (5, 1)])
    assert [found[2] for found in rows(storage)] == [20, 4, -2]


def test_an_update_of_its_own_key_is_done_in_order(storage):
    write(storage, ADD, [tuple(row(n).values()) for n in range(2)])
    write(storage, MOVE, [(5, 1), (6, 5), (7, 0)])
    assert [found[0] for found in rows(storage)] == [6, 7]


@pytest.mark.parametrize("many", [1, 2, 500])
def test_what_is_deleted_is_gone(storage, many):
    write(storage, ADD, [tuple(row(n).values()) for n in range(many + 2)])
    write(storage, REMOVE, [(n,) for n in range(many)] * 2)
    assert [found[0] for found in rows(storage)] == [many, many + 1]


def test_an_insert_that_breaks_a_rule_leaves_nothing(storage):
    given = [tuple(row(n).values()) for n in (1, 2, 3, 2)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        write(storage, ADD, given)
    assert rows(storage) == []


@pytest.mark.parametrize("statement", [ADD_TWO, CHANGE])
def test_an_integer_that_does_not_fit_leaves_nothing(storage, statement):
    given = {ADD_TWO: [(1, "a"), (2**63, "b")], CHANGE: [(1, b"", "", 1), (1, b"", "", 2**63)]}[statement]
    with pytest.raises(Exception, match=r"(?i)range|large|too|int"):
        write(storage, statement, given)
    assert rows(storage) == []
    write(storage, ADD_TWO, [(1, "a")])
    assert len(rows(storage)) == 1


def test_a_statement_is_asked_with_values_in_order_of_appearance(storage):
    write(storage, ADD_TWO, [(n, "") for n in range(20)])
    found = storage.read(lambda reading: reading.fetch(BETWEEN, (5, 15, 3)))
    assert [tuple(each) for each in found] == [(5,), (6,), (7,)]


def test_what_a_statement_holds_itself_is_not_among_the_values(storage):
    write(storage, ADD_TWO, [(n, "") for n in range(20)])
    write(storage, update(things).where(c.id == bindparam("i")).values(kind=7), [(3,), (4,)])
    few = select(c.id).where(c.kind == 7, c.id > bindparam("i")).order_by(c.id).limit(5)
    assert [each[0] for each in storage.read(lambda reading: reading.fetch(few, (2,)))] == [3, 4]
    assert [each[0] for each in storage.read(lambda reading: reading.fetch(few, (3,)))] == [4]


def test_a_batch_makes_one_version_of_each_row_that_it_touches(postgresql_url):
    storage = Storage.open(postgresql_url, tables=[things], inline=True)
    write(storage, ADD_TWO, [(n, "") for n in range(10)])

    def verb(tx):
        tx.many(CHANGE, [(1, b"", f"{n}", n % 10) for n in range(1000)])
        return tx.connection.exec_driver_sql(
            "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'test_things'"
        ).scalar_one()

    assert storage.write_now(verb) == 10
    storage.close()
