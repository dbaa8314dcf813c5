"""Bookings by hour: counted once, in the transaction of the events, and unknown where nothing was seen."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from dawam import ledger, primary
from dawam.kernel import IntegrityBroken
from dawam.ledger import Ledger
from dawam.primary import BookedHours, Event, Mirror, MirrorSettings, SnapshotLine
from dawam.primary.mirror.tables import feed_counts
from dawam.storage import Storage

from .books import Bank

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = NOON + timedelta(days=3)
EVER = (NOON - timedelta(days=365), LATER)


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    opened = Storage.open(database_url, tables=[*ledger.TABLES, *primary.TABLES], inline=True)
    yield opened
    opened.close()


def mirror_over(storage: Storage, name: str = "bank") -> Mirror:
    return Mirror.open(name, storage=storage, ledger=Ledger(storage), settings=MirrorSettings())


def booked(bank: Bank, *moments: datetime) -> list[Event]:
    return [bank.book("A", 1, booked_at=moment) for moment in moments]


def take(mirror: Mirror, events: list[Event]) -> None:
    asyncio.run(mirror.take(events, LATER))


def test_each_event_counts_once_in_the_hour_of_its_booking(storage: Storage, bank: Bank) -> None:
    mirror = mirror_over(storage)
    events = booked(
        bank, NOON, NOON + HOUR, NOON + HOUR + 59 * MINUTE, NOON + 2 * HOUR, NOON + 4 * HOUR, NOON + 6 * HOUR
    )
    take(mirror, events[:3])
    take(mirror, events[1:])
    take(mirror, events)
    late = booked(bank, NOON + 2 * HOUR + MINUTE)
    take(mirror, late)
    assert mirror.booked_hours(*EVER) == BookedHours(
        begins=NOON + HOUR,
        ends=NOON + 6 * HOUR,
        counts={NOON + HOUR: 2, NOON + 2 * HOUR: 2, NOON + 4 * HOUR: 1},
    )
    assert mirror_over(storage, "other").booked_hours(*EVER) is None


def test_only_whole_hours_between_the_moments_that_are_asked_for_are_known(
    storage: Storage, bank: Bank
) -> None:
    mirror = mirror_over(storage)
    take(mirror, booked(bank, *(NOON + n * 30 * MINUTE for n in range(20))))
    found = mirror.booked_hours(NOON + 90 * MINUTE, NOON + 5 * HOUR - MINUTE)
    assert found == BookedHours(NOON + 2 * HOUR, NOON + 4 * HOUR, {NOON + n * HOUR: 2 for n in (2, 3)})
    assert mirror.booked_hours(NOON + 90 * MINUTE, NOON + 119 * MINUTE) is None
    assert mirror.booked_hours(NOON - 9 * HOUR, NOON) is None


def test_what_a_snapshot_covers_and_what_was_booked_before_it_is_not_known(
    storage: Storage, bank: Bank
) -> None:
    mirror = mirror_over(storage)
    line = SnapshotLine(account="A", currency="EGP", balance_minor=0, last_seq=0)
    asyncio.run(mirror.load_snapshot([line], last_seq=0, as_of=NOON + 5 * MINUTE, now=LATER))
    assert mirror.booked_hours(*EVER) is None
    take(mirror, booked(bank, NOON - 240 * HOUR, NOON + 10 * MINUTE, NOON + 3 * HOUR))
    assert mirror.booked_hours(*EVER) == BookedHours(NOON + HOUR, NOON + 3 * HOUR, {})


def test_a_mirror_of_before_the_counting_knows_hours_from_its_next_start_on(
    storage: Storage, bank: Bank
) -> None:
    take(mirror_over(storage), booked(bank, NOON, NOON + 2 * HOUR))
    storage.write_now(lambda tx: tx.execute(feed_counts.delete()))
    again = mirror_over(storage)
    take(again, booked(bank, NOON + 2 * HOUR + MINUTE, NOON + 5 * HOUR))
    assert again.booked_hours(*EVER) == BookedHours(NOON + 3 * HOUR, NOON + 5 * HOUR, {})


def test_what_is_not_committed_is_not_counted(storage: Storage, bank: Bank) -> None:
    mirror = mirror_over(storage)
    events = booked(bank, NOON, NOON + HOUR, NOON + 3 * HOUR)

    def fails(tx: object) -> None:
        mirror.apply(tx, events, now=LATER)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        storage.write_now(fails)
    assert mirror.booked_hours(*EVER) is None
    wrong = msgspec.structs.replace(bank.book("A", 1, booked_at=NOON + 4 * HOUR), balance_after_minor=7)
    with pytest.raises(IntegrityBroken):
        take(mirror, [*events, wrong])
    assert mirror.booked_hours(*EVER) == BookedHours(NOON + HOUR, NOON + 3 * HOUR, {NOON + HOUR: 1})
