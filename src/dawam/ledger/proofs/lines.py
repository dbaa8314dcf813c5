"""Reading a proof file line by line, so strictly that it has one spelling."""

from collections.abc import Callable
from typing import TypeVar

from dawam.kernel import InvalidInput, merkle
from dawam.ledger.proofs.checkpoint import parse_number
from dawam.ledger.proofs.notes import as_text, decode

PROOF_SIZE_MAX = 16_384

Value = TypeVar("Value")


class Lines:
    """The lines of a proof file, the first of which names its format; tells one cut off from one gone wrong.

    Raises: InvalidInput `proof_malformed`, with the line from which on it cannot be read; `proof_truncated`.
    """

    def __init__(self, given: str | bytes, form: str) -> None:
        text = as_text(given) if len(given) <= PROOF_SIZE_MAX else None
        if text is None:
            raise InvalidInput("proof_malformed", line=1)
        *self._lines, self._rest = text.split("\n")
        self._number = 0
        if not self._lines and not form.startswith(self._rest):
            raise InvalidInput("proof_malformed", line=1)
        self.take("", lambda line: line if line == form else None)

    def take(self, word: str, read: Callable[[str], Value | None]) -> Value:
        """The value of the next line, which begins with a word."""
        self._number += 1
        if self._number > len(self._lines):
            raise InvalidInput("proof_truncated")
        line = self._lines[self._number - 1]
        value = read(line.removeprefix(word)) if line.startswith(word) else None
        if value is None:
            raise InvalidInput("proof_malformed", line=self._number)
        return value

    def end(self) -> None:
        """Nothing, if there is nothing more."""
        if len(self._lines) > self._number or self._rest:
            raise InvalidInput("proof_malformed", line=self._number + 1)


def whole(bits: int) -> Callable[[str], int | None]:
    """Reads a number of so many bits, from 0 up."""

    def read(text: str) -> int | None:
        number = parse_number(text)
        return number if number is not None and number < 1 << bits else None

    return read


def hash_of(text: str) -> bytes | None:
    """Reads a hash in base 64."""
    found = decode(text)
    return found if found is not None and len(found) == merkle.HASH_SIZE else None
