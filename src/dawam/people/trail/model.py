"""An entry of the trail, its seal, and what a check may find; pure.

An entry's seal is the SHA-256 of one JSON array, UTF-8, without spaces: number, time in ns since 1970, who,
act, institution or null, subject, reason, details as their own JSON text, and the seal before it in
hexadecimal. The first one stands on 64 zeros. So anybody can check it with ten lines of their own.
"""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from dawam.kernel import to_ns

FIRST = bytes(32)
"""What stands before the first entry."""


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One act. `by` is a member's or customer's id, or `system`; `details` is a JSON object as text."""

    number: int
    at: datetime
    by: str
    act: str
    institution: str | None
    subject: str
    reason: str
    details: str
    before: bytes
    seal: bytes

    def told(self) -> dict[str, object]:
        """The details."""
        found: dict[str, object] = msgspec.json.decode(self.details, type=dict)
        return found


class Finding(StrEnum):
    """What is wrong with an entry."""

    MISSING = "entry_missing"
    CHANGED = "entry_changed"
    CHAIN_BROKEN = "chain_broken"
    CUT = "trail_cut"


class Found(msgspec.Struct, frozen=True):
    """What a check found: entries read, the last seal in hexadecimal, the first broken entry and why."""

    entries: int
    head: str
    broken: int | None = None
    finding: Finding | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was changed, left out or put in."""
        return self.broken is None


def sealed(entry: Entry) -> bytes:
    """The seal that an entry must have."""
    told = [
        entry.number,
        to_ns(entry.at),
        entry.by,
        entry.act,
        entry.institution,
        entry.subject,
        entry.reason,
        entry.details,
        entry.before.hex(),
    ]
    return sha256(msgspec.json.encode(told)).digest()


def fault_of(entry: Entry, *, number: int, before: bytes) -> Finding | None:
    """What is wrong with an entry that must have this number and stand on this seal."""
    if entry.number != number:
        return Finding.MISSING
    if entry.before != before:
        return Finding.CHAIN_BROKEN
    if entry.seal != sealed(entry):
        return Finding.CHANGED
    return None
