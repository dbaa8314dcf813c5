"""The rules, the ledger and an auditor's own books, side by side over any story hypothesis can think of."""

import asyncio
from copy import deepcopy
from threading import Event

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.ledger import TABLES, Ledger
from dawam.storage import Storage

from .plain_books import CLOSING_CREDIT, CLOSING_DEBIT, COUNTERS, IMPORTED, IMPORTED_ACCOUNT, PlainBooks
from .rules_alone import RulesAlone
from .stories import ACCOUNT_IDS, START, dated, stories, without

# Whether the tables hold all that the rules know: terms, closed accounts, past timestamps, burnt ids.
LEDGER_KEEPS_ALL = True
kept = stories
if not LEDGER_KEEPS_ALL:
    unkept = CLOSING_DEBIT | CLOSING_CREDIT | IMPORTED
    kept = stories.map(lambda story: without(story, IMPORTED_ACCOUNT, unkept))


class RolledBack(Exception):
    """Thrown by a verb after it has done its work."""


def perform(ledger, verb, now):
    """The verb as a function of the transaction."""
    kind, given_, _, fails = verb
    given_ = dated(given_, now)

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
    rows = [msgspec.to_builtins(row) for row in dated(given_, now)]
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
        assert msgspec.to_builtins(ledger.account(account_id)) == books.accounts.get(account_id)
        compare_history(ledger, books, account_id)
    compare_transfers(ledger, books)
    for total in ledger.totals():
        assert (total.debits_pending, total.debits_posted) == (total.credits_pending, total.credits_posted)
        owned = [row for row in books.accounts.values() if row["ledger"] == total.ledger]
        assert counters(total) == tuple(sum(row[name] for row in owned) for name in COUNTERS)
    report = ledger.audit()
    assert report.ok, report


def compare_transfers(ledger, books):
    for transfer_id in range(1, 52):
        found, expected = ledger.transfer(transfer_id), books.transfers.get(transfer_id)
        assert (found is None) == (expected is None)
        assert ledger.pending(transfer_id) == (expected and expected["status"])
        if found is not None:
            assert {**msgspec.to_builtins(found), "status": expected["status"]} == expected


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


@given(stories)
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_the_rules_alone_give_the_auditors_answers_and_balances(story):
    rules, books, now = RulesAlone(), PlainBooks(), START
    for kind, events, step, fails in story:
        now += step
        before = deepcopy(rules.__dict__)
        if kind == "accounts":
            done = [result.name.lower() for result in rules.create_accounts(dated(events, now), now)]
        elif kind == "transfers":
            done = [result.name.lower() for result in rules.post_transfers(dated(events, now), now)]
        else:
            done = rules.expire(now)
        if fails:
            rules.__dict__.update(before)
        assert (None if fails else done) == expect(books, (kind, events, step, fails), now)
    assert {number: rules.account(number) for number in rules.accounts} == books.accounts
    compare_transfers(rules, books)


def tell(storage, story, cache_accounts, index_every):
    """The story in the ledger and in the auditor's books, verb by verb."""
    ledger = Ledger(storage, cache_accounts=cache_accounts, index_every=index_every)
    books, now = PlainBooks(burns=LEDGER_KEEPS_ALL), START
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


capacities, often = st.sampled_from((1, 1000)), st.sampled_from((3, 65_536))


@given(kept, capacities, often)
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])
def test_every_story_gives_the_auditors_answers_and_balances(story, cache_accounts, index_every):
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    tell(storage, story, cache_accounts, index_every)
    storage.close()


@given(kept, capacities, often)
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stories_on_postgresql_give_the_auditors_answers_too(
    postgresql_cluster, story, cache_accounts, index_every
):
    url = postgresql_cluster.url()
    storage = Storage.open(url, tables=TABLES, inline=True)
    try:
        tell(storage, story, cache_accounts, index_every)
    finally:
        storage.close()
        postgresql_cluster.drop(url)


@given(kept)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verbs_that_share_a_commit_see_each_other_and_fail_alone(tmp_path_factory, story):
    file = tmp_path_factory.mktemp("books") / "books.db"
    storage = Storage.open(f"sqlite:///{file}", tables=TABLES)
    ledger, books, now = Ledger(storage), PlainBooks(burns=LEDGER_KEEPS_ALL), START
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
