"""The ledger and an auditor's own books, side by side over any story hypothesis can think of."""

import asyncio
from threading import Event

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.storage import Storage

from .plain_books import COUNTERS, INT_MAX, MAX, SECOND, PlainBooks

START = 1_700_000_000 * SECOND
ACCOUNT_IDS = (1, 2, 3, 4, 5, 9)
rarely = st.integers(0, 29).map(lambda chance: chance == 17)  # not 0: hypothesis is fond of 0


class RolledBack(Exception):
    """Thrown by a verb after it has done its work."""


def mostly(common, rare):
    return st.integers(0, 29).flatmap(lambda chance: rare if chance == 17 else common)


accounts = st.builds(
    Account,
    id=mostly(st.sampled_from(ACCOUNT_IDS), st.sampled_from((0, INT_MAX))),
    ledger=mostly(st.sampled_from((818, 504)), st.just(0)),
    code=mostly(st.just(1), st.sampled_from((0, 2))),
    flags=mostly(st.sampled_from((0, 0, 0, 1, 2, 4, 8)), st.integers(0, 40)),
    user_data_64=mostly(st.just(0), st.just(7)),
    credits_posted=mostly(st.just(0), st.just(1)),
    timestamp=mostly(st.just(0), st.just(1)),
)
sides = mostly(st.sampled_from((1, 2, 3, 5)), st.sampled_from((0, 4, 9, INT_MAX)))
transfers = st.builds(
    Transfer,
    id=mostly(st.integers(1, 40), st.sampled_from((0, INT_MAX))),
    debit_account_id=sides,
    credit_account_id=sides,
    amount=mostly(st.integers(0, 30), st.sampled_from((MAX, MAX - 3, MAX + 1))),
    pending_id=mostly(st.just(0), st.integers(0, 40)),
    user_data_128=mostly(st.just(0), st.just(2**127)),
    user_data_32=mostly(st.just(0), st.just(5)),
    timeout=mostly(st.just(0), st.integers(0, 3)),
    ledger=mostly(st.just(818), st.sampled_from((0, 504))),
    code=mostly(st.just(1), st.sampled_from((0, 2))),
    flags=mostly(st.sampled_from((0, 0, 0, 1)), st.integers(0, 40)),
    effective_at=mostly(st.just(0), st.just(START)),
    timestamp=mostly(st.just(0), st.just(1)),
)
holds = st.builds(
    Transfer,
    id=st.integers(1, 5),
    debit_account_id=st.sampled_from((1, 2)),
    credit_account_id=st.sampled_from((3, 5)),
    amount=mostly(st.integers(0, 12), st.sampled_from((MAX - 20, MAX))),
    user_data_64=mostly(st.just(0), st.just(9)),
    timeout=st.sampled_from((0, 0, 1, 2, 3)),
    ledger=st.just(818),
    code=st.just(1),
    flags=st.sampled_from((2, 2, 3)),
)
ends = st.builds(
    Transfer,
    id=mostly(st.integers(20, 40), st.integers(1, 12)),
    debit_account_id=mostly(st.just(0), st.sampled_from((1, 2))),
    credit_account_id=mostly(st.just(0), st.sampled_from((3, 5))),
    amount=mostly(st.sampled_from((0, 3, MAX)), st.integers(0, 12)),
    pending_id=mostly(st.integers(1, 5), st.integers(6, 40)),
    user_data_64=mostly(st.just(0), st.just(9)),
    timeout=mostly(st.just(0), st.just(1)),
    ledger=mostly(st.just(0), st.just(818)),
    code=mostly(st.just(0), st.just(2)),
    flags=st.sampled_from((4, 8, 4, 8, 5, 12)),
)
posted = st.lists(st.one_of(transfers, holds, ends), max_size=10)
step_ns = st.sampled_from((0, 1, SECOND // 2, 2 * SECOND, -SECOND))
verbs = st.one_of(
    st.tuples(st.just("accounts"), st.lists(accounts, max_size=4), step_ns, rarely),
    st.tuples(st.just("transfers"), posted, step_ns, rarely),
    st.tuples(st.just("transfers"), posted, step_ns, rarely),
    st.tuples(st.just("expire"), st.just([]), step_ns, rarely),
)
OPENED = ((1, 818, 0), (2, 818, 2), (3, 818, 4), (4, 504, 0), (5, 818, 0))
FIRST = [
    ("accounts", [Account(number, ledger, 1, flags) for number, ledger, flags in OPENED], 0, False),
    (
        "transfers",
        [Transfer(50, 1, 2, 60, ledger=818, code=1), Transfer(51, 3, 1, 40, ledger=818, code=1)],
        0,
        False,
    ),
]
stories = st.lists(verbs, max_size=10).map(lambda story: [*FIRST, *story])


def perform(ledger, verb, now):
    """The verb as a function of the transaction."""
    kind, given_, _, fails = verb

    def run(tx):
        if kind == "accounts":
            done = [result.name.lower() for result in ledger.create_accounts(tx, given_, now_ns=now)]
        elif kind == "transfers":
            done = [result.name.lower() for result in ledger.post_transfers(tx, given_, now_ns=now)]
        else:
            done = ledger.expire_pending(tx, now_ns=now)
        if fails:
            raise RolledBack
        return done

    return run


def expect(books, verb, now):
    """The same in the auditor's books; None for a verb that is rolled back."""
    kind, given_, _, fails = verb
    before = books.snapshot()
    rows = [msgspec.structs.asdict(row) for row in given_]
    if kind == "accounts":
        done = books.create_accounts(rows, now)
    elif kind == "transfers":
        done = books.post_transfers(rows, now)
    else:
        done = books.expire(now)
    if fails:
        books.put_back(before)
        return None
    return done


def counters(row):
    return tuple(getattr(row, name) for name in COUNTERS)


def compare(ledger, books):
    """All that can be asked of either."""
    for account_id in ACCOUNT_IDS:
        found, expected = ledger.account(account_id), books.accounts.get(account_id)
        assert (found and msgspec.structs.asdict(found)) == expected
        compare_history(ledger, books, account_id)
    for transfer_id in range(1, 41):
        found, expected = ledger.transfer(transfer_id), books.transfers.get(transfer_id)
        assert (found is None) == (expected is None)
        assert ledger.pending(transfer_id) == (expected and expected["status"])
        if found is not None:
            assert {**msgspec.structs.asdict(found), "status": expected["status"]} == expected
    for total in ledger.totals():
        assert (total.debits_pending, total.debits_posted) == (total.credits_pending, total.credits_posted)
        owned = [row for row in books.accounts.values() if row["ledger"] == total.ledger]
        assert counters(total) == tuple(sum(row[name] for row in owned) for name in COUNTERS)
    report = ledger.audit()
    assert report.ok, report


def compare_history(ledger, books, account_id):
    lines = books.statement(account_id)
    pages, before = [], None
    while page := ledger.statement(account_id, before=before, limit=3):
        pages += page
        before = page[-1].seq
    assert [
        (entry.transfer.timestamp, entry.transfer.id, entry.side, entry.transfer.amount) for entry in pages
    ] == [(line["timestamp"], line["id"], line["side"], line["amount"]) for line in lines]
    assert [counters(entry) for entry in pages] == [counters_of(line) for line in lines]
    for moment in {START - 1, *(line["timestamp"] + shift for line in lines for shift in (-1, 0, 1))}:
        past = ledger.balance_as_of(account_id, moment)
        assert (past and counters(past)) == books.counters_as_of(account_id, moment)


def counters_of(line):
    return tuple(line[name] for name in COUNTERS)


@given(stories, st.sampled_from((1, 1000)))
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])
def test_every_story_gives_the_auditors_answers_and_balances(story, cache_accounts):
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    ledger, books, now = Ledger(storage, cache_accounts=cache_accounts), PlainBooks(), START
    for verb in story:
        now += verb[2]
        expected = expect(books, verb, now)
        try:
            done = storage.write_now(perform(ledger, verb, now))
        except RolledBack:
            done = None
        assert done == expected
    compare(ledger, books)
    compare(Ledger(storage), books)  # nothing in memory yet
    storage.close()


@given(stories)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verbs_that_share_a_commit_see_each_other_and_fail_alone(tmp_path_factory, story):
    file = tmp_path_factory.mktemp("books") / "books.db"
    storage = Storage.open(f"sqlite:///{file}", tables=TABLES)
    ledger, books, now = Ledger(storage), PlainBooks(), START
    runs, expected = [], []
    for verb in story:
        now += verb[2]
        runs.append(perform(ledger, verb, now))
        expected.append(expect(books, verb, now))

    async def together():
        gate = Event()
        first = asyncio.create_task(storage.write(lambda tx: gate.wait(5)))
        await asyncio.sleep(0)
        rest = [asyncio.create_task(storage.write(run)) for run in runs]
        await asyncio.sleep(0)
        gate.set()
        await first
        return await asyncio.gather(*rest, return_exceptions=True)

    done = [None if isinstance(answer, RolledBack) else answer for answer in asyncio.run(together())]
    assert done == expected
    compare(ledger, books)
    storage.close()
    reopened = Storage.open(f"sqlite:///{file}", tables=TABLES)
    compare(Ledger(reopened), books)
    reopened.close()
