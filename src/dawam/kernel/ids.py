"""128-bit identifiers that sort by time: 48 bits of milliseconds, then 80 random bits.

As text they are ULIDs: 26 characters of Crockford's base 32. Within one millisecond the random part
counts up, so that one source never goes back. Source: TigerBeetle's `id()`, the ULID specification.
"""

from random import Random
from typing import Protocol

from dawam.kernel.errors import InvalidInput
from dawam.kernel.time import Clock, to_ns

ID_MAX = 2**128 - 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)  # by 10 bits: half the steps
_PAIR_SHIFTS = range(120, -1, -10)
_RANDOM_BITS = 80


class Ids(Protocol):
    """Where new identifiers come from."""

    def next(self) -> int:
        """A new identifier, larger than every one before it from this source."""
        ...


class TimeOrderedIds:
    """Identifiers from a clock and a source of randomness."""

    def __init__(self, clock: Clock, entropy: Random) -> None:
        self._clock = clock
        self._entropy = entropy
        self._last = 0

    def next(self) -> int:
        """A new identifier, larger than every one before it from this source."""
        milliseconds = to_ns(self._clock.now()) // 1_000_000
        fresh = milliseconds << _RANDOM_BITS | self._entropy.getrandbits(_RANDOM_BITS)
        self._last = fresh if fresh > self._last else self._last + 1
        return self._last


def id_to_text(identifier: int) -> str:
    """The ULID of a 128-bit identifier."""
    return "".join([_PAIRS[identifier >> shift & 1023] for shift in _PAIR_SHIFTS])


def id_from_text(text: str) -> int:
    """The identifier of a ULID, upper case.

    Raises: InvalidInput `id_malformed`.
    """
    if len(text) != 26 or text[0] > "7":
        raise InvalidInput("id_malformed", value=text[:40])
    identifier = 0
    for letter in text:
        value = _VALUES.get(letter)
        if value is None:
            raise InvalidInput("id_malformed", value=text[:40])
        identifier = identifier << 5 | value
    return identifier
