"""The whole application with something of everything in it, at two institutions, and browsers of everybody.

Requests go to it as a server hands them on, so that a test can send what no client would.
"""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote, unquote, urlencode

from dawam.app import build, create_app
from dawam.app.front import Front
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.delivery import DeliverySettings
from dawam.kernel import TimeOrderedIds, World, id_to_text
from dawam.people import Actor, Customer, Holding, How, Opening
from dawam.standin import Capability
from dawam.status import MaintenanceWindow
from dawam.status.notices import NoticeText
from dawam.status.windows import Draft
from dawam.web.pages import Audience, Kind, PageSettings, Role, form_token

START = datetime(2026, 11, 22, 8, tzinfo=UTC)  # a Sunday, 10:00 in Cairo
NAMES = {"ar": "منى السرّية", "en": "Badr Secretname"}
PHONE, EMAIL, ACCOUNT = "+201009876543", "secret.person@example.com", "EG-777-SECRET"
TEXTS = {one: NoticeText(f"Title {one}", f"Body {one}") for one in ("ar", "fr", "en")}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Clock:
    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def monotonic(self):
        return self.at.timestamp()


class House:
    """Institutions `nile` and `delta`; `things` are ids of what stands in the routes, by institution."""

    def __init__(self, url="sqlite://", *, pages=None, delivery=None):
        self.clock = Clock()
        entropy = Random(7)
        self.world = World(self.clock, TimeOrderedIds(self.clock, entropy), entropy)
        institution = InstitutionSettings(primary_url="http://127.0.0.1:9")
        self.node = build(
            Settings(
                storage=StorageSettings(url=url),
                pages=pages or PageSettings(),
                delivery=delivery or DeliverySettings(),
                institutions={"nile": institution, "delta": institution},
            ),
            world=self.world,
        )
        self.app = create_app(self.node)
        self.app.on_startup.clear()
        self.app.on_shutdown.clear()
        self.front = Front(self.node)
        self.storage = self.node.storage
        self.things = {}
        self._runner = asyncio.Runner()
        self.run = self._runner.run

    async def fill(self):
        """One of everything at each institution."""
        await self.fill_people()
        for place in ("nile", "delta"):
            await self._fill(place)

    async def fill_people(self):
        """A customer."""
        self.storage.write_now(
            lambda tx: self.front.people.customers.add(
                tx,
                Customer(
                    id="C1",
                    name=NAMES["ar"],
                    phone=PHONE,
                    email=EMAIL,
                    locale="en",
                    holdings=(Holding(institution="nile", account=ACCOUNT, label="Current"),),
                ),
            )
        )

    async def _fill(self, place):
        author = await self.member(Role.OPERATOR, institutions=(place,))
        window = await self.window(place, author)
        incident = self.storage.write_now(
            lambda tx: self.front.incidents.overran(
                tx, window.id, place, [Capability.BALANCE.value], self.clock.now()
            )
        )
        order = await self.post(
            author.key,
            f"/en/console/institutions/{place}/orders",
            act="hand_back",
            reason="as agreed",
        )
        assert order[0] == 303, order
        waiting = self.front._console.orders.waiting((place,))
        self.things[place] = {
            "institution": place,
            "window_id": window.id,
            "incident_id": incident.id,
            "order": waiting[0].id,
            "member": author.id,
            "advice": NOBODY,
        }

    async def window(self, place, author) -> MaintenanceWindow:
        """A planned window in a month."""
        starts = self.clock.now() + timedelta(days=30 + len(self.things), hours=16)
        draft = Draft(
            id=self.once(),
            institution=place,
            scope="Core banking",
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            capabilities=(Capability.BALANCE,),
            goes_on=(),
            texts=TEXTS,
        )
        return await self.front.windows.plan(draft, by=author.id)

    async def member(self, *roles, institutions=(), name=NAMES["en"]):
        """A member of the staff who has signed in."""
        found, _ = await self.front.people.staff.invite(
            Actor("system"), name=name, roles=roles, institutions=institutions
        )
        return self.signed_in(Kind.STAFF, found.id)

    def customer(self):
        """The customer, signed in."""
        return self.signed_in(Kind.CUSTOMER, "C1")

    def signed_in(self, kind, person):
        sessions = self.front.people.sessions
        opening = Opening(
            id=self.once(),
            key=sessions.fresh_key(),
            kind=kind,
            person=person,
            how=How.PASSKEY,
            device="Firefox/Android",
        )
        self.storage.write_now(lambda tx: sessions.begin(tx, opening, replaces="", now=self.clock.now()))
        return Who(opening.key, person)

    def once(self):
        return id_to_text(self.world.ids.next())

    def table(self):
        """Path template, method and rule of every route that ends and is not for apps."""
        found = []
        for route in self.app.routes:
            for handler in getattr(route, "route_handlers", []):
                rule = handler.opt.get("rule")
                methods = handler.http_methods & {"GET", "POST"}
                if methods and rule.audience is not Audience.APP and not streams(route.path):
                    found += [(route.path, one, rule) for one in methods]
        return sorted(found, key=lambda one: one[:2])

    async def get(self, key, target, **sent):
        return await ask(self.app, "GET", target, sent=sent, key=key)

    async def post(self, key, target, sent=None, **fields):
        """A form with its token and an id of its own."""
        token = form_token(key, self.world.entropy)
        whole = {"csrf": token, "once": self.once(), **fields}
        return await ask(self.app, "POST", target, sent=sent, body=urlencode(whole).encode(), key=key)

    def close(self):
        self.run(self.node.stop())
        self._runner.close()


class Who:
    """Somebody who has signed in: what the browser holds, and who it is."""

    def __init__(self, key, identifier):
        self.key = key
        self.id = identifier


def streams(path):
    """Whether an answer goes on for ever."""
    return path.endswith(("/live", "/events", "/stream", "/news"))


def filled(template, picks, otherwise=NOBODY):
    """A path of a template; what stands in braces is written as a browser would."""
    parts = []
    for part in template.split("/"):
        name = part.strip("{}").split(":")[0] if part.startswith("{") else None
        parts.append(quote(picks.get(name, otherwise), safe="") if name else part)
    return "/".join(parts)


async def ask(app, method, target, *, sent=None, body=b"", key=""):
    """One request as the server hands it on: status, headers, body."""
    path, _, query = target.partition("?")
    given = {
        "accept": "text/html",
        "host": "dawam.local",
        "cookie": f"dawam={key or 'guest'}",
        "content-type": "application/x-www-form-urlencoded",
        **(sent or {}),
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("utf-8", "replace")) for name, value in given.items()],
        "client": ("192.0.2.7", 4711),
        "server": ("dawam.local", 80),
        "state": {},
    }
    said = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    ended = asyncio.Event()

    async def receive():
        if waiting:
            return waiting.pop()
        await ended.wait()  # who asks stays until all is said
        return {"type": "http.disconnect"}

    async def send(message):
        said.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    await app(scope, receive, send)
    begun = next(message for message in said if message["type"] == "http.response.start")
    whole = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
    headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in begun["headers"]]
    return begun["status"], headers, whole


def fields_in(page):
    """The forms of a page: where each leads, and what it would send as it stands."""
    found = []
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        action = re.search(r'\baction="([^"]*)"', form)
        fields = dict(re.findall(r'name="([^"]+)"[^>]*?value="([^"]*)"', form))
        found.append((action[1] if action else "", fields))
    return found
