"""A connection that is lost: what was committed is told truly, or it is told that nobody knows.

Nothing is lost and nothing done twice, memory and database agree, and the service comes back by itself.
"""

import signal
import time
from contextlib import suppress

import pytest
from psycopg import IntegrityError

from dawam.kernel import InvalidInput, Unavailable

from .numbers import Books, opened
from .wires import Wire


@pytest.fixture(params=[False, True], ids=["thread", "inline"])
def books(wire, request):
    books = Books(wire.url, inline=request.param)
    books.put(1)
    yield books
    books.close()


def test_a_commit_that_never_reached_the_server_was_not_done(wire, books):
    wire.cut_before = True
    with pytest.raises(Unavailable, match="storage_unavailable"):
        books.put(2)
    assert books.agree() == 1
    assert books.put(2) == 2
    assert books.agree() == 2


def test_a_commit_whose_answer_was_lost_is_found_to_stand(wire, books):
    wire.cut_after = True
    assert books.put(2) == 2
    assert books.agree() == 2


@pytest.mark.parametrize("stands", [True, False])
def test_a_commit_that_nobody_knows_of_is_settled_when_the_server_is_back(wire, books, stands):
    wire.cut_after, wire.cut_before = stands, not stands
    wire.refusing = True
    with pytest.raises(Unavailable, match="commit_unknown"):
        books.put(2)
    with pytest.raises(Unavailable, match="storage_unavailable"):
        books.put(3)
    assert set(books.cache.committed) == {1}
    wire.refusing = False
    assert books.put(4) == 4
    assert set(books.cache.committed) == ({1, 2, 4} if stands else {1, 4})
    books.agree()


def test_a_connection_lost_between_commits_costs_one_refusal(wire, books):
    assert books.agree() == 1
    wire.cut()
    with pytest.raises(Unavailable, match="storage_unavailable"):
        books.put(2)
    assert books.put(2) == 2
    assert books.agree() == 2


@pytest.mark.parametrize("spared", range(4))
def test_a_connection_lost_again_while_reconnecting_does_not_cost_the_lease(wire, books, spared):
    wire.cut()
    with pytest.raises(Unavailable, match="storage_unavailable"):
        books.put(2)
    wire.spared, wire.cut_after = spared, True
    for _ in range(3):
        with suppress(Unavailable, IntegrityError):  # the latter where the commit stood whose answer was lost
            books.put(2)
    wire.cut_after = False
    assert books.put(3) == 3
    assert books.agree() == 3


def test_a_reader_whose_connection_is_lost_asks_again(wire, books):
    assert books.agree() == 1
    wire.cut()
    assert books.agree() == 1
    wire.refusing = True
    wire.cut()
    with pytest.raises(Unavailable):
        books.agree()
    wire.refusing = False
    assert books.agree() == 1


def test_a_session_ended_by_the_server_costs_one_refusal(postgresql_cluster, wire, books):
    postgresql_cluster.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dawam%'"
    )
    with pytest.raises(Unavailable, match="storage_unavailable"):
        books.put(2)
    assert books.put(2) == 2
    assert books.agree() == 2


def test_an_idle_writer_comes_back_by_itself(wire):
    books = Books(wire.url)
    books.put(1)
    wire.cut()
    time.sleep(2.5)  # it looks once a second
    assert books.put(2) == 2
    books.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_stops_and_starts_again_is_used_again(own_cluster, how):
    books = Books(own_cluster.url())
    books.put(1)
    assert books.agree() == 1
    own_cluster.stop(how)
    for _ in range(2):
        with pytest.raises(Unavailable, match="storage_unavailable"):
            books.put(2)
    with pytest.raises(Unavailable):
        books.agree()
    own_cluster.start()
    assert books.put(2) == 2
    assert books.agree() == 2
    books.close()


def test_a_server_that_is_read_only_says_so_and_is_used_again(postgresql_cluster, postgresql_url):
    books = Books(postgresql_url)
    books.put(1)
    name = postgresql_url.split("/")[3].split("?")[0]
    books.close()
    postgresql_cluster.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(Unavailable):
        Books(postgresql_url)
    postgresql_cluster.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    books = Books(postgresql_url)
    assert books.put(2) == 2
    books.close()


def test_a_server_older_than_supported_is_refused(postgresql_url):
    wire = Wire(postgresql_url, oldest=True)
    with pytest.raises(InvalidInput, match="database_too_old") as refused:
        opened(wire.url)
    assert (refused.value.params["found"], refused.value.params["needed"]) == (14, 15)
    wire.close()


def test_a_database_that_the_server_does_not_have_is_missing(postgresql_url):
    with pytest.raises(InvalidInput, match="database_missing"):
        opened(postgresql_url.replace("/books_", "/no_books_"))
