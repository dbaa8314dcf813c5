"""How many events were booked in each hour, counted with the posting of each batch.

An hour is known when all its events were counted: from the moment on in which the mirror began (its snapshot,
its first event, or the first start of a version that counts) up to the hour of the latest booking. What comes
after that is not known to be quiet, since the feed may lag or stand.
"""

from collections.abc import Mapping
from datetime import datetime

from dawam.kernel import from_ns, to_ns
from dawam.primary.mirror import store
from dawam.primary.mirror.model import HOUR_NS, BookedHours, Feed, hour_of
from dawam.storage import Rows, Tx


def begin(tx: Tx, institution: int, feed: Feed) -> None:
    """Nothing that is booked from the feed's position on will be missing."""
    if feed.booked_ns is not None and store.counted_since(tx, institution) is None:
        store.count_since(tx, institution, feed.booked_ns)


def count(tx: Tx, institution: int, before: Feed, counts: Mapping[int, int]) -> None:
    """A batch's events by the begin of their hour. Of an empty mirror's first hour only a part is known."""
    if not counts:
        return
    if before.booked_ns is None:
        store.count_since(tx, institution, min(counts))
    store.count_hours(tx, institution, counts)


def booked(rows: Rows, institution: int, feed: Feed, since: datetime, until: datetime) -> BookedHours | None:
    """The known hours that lie wholly between two moments; None when there is none."""
    counted_ns = store.counted_since(rows, institution)
    if feed.booked_ns is None or counted_ns is None:
        return None
    first = max(hour_of(counted_ns) + HOUR_NS, hour_of(to_ns(since) + HOUR_NS - 1))
    end = hour_of(min(feed.booked_ns, to_ns(until)))
    if end <= first:
        return None
    found = store.hours(rows, institution, first, end)
    return BookedHours(from_ns(first), from_ns(end), {from_ns(hour): n for hour, n in found.items()})
