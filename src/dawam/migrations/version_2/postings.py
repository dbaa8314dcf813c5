"""Postings by account in chunks, as version 2 files them; docs/journal.md has them byte by byte."""

import struct
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

_CHUNK = 288


def chunks(first: int, postings: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, bytes]]:
    """The postings, account and position, of a stretch that begins at a position, as rows."""
    found = sorted(postings)
    for low in range(0, len(found), _CHUNK):
        part = found[low : low + _CHUNK]
        runs = [(number, len(list(run))) for number, run in groupby(part, key=itemgetter(0))]
        numbers, counts = zip(*runs, strict=True)
        stored = struct.pack(
            f">H{len(runs)}q{len(runs)}H{len(part)}I",
            len(runs),
            *numbers,
            *counts,
            *(seq - first for _, seq in part),
        )
        yield first, *(part[0] if low else (0, 0)), stored
