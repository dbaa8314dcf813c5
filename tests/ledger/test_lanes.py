"""The fast lane and the rules come to the same rows, seals and results."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dawam.ledger.model import AccountRow, Head
from dawam.ledger.posting import Batch

from .plain_books import MAX
from .stories import START, ends, holds, transfers

OPENED = ((1, 818, 0), (2, 818, 2), (3, 818, 4), (4, 504, 0), (5, 818, 0))


class ByTheRules(Batch):
    """A batch without a fast lane."""

    def _post_plain(self, transfers, start):
        return 0


def batch_of(kind, counters):
    batch = kind(Head(10, bytes(32), START, 20, MAX), START)
    batch.accounts = {
        number: AccountRow(number, number, ledger, 1, flags, 0, 0, 0, 1, *counters)
        for number, ledger, flags in OPENED
    }
    return batch


@given(
    st.lists(st.one_of(transfers, transfers, holds, ends), max_size=30),
    st.sampled_from(((0, 0, 0, 0), (5, 20, 3, 40), (0, MAX - 40, 0, MAX - 40))),
)
@settings(deadline=None, max_examples=300)
def test_both_lanes_write_the_same(posted, counters):
    fast, slow = batch_of(Batch, counters), batch_of(ByTheRules, counters)
    assert fast.post(posted) == slow.post(posted)
    assert fast.values == slow.values
    assert fast.accounts == slow.accounts
    assert (fast.head(), fast.held, fast.resolved, fast.passed) == (
        slow.head(),
        slow.held,
        slow.resolved,
        slow.passed,
    )
