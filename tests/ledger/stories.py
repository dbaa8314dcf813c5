"""Stories of a ledger: verbs in a row, drawn by hypothesis. Most of what they ask for is possible.

A `timestamp` that is asked for counts from 60 ns before the moment of its verb.
"""

import msgspec
from hypothesis import strategies as st

from dawam.ledger import Account, Terms, Transfer

from .plain_books import INT_MAX, MAX, SECOND

START = 1_700_000_000 * SECOND
ACCOUNT_IDS = (1, 2, 3, 4, 5, 9)
replace = msgspec.structs.replace
rarely = st.integers(0, 29).map(lambda chance: chance == 17)  # not 0: hypothesis is fond of 0


def mostly(common, rare):
    return st.integers(0, 29).flatmap(lambda chance: rare if chance == 17 else common)


limit = st.integers(-40, 60)
terms = st.one_of(
    st.just(Terms()),
    st.just(Terms()),
    st.builds(Terms, balance_min=limit),
    st.builds(Terms, balance_max=limit),
    st.builds(Terms, overdraft=st.sampled_from((None, 0, 5, 30))),
    st.builds(Terms, st.just(-20), st.just(70), st.just(10), rarely, rarely),
    st.builds(Terms, debits_frozen=rarely, credits_frozen=rarely),
)
accounts = st.builds(
    Account,
    id=mostly(st.sampled_from(ACCOUNT_IDS), st.sampled_from((0, INT_MAX))),
    ledger=mostly(st.sampled_from((818, 504)), st.just(0)),
    code=mostly(st.just(1), st.sampled_from((0, 2))),
    flags=mostly(st.sampled_from((0, 0, 0, 1, 2, 4, 8)), st.integers(0, 70)),
    user_data_64=mostly(st.just(0), st.just(7)),
    credits_posted=mostly(st.just(0), st.just(1)),
    timestamp=mostly(st.just(0), st.just(1)),
    terms=terms,
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
    flags=mostly(st.sampled_from((0, 0, 0, 1, 16, 32, 48, 17)), st.integers(0, 600)),
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
    flags=st.sampled_from((2, 2, 2, 3, 2 | 16, 2 | 32, 2 | 64, 2 | 128, 2 | 64 | 16, 2 | 64 | 128)),
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
    flags=mostly(st.sampled_from((4, 8, 4, 8, 5)), st.integers(4, 270)),
)


@st.composite
def imported(draw, events, flag):
    """The events with the flag and timestamps of the last nanoseconds, mostly one after another."""
    stamp, dressed = draw(st.integers(1, 30)), []
    for event in draw(events):
        stamp += draw(mostly(st.integers(1, 4), st.integers(-4, 0)))
        asked = draw(mostly(st.just(stamp), st.sampled_from((0, 70, -1, MAX + 1))))
        timeout = {} if isinstance(event, Account) or draw(rarely) else {"timeout": 0}
        flags = event.flags | draw(mostly(st.just(flag), st.just(0)))
        dressed.append(replace(event, flags=flags, timestamp=asked, **timeout))
    return dressed


posted = st.lists(st.one_of(transfers, holds, ends), max_size=10)
step_ns = st.sampled_from((0, 1, SECOND // 2, 2 * SECOND, -SECOND))
verbs = st.one_of(
    st.tuples(st.just("accounts"), st.lists(accounts, max_size=4), step_ns, rarely),
    st.tuples(st.just("accounts"), imported(st.lists(accounts, max_size=3), 16), step_ns, rarely),
    st.tuples(st.just("transfers"), posted, step_ns, rarely),
    st.tuples(st.just("transfers"), posted, step_ns, rarely),
    st.tuples(st.just("transfers"), posted, step_ns, rarely),
    st.tuples(st.just("transfers"), imported(posted, 256), step_ns, rarely),
    st.tuples(st.just("expire"), st.just([]), step_ns, rarely),
)
OPENED = ((1, 818, 0), (2, 818, 2), (3, 818, 4), (4, 504, 0), (5, 818, 0))


def beginning(agreed):
    """Five accounts on the terms that were agreed, and some money in them, if the terms let it move."""
    opened = [
        Account(number, ledger, 1, flags, terms=agreed_on)
        for (number, ledger, flags), agreed_on in zip(OPENED, agreed, strict=True)
    ]
    money = [Transfer(50, 1, 2, 60, ledger=818, code=1), Transfer(51, 3, 1, 40, ledger=818, code=1)]
    return [("accounts", opened, 0, False), ("transfers", money, 0, False)]


beginnings = st.lists(terms, min_size=len(OPENED), max_size=len(OPENED)).map(beginning)
stories = st.tuples(beginnings, st.lists(verbs, max_size=10)).map(lambda parts: [*parts[0], *parts[1]])


def without(story, account_flags, transfer_flags):
    """The story without terms, and without these flags."""
    return [
        (
            kind,
            [
                replace(event, flags=event.flags & ~account_flags, terms=Terms())
                if kind == "accounts"
                else replace(event, flags=event.flags & ~transfer_flags)
                for event in events
            ],
            *rest,
        )
        for kind, events, *rest in story
    ]


def dated(events, now):
    """The events with their timestamps counted from 60 ns before now; what is out of range stays so."""
    return [
        replace(event, timestamp=now - 60 + event.timestamp) if 0 < event.timestamp <= MAX else event
        for event in events
    ]
