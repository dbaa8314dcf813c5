"""Transfers decided together and transfers decided one by one come to the same records and results."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.ledger import TABLES, Account, Transfer
from dawam.ledger.books import Books
from dawam.ledger.opening import Opening
from dawam.ledger.posting import Posting
from dawam.storage import Storage

NEVER_TOGETHER = 1 << 30
START = 1_700_000_000_000_000_000
MAX = 2**63 - 1
AMOUNTS = st.one_of(st.integers(0, 40), st.sampled_from((MAX, MAX - 1, 1 << 62)))
IDS = st.integers(10, 60)
OPENED = (
    Account(1, 818, 1),
    Account(2, 818, 1, 2),
    Account(3, 818, 1, 4, terms=msgspec.convert({"balance_max": 30}, type=type(Account(1, 1, 1).terms))),
    Account(4, 504, 1),
    Account(5, 818, 1, terms=msgspec.convert({"overdraft": 25}, type=type(Account(1, 1, 1).terms))),
    Account(6, 818, 1, 32),
    Account(7, 818, 1),
    Account(8, 818, 1),
)

sides = st.sampled_from((1, 1, 2, 3, 5, 5, 1, 4, 6, 9))
moves = st.builds(
    Transfer,
    id=IDS,
    debit_account_id=sides,
    credit_account_id=sides,
    amount=AMOUNTS,
    user_data_128=st.sampled_from((0, 0, 7, 1 << 127)),
    user_data_64=st.sampled_from((0, 0, 9, (1 << 64) - 1)),
    user_data_32=st.sampled_from((0, 4)),
    timeout=st.sampled_from((0, 0, 0, 1)),
    ledger=st.sampled_from((818, 818, 818, 504)),
    code=st.sampled_from((1, 1, 2, 0)),
    flags=st.sampled_from((0, 0, 0, 2, 2, 1, 16, 66)),
    effective_at=st.sampled_from((0, -5)),
)
ends = st.builds(
    Transfer,
    id=IDS,
    pending_id=IDS,
    amount=st.one_of(AMOUNTS, st.just(MAX)),
    flags=st.sampled_from((4, 4, 8, 5)),
    user_data_64=st.sampled_from((0, 3)),
    ledger=st.sampled_from((0, 0, 0, 818)),
)
calls = st.lists(st.lists(st.one_of(moves, moves, ends), min_size=1, max_size=25), min_size=1, max_size=4)


def post(calls_, together_min):
    """Results of every call, and the journal and accounts at the end."""
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    books = Books(1000, None)
    storage.read(books.open)
    storage.register(books)
    results = []

    def opened(tx):
        books.begin()
        return Opening(books, tx, START).open(OPENED)

    assert not any(storage.write_now(opened))
    for number, transfers in enumerate(calls_):

        def verb(tx, transfers=transfers, now=START + number * 600_000_000):
            books.begin()
            return Posting(books, tx, now, together_min=together_min).post(transfers)

        results.append(storage.write_now(verb))
    journal = storage.read(
        lambda rows: [tuple(row) for row in rows.connection.exec_driver_sql("SELECT * FROM ledger_journal")]
    )
    accounts = [books.cache.account(account.id) for account in OPENED]
    told = (
        results,
        b"".join(row[2] for row in journal),
        accounts,
        books.frontier.root(),
        books.shown.waypoints,
    )
    storage.close()
    return told


steps = st.tuples(
    st.sampled_from((0, 0, 2, 2, 4, 4, 8)),  # plain, hold, post, void
    st.sampled_from((1, 7, 8)),
    st.sampled_from((1, 7, 8, 8, 5)),
    st.integers(0, 9),
    st.integers(-2, 6),  # how many transfers ago the hold was made, or how many later it will be
    st.sampled_from((0, 0, -5, 3)),
)


def accepted_mostly(calls_):
    """Calls of new ids in order, whose posts and voids name one of the transfers just before."""
    told, identifier = [], 100
    for call in calls_:
        transfers = []
        for flags, debit, credit, amount, ago, effective in call:
            identifier += 1
            if flags in (4, 8):
                moved = {"amount": (MAX if amount % 2 else amount) if flags == 4 else 0}
                fields = {"pending_id": identifier - ago, "flags": flags, **moved}
            elif debit == credit:
                continue
            else:
                sides_ = {"debit_account_id": debit, "credit_account_id": credit, "amount": amount}
                fields = {**sides_, "ledger": 818, "code": 1, "flags": flags, "effective_at": effective}
            transfers.append(Transfer(identifier, **fields))
        if transfers:
            told.append(transfers)
    return told


@given(st.lists(st.lists(steps, min_size=10, max_size=40), min_size=1, max_size=3).map(accepted_mostly))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_together_or_one_by_one_is_the_same_where_little_is_refused(calls_):
    assert post(calls_, 1) == post(calls_, NEVER_TOGETHER)


@given(calls)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_together_or_one_by_one_is_the_same(calls_):
    assert post(calls_, 1) == post(calls_, NEVER_TOGETHER)
