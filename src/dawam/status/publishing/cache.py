"""Answers that are made once for each change and language, however many ask: a crowd costs what one costs.

An answer is forgotten when its institution changes, and after a few seconds, because it tells of time.
"""

import gzip
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from dawam.kernel import Clock

FRESH_S = 10.0
_KEPT_MAX = 1_000
EVERYTHING = ""
"""What tells of all institutions changes with each of them."""


class Made(NamedTuple):
    """A body, and when what it tells of was changed last."""

    body: bytes
    changed_at: datetime | None = None


class Kept:
    """A body with its tag, and compressed once."""

    def __init__(self, made: Made, at: float = 0.0) -> None:
        self.body, self.changed_at = made
        self.at = at
        self.tag = sha256(made.body).hexdigest()[:24]

    @cached_property
    def compressed(self) -> bytes:
        """The body by gzip."""
        return gzip.compress(self.body, 6, mtime=0)


class Cache:
    """Bodies by institution and name."""

    def __init__(self, clock: Clock, *, fresh_s: float = FRESH_S) -> None:
        self._clock = clock
        self._fresh_s = fresh_s
        self._kept: dict[tuple[str, str], Kept] = {}
        self.made = 0

    def get(self, institution: str, name: str, make: Callable[[], Made]) -> Kept:
        """The body of a name, made where it is not known or too old."""
        now = self._clock.monotonic()
        found = self._kept.get((institution, name))
        if found is not None and now - found.at < self._fresh_s:
            return found
        if len(self._kept) >= _KEPT_MAX:
            self._kept.clear()
        self.made += 1
        kept = self._kept[(institution, name)] = Kept(make(), now)
        return kept

    def forget(self, institution: str) -> None:
        """The institution has changed."""
        for key in [key for key in self._kept if key[0] in (institution, EVERYTHING)]:
            del self._kept[key]
