"""Customers on their pages, over a whole simulated Dawam: virtual time, a database of people of its own."""

import re

import httpx
import msgspec
from tests.standin.stage import SETTINGS, account, on_stage

from dawam import people, portal
from dawam.kernel import Forbidden
from dawam.people import Customer, Holding, People, PeopleSettings
from dawam.portal.customer import TABLES, CustomerSettings, Teller, customer_routes
from dawam.storage import Storage, outbox
from dawam.web.pages import Face, Kind, PageSettings, Visitor, page_app

NAME = "simulated"
HOSTILE = '\u202e<script>alert("gnp.exe")</script>\u2066'
MONA = Customer(
    id="MONA",
    name="Mona Farouk",
    phone="+201001234567",
    holdings=(
        Holding(institution=NAME, account=account(0), label="Current"),
        Holding(institution=NAME, account=account(1), label=""),
    ),
)
OMAR = Customer(
    id="OMAR",
    name="عمر خالد",
    phone="+201001234568",
    holdings=(Holding(institution=NAME, account=account(2), label="جارٍ"),),
)
EVIL = Customer(
    id="EVIL",
    name=HOSTILE,
    phone="+201001234569",
    holdings=(Holding(institution=NAME, account=account(3), label=HOSTILE),),
)
LOST = Customer(
    id="LOST",
    name="Lost Soul",
    phone="+201001234570",
    holdings=(
        Holding(institution=NAME, account="never-opened", label="Ghost"),
        Holding(institution="closed-bank", account="x-1", label="Elsewhere"),
        Holding(institution=NAME, account=account(4), label="Real"),
    ),
)
EVERYBODY = (MONA, OMAR, EVIL, LOST)
TOKEN = "agent-token"


class Keys:
    """A session for each customer; the browser's cookie is the id."""

    def visitor(self, key):
        known = {one.id for one in EVERYBODY}
        return Visitor(kind=Kind.CUSTOMER, id=key, name=key, key=key) if key in known else None


def admit(headers):
    given = dict(headers).get(b"authorization", b"")
    if given != f"Bearer {TOKEN}".encode():
        raise Forbidden("token_wrong")


class Lobby:
    """The pages of one stage."""

    def __init__(self, stage, desk, url, settings, **ports):
        tables = list(dict.fromkeys([*people.TABLES, *TABLES, *outbox.TABLES]))
        self.storage = Storage.open(url, tables=tables, inline=True)
        self.stage, self.desk = stage, desk
        self.face = Face(stage.world, PageSettings(), templates=[portal.TEMPLATES])
        self.people = People(
            self.storage,
            stage.world,
            PeopleSettings(),
            page_settings=self.face.settings,
            send=lambda tx, message: None,
        )
        self.storage.write_now(lambda tx: self.people.customers.add(tx, *EVERYBODY))
        self.settings, self.ports = settings, ports
        self.teller = self._made(b"s" * 32)
        self._serve()

    async def restart(self, secret):
        """Another life of the pages over the same database, as far as its first work."""
        self.teller = self._made(secret)
        self._serve()
        await self.teller.cash_outs.end_lost()

    def _made(self, secret):
        return Teller(
            {NAME: self.desk},
            self.people.customers,
            self.storage,
            self.stage.world,
            self.settings,
            secret=secret,
            **self.ports,
        )

    def _serve(self):
        routes = customer_routes(self.face, self.teller, admit=admit)
        self.app = page_app(routes, face=self.face, sessions=Keys())

    def browser(self, customer=MONA):
        return Browser(self.app, customer and customer.id)

    def news(self):
        found = self.storage.read(lambda rows: rows.execute(outbox.outbox.select()).all())
        return [(row.topic, msgspec.json.decode(bytes(row.body))) for row in found]


class Browser:
    """A phone with a cookie; forms are sent as they stand on the page."""

    def __init__(self, app, key):
        cookies = {"dawam": key} if key else {}
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://dawam.test",
            cookies=cookies,
            headers={"accept": "text/html"},
        )

    async def get(self, path):
        return await self.client.get(path)

    async def hidden(self, page):
        """What the last form of ours on a page carries unseen."""
        said = (await self.client.get(page)).text
        main = said[said.index("<main") : said.index("</main>")]
        form = main[main.index("<form") : main.index("</form>")]
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))

    async def send(self, page, path=None, *, follow=False, hidden=None, **fields):
        """Fill in the form of a page."""
        unseen = hidden if hidden is not None else await self.hidden(page)
        answer = await self.client.post(path or page, data={**unseen, **fields})
        if follow and answer.status_code == 303:
            return await self.client.get(answer.headers["location"])
        return answer

    async def app(self, path, body, token=TOKEN):
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        return await self.client.post(path, json=body, headers=headers)


def visit(story, *, url="sqlite://", settings=None, standin=SETTINGS, ports=None, **options):
    """Run `story(lobby)`; its browsers speak to the pages within virtual time."""

    async def whole(stage, desk):
        lobby = Lobby(stage, desk, url, settings or CustomerSettings(), **(ports or {}))
        try:
            return await story(lobby)
        finally:
            lobby.storage.close()

    return on_stage(whole, settings=standin, **options)


def plain(html):
    """A page as it is read: without tags, isolates and runs of spaces."""
    main = html[html.index("<main") : html.index("</main>")] if "<main" in html else html
    text = re.sub(r"<[^>]+>", " ", main)
    text = re.sub("[\u2066-\u2069\u061c\u200e]", "", text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)
