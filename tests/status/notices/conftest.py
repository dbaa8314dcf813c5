"""Notices over a database of each engine, with a clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from dawam.kernel import TimeOrderedIds, World
from dawam.status.notices import TABLES, Notices, NoticeText
from dawam.storage import Storage, outbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXTS = {
    "ar": NoticeText("الأرصدة تأتي من النظام البديل", "لا يستجيب النظام منذ ١٠:٤٢.\nلا تُخصم دفعة مرتين."),
    "fr": NoticeText("Les soldes viennent du système de secours", "Aucun paiement n’est pris deux fois."),
    "en": NoticeText("Balances come from the standby system", "Since 10:42. No payment is taken twice."),
}


class Clock:
    """Time that moves when told to."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def monotonic(self):
        return self.at.timestamp()

    def pass_s(self, seconds):
        self.at += timedelta(seconds=seconds)


def a_world(clock, seed=1):
    return World(clock, TimeOrderedIds(clock, Random(seed)), Random(seed))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def storage(database_url):
    opened = Storage.open(database_url, tables=[*outbox.TABLES, *TABLES], inline=True)
    yield opened
    opened.close()


@pytest.fixture
def notices(storage, clock):
    return Notices(storage, a_world(clock), origin="https://status.example.com")


@pytest.fixture
def publish(notices, storage, clock):
    def publish(subject="i-1", texts=TEXTS, institution="nile-bank", **more):
        return storage.write_now(
            lambda tx: notices.publish(
                tx,
                institution=institution,
                kind="incident",
                subject_id=subject,
                texts=texts,
                capabilities=("balance", "payment"),
                now=clock.now(),
                **more,
            )
        )

    return publish
