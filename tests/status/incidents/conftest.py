"""Incidents over a database of each engine: changes of mode go in by the outbox, time moves when told to."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from dawam.kernel import TimeOrderedIds, World
from dawam.people import TABLES as PEOPLE
from dawam.people import Trail
from dawam.standin import MODE_CHANGED, Capability, Mode, ModeChange, Reason
from dawam.status import TABLES
from dawam.status.incidents import Incidents, IncidentSettings, Ports, Touched
from dawam.status.notices import Notices, NoticeText
from dawam.storage import Storage, outbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BANK = "nile-bank"
WORDS = {
    "ar": NoticeText("تأكّد الأمر", "نعمل على الحل."),
    "fr": NoticeText("C’est confirmé", "Nous y travaillons."),
    "en": NoticeText("It is confirmed", "We are working on it."),
}
AWAY, BACK, NORMAL = Mode.STANDING_IN, Mode.RECOVERING, Mode.NORMAL


class Clock:
    """Time that moves when told to."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def monotonic(self):
        return self.at.timestamp()


class Play:
    """An institution whose modes a test changes, and the incidents that follow."""

    def __init__(self, storage, settings=None, ports=None):
        self.clock = Clock()
        self.storage = storage
        self.world = World(self.clock, TimeOrderedIds(self.clock, Random(1)), Random(1))
        self.notices = Notices(storage, self.world, origin="https://status.example.com")
        self.trail = Trail(storage)
        self.incidents = Incidents(
            storage,
            self.world,
            settings or IncidentSettings(),
            notices=self.notices,
            ports=ports or Ports(customers=lambda institution: 1_000),
            trail=self.trail,
        )
        self.put = []

    def pass_s(self, seconds):
        self.clock.at += timedelta(seconds=seconds)
        self.work()

    def work(self):
        asyncio.run(self.incidents.work())

    def change(self, mode, *capabilities, reason=Reason.UNREACHABLE, share=0, work=True, institution=BANK):
        """Changes of mode of one moment, as the modes write them."""
        mode = Mode(mode)
        if mode is NORMAL:
            reason, share = Reason.HEALTHY, 100
        changes = [
            ModeChange(
                institution=institution,
                capability=Capability(capability),
                mode=mode,
                reason=reason,
                share_percent=share,
                at=self.clock.now(),
                evidence="3 failures in a row",
            )
            for capability in capabilities or Capability
        ]
        self.put += changes

        def write(tx):
            for change in changes:
                outbox.put(tx, MODE_CHANGED, msgspec.json.encode(change), now=self.clock.now())

        self.storage.write_now(write)
        if work:
            self.work()

    def act(self, verb):
        return asyncio.run(verb)

    def one(self):
        (incident,) = self.incidents.history(BANK, None)
        return incident

    def titles(self, incident=None):
        said = self.notices.of_subject((incident or self.one()).id)
        return [notice.texts["en"].title for notice in said]


@pytest.fixture
def storage(database_url):
    opened = Storage.open(database_url, tables=[*outbox.TABLES, *PEOPLE, *TABLES], inline=True)
    yield opened
    opened.close()


@pytest.fixture
def play(storage):
    return Play(storage)


def touched(account, why="asked", at=START):
    return Touched(account, why, at)
