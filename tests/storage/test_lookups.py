"""`Rows.fetch_each` answers a query for many values, in one round trip where there is one to make."""

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    String,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
)

from dawam.storage import Storage, int8_at

from .numbers import metadata

words = Table(
    "test_words",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("body", LargeBinary),
    Column("text", String(40)),
)
c = words.c
ADD = insert(words)
FROM = select(c.id, c.text).where(c.id >= bindparam("low"), c.body == bindparam("body")).order_by(c.id.desc())
TWO_OF = select(c.id).where(c.text == bindparam("text")).order_by(c.id).limit(2)
NUMBER = select(int8_at(c.body, literal_column("2"))).where(c.id == bindparam("id"))


@pytest.fixture
def storage(database_url):
    storage = Storage.open(database_url, tables=[words], inline=True)
    storage.write_now(lambda tx: tx.many(ADD, [(n, bytes([n % 2]), f"w{n % 3}") for n in range(1, 10)]))
    yield storage
    storage.close()


def test_each_row_has_its_own_answer_in_the_order_of_the_rows(storage):
    wanted = [(8, b"\0"), (5, b"\1"), (10, b"\1"), (8, b"\0")]
    found = storage.read(lambda rows: rows.fetch_each(FROM, wanted))
    assert found == [[(8, "w2")], [(9, "w0"), (7, "w1"), (5, "w2")], [], [(8, "w2")]]
    assert found == storage.read(lambda rows: [rows.fetch(FROM, each) for each in wanted])


@pytest.mark.parametrize("texts", [[], ["w1"], ["w1", "none", "w0"]])
def test_what_a_statement_holds_itself_counts_for_every_row(storage, texts):
    found = storage.read(lambda rows: rows.fetch_each(TWO_OF, [(text,) for text in texts]))
    assert found == [{"w1": [(1,), (4,)], "w0": [(3,), (6,)], "none": []}[text] for text in texts]


def test_a_verb_sees_what_it_has_written(storage):
    def verb(tx):
        tx.many(ADD, [(20, b"", "new")])
        return tx.fetch_each(TWO_OF, [("new",), ("w0",)])

    assert storage.write_now(verb) == [[(20,)], [(3,), (6,)]]


@pytest.mark.parametrize("number", [0, 1, -1, 2**63 - 1, -(2**63), 0x0102030405060708])
def test_eight_bytes_are_a_signed_integer(storage, number):
    stored = b"\xff" + number.to_bytes(8, "big", signed=True) + b"\xff"
    storage.write_now(lambda tx: tx.many(ADD, [(30, stored, "")]))
    assert storage.read(lambda rows: rows.fetch(NUMBER, (30,))) == [(number,)]
