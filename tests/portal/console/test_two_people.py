"""Two people are two members of the staff: a token and a session of one person are one word."""

import asyncio
import re

import httpx
import pytest
from tests.standin.stage import account, on_stage, payment, until_normal

from dawam import delivery, people, portal
from dawam.channels import ChannelSettings, Desks, Place
from dawam.channels.api import routes
from dawam.delivery import Delivery, DeliverySettings
from dawam.people import Actor, People, PeopleSettings
from dawam.portal import Console, Orders, Pulse, console_routes
from dawam.simulation import FaultKind
from dawam.storage import Storage
from dawam.web import token_digest
from dawam.web.pages import Face, Kind, Live, PageSettings, Role, Visitor, page_app

NAME = "simulated"


class Office:
    """The console and the operators' routes over one desk; `names` are what the tokens are called."""

    def __init__(self, stage, desk, url, names=str):
        tables = list(dict.fromkeys([*people.TABLES, *delivery.TABLES, *portal.TABLES]))
        self.storage = Storage.open(url, tables=tables, inline=True)
        self.desk = desk
        face = Face(stage.world, PageSettings(), templates=[portal.TEMPLATES])
        self.people = People(
            self.storage,
            stage.world,
            PeopleSettings(),
            page_settings=face.settings,
            send=lambda tx, one: None,
        )
        self.visitors = {}
        self._app = None
        self._parts = stage.world, face, names

    async def hire(self, *members):
        """Members by name, then the application with a token for each."""
        world, face, names = self._parts
        ids = {}
        for name in members:
            found, _ = await self.people.staff.invite(Actor("system"), name=name, roles=[Role.OPERATOR])
            ids[name] = found.id
            self.visitors[name] = Visitor(
                kind=Kind.STAFF, id=found.id, name=name, roles=found.roles, key=name
            )
        desks, staff, live = {NAME: self.desk}, self.people.staff, Live(PageSettings())
        orders = Orders(
            self.storage,
            world,
            desks,
            self.people.trail,
            second_needed=(),
            within_s=600,
            staff=staff.active,
        )
        console = Console(
            desks,
            self.people,
            orders,
            Delivery(self.storage, world, DeliverySettings()),
            Pulse(desks, world, live),
            live=live,
            world=world,
        )
        operators = {names(one): token_digest(name) for name, one in ids.items()}
        channel = routes(
            Desks([Place(NAME, ("*",), self.desk)]),
            world.clock,
            ChannelSettings(),
            operators={**operators, "script": token_digest("script")},
            staff=staff,
        )
        self._app = page_app([*channel, *console_routes(face, console)], face=face, sessions=self)
        return ids

    def visitor(self, key):
        return self.visitors.get(key)

    async def by_console(self, name, case, action):
        """The status of the page that answers."""
        async with self._client({"dawam": name}) as client:
            said = (await client.get("/en/console/parked")).text
            hidden = {each: re.search(f'name="{each}" value="([^"]+)"', said) for each in ("csrf", "once")}
            fields = {each: found[1] for each, found in hidden.items() if found}
            path = f"/en/console/parked/{NAME}/{case}/settle"
            answer = await client.post(path, data={**fields, "action": action})
            return answer.status_code

    async def seen(self, name):
        async with self._client({"dawam": name}) as client:
            return (await client.get("/en/console/parked")).text

    async def by_token(self, name, case, action):
        """What the answer says of itself."""
        async with self._client({}) as client:
            answer = await client.post(
                f"/v1/operator/{NAME}/parked/{case}/settle",
                json={"action": action},
                headers={"authorization": f"Bearer {name}"},
            )
            return answer.json().get("code", answer.json().get("settled"))

    def _client(self, cookies):
        transport = httpx.ASGITransport(app=self._app)
        return httpx.AsyncClient(
            transport=transport,
            base_url="http://dawam.test",
            cookies=cookies,
            headers={"accept": "text/html"},
        )


def in_office(story, url, **options):
    """Run `story(office, case)`, where one decision was refused by the primary."""

    async def whole(stage, desk):
        office = Office(stage, desk, url, **options)
        try:
            stage.faults.start(FaultKind.DOWN)
            await desk.pay(payment(4_000), key="k")
            stage.primary.book(account(0), -9_000, "cash_out")
            stage.faults.clear()
            await until_normal(desk)
            (case,) = desk.parked()
            return await story(office, case.advice_id)
        finally:
            office.storage.close()

    return on_stage(whole)


@pytest.mark.parametrize("names", [str, str.lower, lambda one: f" {one.swapcase()}"])
def test_the_token_of_a_member_is_the_same_person_as_their_session(database_url, names):
    async def story(office, case):
        await office.hire("amal", "badr")
        first = await office.by_console("amal", case, "write_off")
        own = await office.by_token("amal", case, "write_off")
        parked = len(office.desk.parked())
        return first, own, parked, await office.by_token("badr", case, "write_off")

    assert in_office(story, database_url, names=names) == (303, "second_person_needed", 1, True)


def test_nor_is_a_session_a_second_person_after_the_token():
    async def story(office, case):
        await office.hire("amal", "badr")
        first = await office.by_token("amal", case, "write_off")
        page = await office.seen("amal")
        own = await office.by_console("amal", case, "write_off")
        return (
            first,
            "another person must agree" in page,
            own,
            await office.by_console("badr", case, "write_off"),
        )

    first, told, own, second = in_office(story, "sqlite://")
    assert (first, told, second) == (False, True, 303)
    assert own in (400, 403)


def test_a_token_that_is_nobodys_is_no_person_here():
    async def story(office, case):
        await office.hire("amal")
        alone = await office.by_token("script", case, "write_off")
        await office.by_console("amal", case, "write_off")
        return alone, await office.by_token("script", case, "write_off"), len(office.desk.parked())

    assert in_office(story, "sqlite://") == ("member_needed", "member_needed", 1)


def test_whoever_was_dismissed_has_no_token_and_no_word():
    async def story(office, case):
        ids = await office.hire("amal", "badr", "dina")
        await office.by_token("amal", case, "write_off")
        await office.people.staff.dismiss(Actor("system"), ids["amal"])
        again = await office.by_token("amal", case, "write_off")
        page = await office.seen("badr")
        first = await office.by_token("badr", case, "retry")
        await asyncio.sleep(0)
        return again, "proposes" in page, first, await office.by_console("dina", case, "retry")

    assert in_office(story, "sqlite://") == ("operator_dismissed", False, False, 303)
