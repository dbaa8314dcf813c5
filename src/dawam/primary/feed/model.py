"""What is known of a feed's freshness. Pure."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from dawam.kernel import IntegrityBroken
from dawam.primary.messages import Event, SnapshotLine

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3_600)]


class FeedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed is followed. Durations in seconds; page: docs/mirror.md, "Settings"."""

    page_limit: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 5_000
    wait_s: Seconds = 1.0
    answer_s: Seconds = 3.0
    poll_s: Seconds = 0.1
    retry_s: Seconds = 1.0
    backoff_first_s: Seconds = 0.05
    backoff_last_s: Seconds = 2.0
    fill_from_snapshot: bool = True


class Freshness(msgspec.Struct, frozen=True):
    """How old the mirror may be at most, and what is wrong.

    `age_s` counts from the last moment at which the primary said that there is nothing beyond our position;
    infinite before the first. `alarm` stands until the feed goes on: `feed_gap`, `feed_went_back`,
    `feed_contradicts`, …; `last_error` is why the last call failed, None after one that did not.
    """

    age_s: float
    alarm: str | None
    last_error: str | None


def backoff_s(failures: int, settings: FeedSettings) -> float:
    """How long to wait after so many failures in a row: doubling, up to a limit."""
    return min(settings.backoff_first_s * 2.0 ** min(failures - 1, 16), settings.backoff_last_s)


def check_filling(lines: Sequence[SnapshotLine], tail: Sequence[Event]) -> None:
    """A snapshot must say of each account what the feed said last of it; `tail` ends with the snapshot.

    An account that does not occur in the tail cannot be checked.
    Raises: IntegrityBroken `snapshot_contradicts`, with the number of lines that the feed contradicts.
    """
    last_of = {event.account: event for event in tail}
    said = {line.account: line.balance_minor for line in lines}
    wrong = sum(said.get(account) != event.balance_after_minor for account, event in last_of.items())
    if wrong:
        raise IntegrityBroken("snapshot_contradicts", wrong=wrong, checked=len(last_of))
