"""Time is aware UTC and always passed in.

A moment on disk is an integer of nanoseconds since 1970 (UTC), as in TigerBeetle; on the wire RFC 3339.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Protocol

from dawam.kernel.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Clock(Protocol):
    """The two questions that may be asked of time."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never runs backwards."""
        ...


def to_ns(moment: datetime) -> int:
    """Nanoseconds since 1970; exact to the microsecond that `datetime` holds.

    Raises: InvalidInput `time_without_zone`, when the moment is naive.
    """
    if moment.tzinfo is None:
        raise InvalidInput("time_without_zone", value=moment.isoformat())
    delta = moment - EPOCH
    return ((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds) * 1_000


def from_ns(nanoseconds: int) -> datetime:
    """The moment, aware, UTC; below a microsecond it is cut."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1_000)


def to_rfc3339(moment: datetime) -> str:
    """`2026-11-21T10:42:00.000000Z`; always UTC, always six decimals, so that texts sort as moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_rfc3339(text: str) -> datetime:
    """Parse an RFC 3339 date-time into aware UTC.

    Raises: InvalidInput `time_malformed`.
    """
    if not _RFC3339.fullmatch(text):
        raise InvalidInput("time_malformed", value=text[:40])
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("time_malformed", value=text[:40]) from None
