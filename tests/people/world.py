"""A world whose clock is moved by hand, people on a database of the test's own, and their pages."""

import random
import re
from datetime import UTC, datetime, timedelta

from litestar.testing import TestClient

from dawam.delivery import Message
from dawam.kernel import TimeOrderedIds, World, id_to_text
from dawam.people import TABLES, TEMPLATES, Argon2, Customer, Holding, People, PeopleSettings, page_routes
from dawam.storage import Storage
from dawam.web.pages import Face, PageSettings, page_app

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SITE = "http://dawam.test"
MONA = Customer(
    id="CUSTOMER-MONA",
    name="منى فاروق",
    phone="+201001234567",
    email="mona@example.com",
    locale="ar",
    holdings=(Holding(institution="nile", account="EG-1", label="Current"),),
)


class HandClock:
    def __init__(self):
        self.moment = START

    def now(self):
        return self.moment

    def monotonic(self):
        return (self.moment - START).total_seconds()

    def pass_by(self, seconds):
        self.moment += timedelta(seconds=seconds)


class CountingHash(Argon2):
    """The real hash, which counts how often it works."""

    def __init__(self):
        super().__init__()
        self.made = 0
        self.checked = 0

    async def of(self, secret, entropy):
        self.made += 1
        return await super().of(secret, entropy)

    async def fits(self, hashed, secret):
        self.checked += 1
        return await super().fits(hashed, secret)


class Town:
    """People with what their messages were."""

    def __init__(self, url, *, settings=None, public_url=SITE):
        self.clock = HandClock()
        entropy = random.Random(7)
        self.world = World(self.clock, TimeOrderedIds(self.clock, entropy), entropy)
        self.storage = Storage.open(url, tables=TABLES, inline=True)
        self.sent: list[Message] = []
        self.hashing = CountingHash()
        self.page_settings = PageSettings(public_url=public_url)
        self.people = People(
            self.storage,
            self.world,
            settings or PeopleSettings(),
            page_settings=self.page_settings,
            send=lambda tx, message: self.sent.append(message),
            hashing=self.hashing,
        )
        self.face = Face(self.world, self.page_settings, templates=[TEMPLATES])

    def add(self, *customers):
        self.storage.write_now(lambda tx: self.people.customers.add(tx, *customers))

    def once(self):
        return id_to_text(self.world.ids.next())

    def app(self, *more):
        routes = page_routes(self.face, self.people, institutions=["nile", "delta"])
        return page_app([*routes, *more], face=self.face, sessions=self.people.sessions)

    def browser(self, *more, **options):
        return Browser(TestClient(self.app(*more), base_url=SITE, **options), self)

    def last_code(self):
        return re.search(r"\d{6}", self.sent[-1].body).group()

    def close(self):
        self.storage.close()


class Browser:
    """A client that fills in forms as a browser without scripts does."""

    def __init__(self, client, town):
        self.client = client
        self.town = town

    @property
    def key(self):
        return self.client.cookies.get("dawam", "")

    def get(self, path):
        return self.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)

    def token(self, path):
        found = re.search(r'name="csrf" (?:value|content)="([^"]+)"', self.get(path).text)
        return found.group(1)

    def send(self, path, *, at=None, **fields):
        """Post a form that stands on the page `at`."""
        csrf = self.token(at or path)
        return self.client.post(
            path,
            data={"csrf": csrf, "once": self.town.once(), **fields},
            headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
            follow_redirects=False,
        )

    def ask(self, path, *, at):
        """What a script asks for as JSON."""
        return self.client.post(
            path,
            data={"csrf": self.token(at)},
            headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
        )
