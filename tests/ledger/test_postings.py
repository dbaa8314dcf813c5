"""Where each account's transfers are: found as in a list of all of them, however they are cut and spread."""

from random import Random

import numpy as np
import pytest

from dawam.ledger import TABLES, Account, Ledger, Transfer, postings
from dawam.storage import Storage

START = 1_700_000_000_000_000_000


def some_postings(count, accounts, first=77):
    chance = np.random.default_rng(count)
    debit = chance.integers(1, accounts, count)
    return postings.Posted(first, debit, debit + accounts, np.arange(count) + START)


@pytest.mark.parametrize("accounts", [2, 40, 1 << 40])
@pytest.mark.parametrize("count", [1, 2, 143, 144, 145, 1000])
def test_the_chunk_filed_last_before_a_place_has_the_newest_posting_up_to_it(count, accounts):
    found = some_postings(count, accounts)
    chunks = list(postings.chunks([found]))
    sides = [(int(debit), int(credit)) for debit, credit in zip(found.debit, found.credit, strict=True)]
    listed = sorted((number, 77 + place) for place, both in enumerate(sides) for number in both)
    read = [np.stack(postings.all_of(chunk), 1).tolist() for chunk in chunks]
    assert [tuple(each) for part in read for each in part] == listed
    assert max(len(chunk.stored) for chunk in chunks) < 4_060  # in one page with its key
    for number in (0, 1, 2 * accounts, *(each for both in sides[::40] for each in both)):
        for seq in (77, 78, 77 + count // 2, 77 + count, 2**63 - 1):
            chunk = [each for each in chunks if each[1:3] <= (number, seq)][-1]
            expected = max((at for of, at in listed if of == number and at <= seq), default=None)
            assert postings.newest(chunk, number, seq) == expected


def test_stretches_that_follow_each_other_are_one():
    whole = some_postings(300, 9)
    parts = [
        postings.Posted(77 + low, *(column[low : low + 100] for column in whole[1:]))
        for low in range(0, 300, 100)
    ]
    assert list(postings.chunks(parts)) == list(postings.chunks([whole]))
    assert postings.times(parts) == postings.times([whole])
    assert postings.times([whole]) == [(START + seq - 77, seq) for seq in (128, 192, 256, 320)]
    assert not list(postings.chunks([]))


def test_a_balance_is_found_in_whatever_stretches_an_account_has_postings():
    """Account 1 in all, 2 in the first and the last, 3 in one in the middle, 4 in every seventh."""
    storage = Storage.open("sqlite://", tables=TABLES, inline=True)
    ledger = Ledger(storage, index_every=70)
    accounts = [Account(number, 818, 1) for number in (1, 2, 3, 4, 9)]
    storage.write_now(lambda tx: ledger.create_accounts(tx, accounts, now_ns=START))
    expected = {number: [(START, 0)] for number in (1, 2, 3, 4)}
    last, identifier = 29, 0
    for stretch in range(last + 1):
        of = [1, *[2] * (stretch in (0, last)), *[3] * (stretch == 14), *[4] * (stretch % 7 == 0)]
        now = START + 1000 * (stretch + 1)
        transfers = []
        for place in range(71):
            identifier += 1
            number = of[place % len(of)]
            transfers.append(Transfer(identifier, 9, number, identifier, ledger=818, code=1))
            expected[number].append((now + place, expected[number][-1][1] + identifier))
        assert not any(
            storage.write_now(lambda tx, all_=transfers, at=now: ledger.post_transfers(tx, all_, now_ns=at))
        )
    chance = Random(1)
    for number, known in expected.items():
        moments = [chance.choice(known)[0] + step for step in (-1, 0, 1) for _ in range(20)]
        moments += [chance.randint(START, START + 40_000) for _ in range(60)]
        for moment in moments:
            by_then = max((each for each in known if each[0] <= moment), default=(0, 0))[1]
            found = ledger.balance_as_of(number, moment)
            assert (found.credits_posted if found else 0) == by_then
    assert ledger.audit().ok
    storage.close()
