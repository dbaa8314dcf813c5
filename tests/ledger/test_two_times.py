"""When it was recorded and when it happened: both questions about the past, against a list of bookings."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dawam.ledger import TABLES, Account, Ledger, Transfer
from dawam.storage import Storage

START = 1_700_000_000_000_000_000
PLAIN, HOLD, POST = 0, 2, 4

lags = st.one_of(st.just(None), st.integers(-3, 40), st.integers(0, 5))
bookings = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 9), lags, st.integers(0, 4)),
    min_size=1,
    max_size=40,
)


def books_of(storage, index_every, calls):
    ledger = Ledger(storage, index_every=index_every)
    accounts = [Account(number, 818, 1) for number in (1, 2, 3)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=START))
    now, identifier = START, 0
    for call in calls:
        transfers = []
        for debit, credit, amount, lag, step in call:
            now += step
            if debit == credit:
                continue
            identifier += 1
            happened = 0 if lag is None else now - lag
            fields = {"ledger": 818, "code": 1, "effective_at": happened}
            transfers.append(Transfer(identifier, debit, credit, amount, **fields))
        storage.write_now(lambda tx, all_=transfers, at=now: ledger.post_transfers(tx, all_, now_ns=at))
    return ledger, now


def plain_answer(entries, recorded_by, happened_by):
    total = [0, 0]
    for entry in entries:
        transfer = entry.transfer
        happened = transfer.effective_at or transfer.timestamp
        if transfer.timestamp <= recorded_by and (happened_by is None or happened <= happened_by):
            total[entry.side == "credit"] += transfer.amount
    return tuple(total)


def assert_agrees(ledger, now, moments):
    for account_id in (1, 2, 3):
        entries = ledger.statement(account_id, limit=1000)
        for recorded_by in (now + 100, *[START + moment for moment in moments]):
            for happened_by in (None, recorded_by, *[START + moment for moment in moments]):
                found = ledger.balance_as_of(account_id, recorded_by, happened_by_ns=happened_by)
                if found is not None:
                    expected = plain_answer(entries, recorded_by, happened_by)
                    assert (found.debits_posted, found.credits_posted) == expected


@given(st.lists(bookings, min_size=1, max_size=4), st.sampled_from((3, 20, 65_536)), st.data())
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_both_questions_are_answered_as_by_a_list_of_all_bookings(calls, index_every, data):
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    ledger, now = books_of(storage, index_every, calls)
    moments = data.draw(st.lists(st.integers(-5, now - START + 60), max_size=5))
    assert_agrees(ledger, now, moments)
    assert_agrees(Ledger(storage), now, moments)  # another life knows the same
    assert ledger.audit().ok
    storage.close()


def test_a_late_booking_changes_what_had_happened_and_never_what_was_shown():
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    second = 1_000_000_000
    ledger, _ = books_of(storage, 65_536, [[(1, 2, 5, None, second)], [(1, 2, 7, None, second)]])
    shown = ledger.balance_as_of(2, START + 3 * second).balance_minor
    late = Transfer(99, 1, 2, 30, ledger=818, code=1, effective_at=START + second)
    storage.write_now(lambda tx: ledger.post_transfers(tx, [late], now_ns=START + 9 * second))
    assert ledger.balance_as_of(2, START + 3 * second).balance_minor == shown == 12
    by_then = {"happened_by_ns": START + second + 10}
    assert ledger.balance_as_of(2, START + 3 * second, **by_then).balance_minor == 5
    assert ledger.balance_as_of(2, START + 9 * second, **by_then).balance_minor == 35
    storage.close()
