"""Subscriptions over a database of each engine, with ways out that remember, and a clock moved by hand."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from dawam.delivery import TABLES as DELIVERY_TABLES
from dawam.delivery import Delivery, DeliverySettings, Sent, Way
from dawam.kernel import TimeOrderedIds, World, id_to_text
from dawam.status.notices import TABLES as NOTICE_TABLES
from dawam.status.notices import Notices, NoticeText
from dawam.status.subscriptions import TABLES, TEMPLATES, Subscriptions, SubscriptionSettings, Wishes
from dawam.storage import Storage, outbox
from dawam.web.pages import Face, PageSettings

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORIGIN = "https://status.example.com"
TEXTS = {
    "ar": NoticeText("الأرصدة تأتي من النظام البديل", "لا يستجيب النظام منذ ١٠:٤٢.\nلا تُخصم دفعة مرتين."),
    "fr": NoticeText("Les soldes viennent du système de secours", "Aucun paiement n’est pris deux fois."),
    "en": NoticeText("Balances come from the standby system", "Since 10:42. No payment is taken twice."),
}


class Clock:
    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def monotonic(self):
        return (self.at - START).total_seconds()

    def pass_s(self, seconds):
        self.at += timedelta(seconds=seconds)


class Recorder:
    """A way out that answers as told."""

    def __init__(self):
        self.outcome = Sent()
        self.got = []

    async def open(self):
        pass

    async def send(self, message):
        self.got.append(message)
        return self.outcome

    async def close(self):
        pass


class Town:
    """Everything together; `settle` lets all that is due happen."""

    def __init__(self, url, settings=None):
        self.clock = Clock()
        self.world = World(self.clock, TimeOrderedIds(self.clock, Random(1)), Random(2))
        tables = [*outbox.TABLES, *DELIVERY_TABLES, *NOTICE_TABLES, *TABLES]
        self.storage = Storage.open(url, tables=tables)
        self.out = {way: Recorder() for way in (Way.EMAIL, Way.SMS, Way.PUSH, Way.WEBHOOK)}
        self.delivery = Delivery(self.storage, self.world, DeliverySettings(page=3), senders=self.out)
        self.face = Face(self.world, PageSettings(public_url=ORIGIN), templates=[TEMPLATES])
        self.notices = Notices(self.storage, self.world, origin=ORIGIN)
        self.subscriptions = Subscriptions(
            self.storage,
            self.world,
            settings or SubscriptionSettings(asks_at_once=100, asks_in_all_per_min=1_000),
            delivery=self.delivery,
            notices=self.notices,
            face=self.face,
        )
        self.runner = asyncio.Runner()
        self.run = self.runner.run

    def settle(self):
        async def story():
            quiet = 0
            while quiet < 3:
                moved = await self.subscriptions.catch_up() + await self.delivery.turn()
                quiet = 0 if moved else quiet + 1
                for _ in range(5):
                    await asyncio.sleep(0)

        self.run(story())

    def new_id(self):
        return id_to_text(self.world.ids.next())

    def ask(self, address="mona@example.org", way=Way.EMAIL, institution="nile-bank", who="1", **wishes):
        ask_id = self.new_id()
        chosen = Wishes(**{"locale": "en", **wishes})
        self.run(self.subscriptions.ask(ask_id, institution, way, address, chosen, who=who))
        self.settle()
        return ask_id

    def subscribe(self, address="mona@example.org", way=Way.EMAIL, **more):
        ask_id = self.ask(address, way, **more)
        return self.run(self.subscriptions.confirm_by_code(ask_id, self.code(way)))

    def last(self, way=Way.EMAIL):
        return self.out[way].got[-1]

    def code(self, way=Way.EMAIL):
        return re.search(r"\b\d{6}\b", self.last(way).body)[0]

    def token(self, purpose, way=Way.EMAIL):
        return re.search(rf"/subscriptions/{purpose}/([\w-]+)", self.last(way).body)[1]

    def publish(self, subject="i-1", kind="incident", institution="nile-bank", capabilities=("balance",)):
        notice = self.storage.write_now(
            lambda tx: self.notices.publish(
                tx,
                institution=institution,
                kind=kind,
                subject_id=subject,
                texts=TEXTS,
                capabilities=capabilities,
                now=self.clock.now(),
            )
        )
        self.settle()
        return notice

    def told(self, way=Way.EMAIL):
        """Keys of notices that have reached somebody."""
        return [each for each in self.out[way].got if not each.key.startswith("ask:")]

    def close(self):
        self.runner.close()
        self.storage.close()


@pytest.fixture
def town(database_url):
    town = Town(database_url)
    yield town
    town.close()
