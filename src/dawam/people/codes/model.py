"""A one-time code; pure. It belongs to the browser that asked for it, and to a customer, or to nobody.

Rules of a try, in this order: without a code, or after its time, another must be asked for; after the
last try as well; then the digits must fit, and the code be somebody's. Nobody's code answers the same.
"""

from datetime import datetime

import msgspec

DIGITS = 6


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """One code that was asked for. `customer` is None where nobody has the given number or address."""

    browser: bytes
    customer: str | None
    hashed: str
    tries_left: int
    expires_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it may still be tried."""
        return self.tries_left > 0 and now < self.expires_at


def digits_of(written: str) -> str:
    """The digits of a code as people type it: `١٢٣ ٤٥٦` is `123456`; empty when it is no code."""
    typed = (letter for letter in written if letter not in " -\u200e\u200f")
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in typed)
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdigit() else ""
