"""Where each account's transfers are, a stretch of the journal at a time.

A transfer is two postings, one an account. The postings of a stretch, sorted by account and then by position,
are cut into chunks of a page. The first chunk of a stretch is filed under account 0 and position 0, every
other one under its first posting: so the last chunk filed at or before an account and a position has the
account's newest posting up to there, if the stretch has one at all. Page: docs/journal.md.

A chunk, all big-endian: how many accounts, 2 bytes; the number of each, 8; how many postings each has, 2; and
of each posting how far it is from the stretch's first position, 4.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dawam.ledger.records import TRANSFER_DTYPE, Array

TIME_EVERY = 64
_CHUNK = 288  # postings: even one account each fits a page of SQLite's
_HEAD, _NUMBER, _COUNT, _OFFSET = 2, 8, 2, 4


class Posted(NamedTuple):
    """Transfers at consecutive positions: the accounts of each, and when it was recorded."""

    seq: int
    debit: Array
    credit: Array
    timestamp: Array


class Filed(NamedTuple):
    """A chunk: its stretch's first position, account and position that it is filed under, its bytes."""

    first: int
    number: int
    seq: int
    stored: bytes


def posted(seq: int, stored: bytes) -> Posted:
    """The accounts of transfers stored one after another."""
    rows = np.frombuffer(stored, TRANSFER_DTYPE)
    return Posted(seq, *(rows[name].astype(np.int64) for name in ("debit", "credit", "timestamp")))


def times(found: Sequence[Posted]) -> list[tuple[int, int]]:
    """When the transfers were recorded whose position a fixed number divides: timestamp and position."""
    rows: list[tuple[int, int]] = []
    for each in found:
        at = slice(-each.seq % TIME_EVERY, None, TIME_EVERY)
        moments = each.timestamp[at].tolist()
        rows += zip(moments, range(each.seq + -each.seq % TIME_EVERY, 2**63, TIME_EVERY), strict=False)
    return rows


def chunks(found: Sequence[Posted]) -> Iterator[Filed]:
    """The postings of a stretch in chunks, in the order in which they are filed."""
    if not found:
        return
    first = found[0].seq
    numbers, offsets = _sorted(found, first)
    begins = np.empty(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=begins[1:])
    begins[::_CHUNK] = True
    starts = np.flatnonzero(begins)
    places = np.searchsorted(starts, np.arange(0, len(numbers) + _CHUNK, _CHUNK)).tolist()
    counts = np.diff(starts, append=len(numbers)).astype(">u2").tobytes()
    touched, seqs = numbers[starts].astype(">i8").tobytes(), offsets.astype(">u4").tobytes()
    under = zip(numbers[::_CHUNK].tolist(), (offsets[::_CHUNK] + first).tolist(), strict=True)
    for at, (number, seq) in enumerate(under):
        low, high = places[at], places[at + 1]
        stored = (
            (high - low).to_bytes(_HEAD, "big"),
            touched[low * _NUMBER : high * _NUMBER],
            counts[low * _COUNT : high * _COUNT],
            seqs[at * _CHUNK * _OFFSET : (at + 1) * _CHUNK * _OFFSET],
        )
        yield Filed(first, number if at else 0, seq if at else 0, b"".join(stored))


def _sorted(found: Sequence[Posted], first: int) -> tuple[Array, Array]:
    """Account and distance from the first position of each posting, by account."""
    numbers = np.concatenate([np.stack((part.debit, part.credit), axis=1).ravel() for part in found])
    seqs = np.concatenate([np.arange(part.seq, part.seq + len(part.debit)).repeat(2) for part in found])
    spread = numbers - numbers.min()
    order = np.argsort(spread.astype(np.uint16) if int(spread.max()) < 1 << 16 else spread, kind="stable")
    return numbers[order], seqs[order] - first


def newest(chunk: Filed, number: int, seq: int) -> int | None:
    """The position of an account's newest posting up to a position; None if the chunk has none."""
    length = int.from_bytes(chunk.stored[:_HEAD], "big")
    numbers = np.frombuffer(chunk.stored, ">i8", length, _HEAD)
    place = int(np.searchsorted(numbers, number))
    if place == length or numbers[place] != number:
        return None
    counts = np.frombuffer(chunk.stored, ">u2", place + 1, _HEAD + _NUMBER * length)
    end = int(counts.sum())
    start = end - int(counts[place])
    at = _HEAD + (_NUMBER + _COUNT) * length + _OFFSET * start
    offsets = np.frombuffer(chunk.stored, ">u4", end - start, at)
    below = int(np.searchsorted(offsets, min(seq - chunk.first, 2**32 - 1), "right"))
    return chunk.first + int(offsets[below - 1]) if below else None


def all_of(chunk: Filed) -> tuple[Array, Array]:
    """Account and position of every posting of a chunk.

    Raises: ValueError, of bytes that are no chunk.
    """
    stored = chunk.stored
    length = int.from_bytes(stored[:_HEAD], "big")
    counts = np.frombuffer(stored, ">u2", length, _HEAD + _NUMBER * length)
    rest = _HEAD + (_NUMBER + _COUNT) * length
    total = int(counts.sum())
    if not length or not counts.all() or len(stored) != rest + _OFFSET * total:
        raise ValueError("not as long as it says")
    numbers = np.frombuffer(stored, ">i8", length, _HEAD).astype(np.int64)
    seqs = np.frombuffer(stored, ">u4", total, rest).astype(np.int64) + chunk.first
    return numbers.repeat(counts), seqs
