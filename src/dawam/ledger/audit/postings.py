"""The postings of each stretch of the journal stand where they are looked for, and no others do."""

from itertools import pairwise

import numpy as np

from dawam.ledger import postings
from dawam.ledger.audit import store
from dawam.ledger.audit.replay import Replay
from dawam.ledger.postings import Filed
from dawam.ledger.records import Array
from dawam.storage import Rows

_FINDING = "posting_differs"


def compare_postings(rows: Rows, replay: Replay) -> tuple[int, str] | None:
    """The first posting that is missing, or one too many; or the stretch whose chunks are misfiled."""
    debits, credits_ = (np.frombuffer(each, np.int64) for each in (replay.debits, replay.credits))
    firsts = store.stretches(rows)
    reached = firsts[0] if firsts else replay.indexed + 1
    lost = np.flatnonzero(debits[: max(reached - 1, 0)])
    if len(lost):
        return int(lost[0]) + 1, _FINDING
    for first, next_first in pairwise([*firsts, replay.indexed + 1]):
        chunks = store.postings_of(rows, first)
        try:
            kept = [np.concatenate(each) for each in zip(*map(postings.all_of, chunks), strict=True)]
        except (ValueError, OverflowError):
            raise store.MalformedRow(first) from None
        part = slice(max(first - 1, 0), max(next_first - 1, 0))
        known = _by_account(debits[part], credits_[part], first)
        differing = _differing(known, kept)
        if differing is not None:
            return differing, _FINDING
        if not _are_filed(chunks, kept):
            return first, _FINDING
    return None


def _by_account(debits: Array, credits_: Array, first: int) -> list[Array]:
    numbers = np.stack((debits, credits_), axis=1).ravel()
    seqs = np.arange(first, first + len(debits)).repeat(2)[numbers > 0]
    numbers = numbers[numbers > 0]
    order = np.argsort(numbers, kind="stable")
    return [numbers[order], seqs[order]]


def _differing(known: list[Array], kept: list[Array]) -> int | None:
    """The first position of a posting that only one of them has, or has elsewhere."""
    if len(known[0]) == len(kept[0]) and all(map(np.array_equal, known, kept)):
        return None
    pairs = [set(zip(*(each.tolist() for each in both), strict=True)) for both in (known, kept)]
    return min((seq for _, seq in pairs[0] ^ pairs[1]), default=int(kept[1][0]))


def _are_filed(chunks: list[Filed], kept: list[Array]) -> bool:
    """Whether each chunk stands under its first posting, and the first of the stretch before all."""
    under = [(0, 0)]
    for chunk in chunks[1:]:
        numbers, seqs = postings.all_of(chunk)
        under.append((int(numbers[0]), int(seqs[0])))
    return [(chunk.number, chunk.seq) for chunk in chunks] == under
