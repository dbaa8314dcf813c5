"""Days of a place: their bounds, and what each was like."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from dawam.status.publishing.uptime.model import NOTHING, Tally

_BAD_MS = 3_600_000


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A capability's day; `gaps_measured` says whether times without any answer were looked for."""

    day: date
    tally: Tally = NOTHING
    gaps_measured: bool = False

    @property
    def tone(self) -> str:
        """The colour of its bar: neutral where nobody watched, danger from an hour without an answer on."""
        told = self.tally
        if not told.watched_ms:
            return "neutral"
        if told.unanswered_ms >= _BAD_MS:
            return "danger"
        if told.unanswered_ms:
            return "warning"
        return "notice" if told.primary_ms < told.watched_ms else "good"


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight in the zone, in UTC: 23, 24 or 25 hours."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return begins, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
