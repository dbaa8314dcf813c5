"""Verbs and commits that fail, in any story: what is in memory is what a new life finds in the database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.ledger import TABLES, Account, Ledger, Terms, Transfer
from dawam.ledger.posting import Posting
from dawam.storage import Storage

from .agreement import agree
from .stories import ACCOUNT_IDS, START, beginnings, dated, rarely, terms, verbs

agreed = st.tuples(st.just("terms"), st.tuples(st.sampled_from(ACCOUNT_IDS), terms), st.just(1), rarely)
noted = st.tuples(st.just("notes"), st.integers(1, 60), st.just(1), st.booleans())
commits = st.lists(
    st.tuples(st.lists(st.one_of(verbs, verbs, verbs, agreed, noted), min_size=1, max_size=5), rarely),
    max_size=8,
)


class RolledBack(Exception):
    """Thrown by a verb after it has done its work."""


class Unsettled:
    """State of somebody else's that can fail every commit at its end."""

    def __init__(self):
        self.fails = False

    def settle(self, tx):
        if self.fails:
            raise RolledBack

    def nothing(self):
        pass

    keep = drop = publish = forget = nothing


def post_together(ledger, tx, transfers, now):
    """As `post_transfers`, but decided as columns however few they are."""
    ledger.post_transfers(tx, [], now_ns=now)  # releases what is due
    Posting(ledger._books, tx, now, together_min=1).post(transfers)


def perform(ledger, verb, now, together):
    kind, given_, _, fails = verb

    def run(tx):
        if kind == "accounts":
            ledger.create_accounts(tx, dated(given_, now), now_ns=now)
        elif kind == "transfers" and together and not any(each.timestamp for each in given_):
            post_together(ledger, tx, given_, now)
        elif kind == "transfers":
            ledger.post_transfers(tx, dated(given_, now), now_ns=now)
        elif kind == "terms":
            ledger.set_terms(tx, *given_, now_ns=now)
        elif kind == "notes":
            ledger.annotate_account(tx, given_ % 6, {"n": now - START}, now_ns=now)
            ledger.annotate_transfer(tx, given_, {"n": now - START}, now_ns=now)
        else:
            ledger.expire_pending(tx, now_ns=now)
        if fails:
            raise RolledBack

    return run


def shown(ledger):
    """All that can be asked."""
    moments = (START, START + 5, START + 500_000_000, START + 10**12)
    return {
        "accounts": [ledger.account(each) for each in ACCOUNT_IDS],
        "transfers": [ledger.transfer(each) for each in range(61)],
        "holds": [ledger.pending(each) for each in range(61)],
        "statements": [ledger.statement(each, limit=500) for each in ACCOUNT_IDS],
        "past": [ledger.balance_as_of(each, moment) for each in ACCOUNT_IDS for moment in moments],
        "totals": ledger.totals(),
        "notes": [ledger.metadata_of_account(each) for each in ACCOUNT_IDS]
        + [ledger.metadata_of_transfer(each) for each in range(61)],
    }


def tell(storage, story, index_every, cache_accounts, as_columns):
    ledger = Ledger(storage, index_every=index_every, cache_accounts=cache_accounts)
    unsettled = Unsettled()
    storage.register(unsettled)
    beginning, rest = story
    now = START
    for batch, fails in [([verb], False) for verb in beginning] + rest:
        runs = []
        for verb in batch:
            now += verb[2]
            runs.append(perform(ledger, verb, now, as_columns))
        unsettled.fails = fails
        for outcome, verb in zip(storage._writer.commit(runs), batch, strict=True):
            assert type(outcome.error) is (RolledBack if fails or verb[3] else type(None)), outcome.error
        agree(storage, ledger)
    before = shown(ledger)
    assert before == shown(Ledger(storage))


stories = st.tuples(beginnings, commits)
often = st.sampled_from((1, 4, 9, 1000))
capacities = st.sampled_from((1, 1000))


@given(stories, often, capacities, st.booleans())
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_memory_equals_the_database_whatever_was_rolled_back(story, index_every, cache_accounts, as_columns):
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    tell(storage, story, index_every, cache_accounts, as_columns)
    storage.close()


@given(stories, often, capacities, st.booleans())
@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_memory_equals_the_database_on_postgresql(
    postgresql_cluster, story, index_every, cache_accounts, as_columns
):
    url = postgresql_cluster.url()
    storage = Storage.open(url, tables=TABLES, inline=True)
    try:
        tell(storage, story, index_every, cache_accounts, as_columns)
    finally:
        storage.close()
        postgresql_cluster.drop(url)


@pytest.mark.parametrize("index_every", [1, 1000])
def test_metadata_whose_change_was_rolled_back_is_still_shown(storage, index_every):
    """In a commit that stands for others."""
    ledger = Ledger(storage, index_every=index_every)
    opened = [Account(1, 818, 1), Account(2, 818, 1, terms=Terms(overdraft=5))]
    storage.write_now(lambda tx: ledger.create_accounts(tx, opened, now_ns=START))
    storage.write_now(lambda tx: ledger.annotate_account(tx, 1, {"name": "house"}, now_ns=START))

    def change(tx):
        ledger.annotate_account(tx, 1, {"name": "changed"}, now_ns=START)
        raise RolledBack

    paid = [Transfer(9, 1, 2, 5, ledger=818, code=1)]
    storage._writer.commit([change, lambda tx: ledger.post_transfers(tx, paid, now_ns=START)])
    assert ledger.metadata_of_account(1) == {"name": "house"}
    assert Ledger(storage).metadata_of_account(1) == {"name": "house"}
    agree(storage, ledger)


def test_a_hold_whose_accounts_were_let_go_from_memory_is_posted_in_their_books(storage):
    """Holds in memory name their accounts by slot; an account that was let go has none."""
    ledger = Ledger(storage, index_every=1, cache_accounts=1)
    opened = [Account(number, 818, 1) for number in (1, 2, 3)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, opened, now_ns=START))
    held = {"debit_account_id": 1, "credit_account_id": 2, "amount": 7, "ledger": 818, "code": 1, "flags": 2}
    holds = [Transfer(number, **held) for number in range(10, 30)]
    posts = [Transfer(number + 100, pending_id=number, amount=7, flags=4) for number in range(10, 30)]
    plain = [Transfer(200, 1, 2, 5, ledger=818, code=1)]
    storage.write_now(lambda tx: ledger.post_transfers(tx, holds, now_ns=START))

    def both(tx):
        return [ledger.post_transfers(tx, each, now_ns=START) for each in (posts, plain)]

    assert not any(map(any, storage.write_now(both)))
    agree(storage, ledger)
    assert ledger.account(2).credits_posted == 145


@pytest.mark.parametrize("index_every", [1, 100_000])
def test_a_long_call_that_is_rolled_back_leaves_nothing_and_one_that_stands_is_in_order(storage, index_every):
    """Long enough that each account passes many waypoints, some late bookings among them."""
    ledger = Ledger(storage, index_every=index_every)
    opened = [Account(number, 818, 1) for number in range(1, 5)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, opened, now_ns=START))

    def post(first, fails):
        def run(tx):
            ledger.post_transfers(tx, transfers, now_ns=START)
            if fails:
                raise RolledBack

        transfers = [
            Transfer(
                first + n, 1 + n % 4, 1 + (n + 1 + n // 4 % 3) % 4, 1, ledger=818, code=1, effective_at=n % 7
            )
            for n in range(900)
        ]
        return storage._writer.commit([run])[0].error

    for first, fails in ((1000, False), (2000, True), (3000, False), (4000, True), (4000, False)):
        assert type(post(first, fails)) is (RolledBack if fails else type(None))
        agree(storage, ledger)
    moments = [entry.transfer.timestamp for entry in ledger.statement(2, limit=5000)][::-1]
    for number, moment in enumerate(moments):
        past = ledger.balance_as_of(2, moment)
        assert past.credits_posted + past.debits_posted == number + 1


@pytest.mark.parametrize("fate", ["stands", "rolled back", "not settled"])
@pytest.mark.parametrize("second_fails", [False, True])
def test_a_verb_of_many_calls_that_is_written_ahead_stands_whole_or_not_at_all(storage, fate, second_fails):
    """Its records leave memory long before the commit; another verb of the same commit comes after it."""
    ledger = Ledger(storage, index_every=40)
    unsettled = Unsettled()
    storage.register(unsettled)
    begin = [Account(number, 818, 1) for number in (1, 2)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, begin, now_ns=START))
    in_memory = []

    def fill(tx):
        for first in range(3, 103, 10):
            opened = [Account(number, 818, 1) for number in range(first, first + 10)]
            assert not any(ledger.create_accounts(tx, opened, now_ns=START))
            paid = [Transfer(each.id, 1, each.id, 5, ledger=818, code=1) for each in opened]
            assert not any(ledger.post_transfers(tx, paid, now_ns=START))
            in_memory.append(sum(len(chunk.stored) for chunk in ledger._books.fresh.chunks))
        assert ledger.transfer_in(tx, 3).credit_account_id == 3
        if fate == "rolled back":
            raise RolledBack

    def follow(tx):
        ledger.post_transfers(tx, [Transfer(1000, 1, 2, 7, ledger=818, code=1)], now_ns=START)
        ledger.create_accounts(tx, [Account(500, 818, 1)], now_ns=START)
        if second_fails:
            raise RolledBack

    unsettled.fails = fate == "not settled"
    storage._writer.commit([fill, follow])
    assert max(in_memory) < 4_000
    stands = fate == "stands"
    is_second = fate != "not settled" and not second_fails
    agree(storage, ledger)
    assert ledger.account(1).debits_posted == 500 * stands + 7 * is_second
    assert (ledger.account(102) is not None) == stands
    assert (ledger.transfer(102) is not None) == stands
    assert (ledger.account(500) is not None) == is_second
    if fate == "not settled":
        unsettled.fails = False
        storage.write_now(fill)
        agree(storage, ledger)
    assert ledger.audit().ok
