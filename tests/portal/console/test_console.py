"""The operator's console: who sees what, orders of one and of two people, parked cases, the trail."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from litestar.testing import TestClient

from dawam import delivery, people, portal
from dawam.app import TABLES, build
from dawam.config import InstitutionSettings, Settings
from dawam.delivery import Delivery, DeliverySettings
from dawam.kernel import TimeOrderedIds, World
from dawam.people import Actor, People, PeopleSettings
from dawam.portal import Console, Orders, Pulse, console_routes
from dawam.portal.console.acts import Act
from dawam.standin import Capability, Mode
from dawam.storage import Storage
from dawam.web.pages import Face, Kind, Live, PageSettings, Role, Visitor, page_app

HTML = {"accept": "text/html"}
EVIL = "<script>alert(1)</script>\u202egnp.exe"


class Clock:
    def __init__(self):
        self.at = datetime(2026, 3, 1, 10, tzinfo=UTC)

    def now(self):
        return self.at

    def monotonic(self):
        return self.at.timestamp()


class Keys:
    """A session for each name; the browser's cookie is the name."""

    def __init__(self, visitors):
        self.visitors = visitors

    def visitor(self, key):
        return self.visitors.get(key)


class Silence:
    """A primary that nobody asks."""


class Place:
    def __init__(self, url):
        self.clock = Clock()
        world = World(self.clock, TimeOrderedIds(self.clock, Random(1)), Random(2))
        tables = list(dict.fromkeys([*TABLES, *people.TABLES, *delivery.TABLES, *portal.TABLES]))
        self.storage = Storage.open(url, tables=tables, inline=True)
        settings = Settings(
            institutions={
                name: InstitutionSettings(primary_url="http://127.0.0.1:9") for name in ("nil", "atlas")
            }
        )
        links = dict.fromkeys(settings.institutions, Silence())
        self.node = build(settings, world=world, links=links, storage=self.storage)
        face = Face(world, PageSettings(), templates=[portal.TEMPLATES])
        self.people = People(
            self.storage, world, PeopleSettings(), page_settings=face.settings, send=lambda tx, message: None
        )
        self.keys = Keys({})
        orders = Orders(
            self.storage,
            world,
            self.node.desks,
            self.people.trail,
            second_needed=(Act.HAND_BACK,),
            within_s=600,
            staff=self.people.staff.active,
        )
        self.live = Live(PageSettings())
        self.pulse = Pulse(self.node.desks, world, self.live)
        delivering = Delivery(self.storage, world, DeliverySettings())
        console = Console(
            self.node.desks, self.people, orders, delivering, self.pulse, live=self.live, world=world
        )
        self.orders = orders
        self.app = page_app(console_routes(face, console), face=face, sessions=self.keys)

    def member(self, name, *roles, institutions=()):
        found, _ = asyncio.run(
            self.people.staff.invite(Actor("system"), name=name, roles=roles, institutions=institutions)
        )
        key = f"key-{found.id}"
        self.keys.visitors[key] = Visitor(
            kind=Kind.STAFF,
            id=found.id,
            name=name,
            roles=frozenset(roles),
            institutions=institutions,
            key=key,
        )
        client = TestClient(self.app)
        client.cookies.set("dawam", key)
        client.headers["accept"] = "text/html"
        client.follow_redirects = False
        return client


@pytest.fixture
def place(database_url):
    found = Place(database_url)
    yield found
    found.storage.close()


def sent(client, page, form, path=None, **fields):
    """Send the form of a page, with its token; `form` is the path's last part."""
    said = client.get(page).text
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', said)[1] for name in ("csrf", "once")}
    return client.post(path or form, data={**hidden, **fields})


def test_an_operator_takes_over_alone_and_it_stands_in_the_trail(place):
    amal = place.member("Amal", Role.OPERATOR)
    page = "/en/console/institutions/nil"
    answer = sent(
        amal, page, f"{page}/orders", act="take_over", capability_payment="on", reason="I saw it first"
    )
    assert answer.status_code == 303
    states = {state.capability: state.mode for state in place.node.desks["nil"].capabilities()}
    assert states[Capability.PAYMENT] is Mode.STANDING_IN
    assert states[Capability.BALANCE] is Mode.NORMAL
    assert "Take over: ordered and done" in amal.get("/en/console/trail").text
    assert "I saw it first" in amal.get(page).text


def test_handing_back_needs_an_approver_who_is_not_the_one_who_ordered_it(place):
    amal = place.member("Amal", Role.OPERATOR, Role.APPROVER)
    badr = place.member("Badr", Role.APPROVER)
    page, desk = "/ar/console/institutions/nil", place.node.desks["nil"]
    sent(amal, page, f"{page}/orders", act="take_over", reason="wrong balances")
    assert (
        sent(amal, page, f"{page}/orders", act="hand_back", reason="mended")
        .headers["location"]
        .endswith("/approvals")
    )
    assert desk.modes.states[Capability.BALANCE].mode is Mode.STANDING_IN
    (order,) = place.orders.waiting()
    settle = f"/ar/console/approvals/{order.id}/settle"
    own = sent(amal, "/ar/console/approvals", settle, word="agree")
    assert own.status_code == 403
    assert desk.watch.operator
    assert sent(badr, "/ar/console/approvals", settle, word="agree").status_code == 303
    assert not desk.watch.operator
    assert sent(badr, "/ar/console/approvals", settle, word="agree").status_code == 409


def test_an_order_that_waited_too_long_is_not_carried_out(place):
    amal = place.member("Amal", Role.OPERATOR)
    badr = place.member("Badr", Role.APPROVER)
    page = "/en/console/institutions/nil"
    sent(amal, page, f"{page}/orders", act="hand_back", reason="mended")
    (order,) = place.orders.waiting()
    approvals = badr.get("/en/console/approvals").text
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', approvals)[1] for name in ("csrf", "once")}
    place.clock.at += timedelta(seconds=601)
    late = badr.post(f"/en/console/approvals/{order.id}/settle", data={**hidden, "word": "agree"})
    assert late.status_code == 409
    assert place.orders.waiting() == []


def test_what_somebody_ordered_who_was_dismissed_since_can_only_be_refused(place):
    amal = place.member("Amal", Role.OPERATOR)
    badr = place.member("Badr", Role.APPROVER)
    page = "/en/console/institutions/nil"
    sent(amal, page, f"{page}/orders", act="hand_back", reason="mended")
    (order,) = place.orders.waiting()
    asyncio.run(place.people.staff.dismiss(Actor("system"), order.by))
    settle = f"/en/console/approvals/{order.id}/settle"
    assert sent(badr, "/en/console/approvals", settle, word="agree").status_code == 409
    assert len(place.orders.waiting()) == 1
    assert sent(badr, "/en/console/approvals", settle, word="refuse").status_code == 303
    assert place.orders.waiting() == []


def test_a_form_sent_twice_is_one_order(place):
    amal = place.member("Amal", Role.OPERATOR)
    page = "/fr/console/institutions/nil"
    said = amal.get(page).text
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', said)[1] for name in ("csrf", "once")}
    for _ in range(2):
        assert amal.post(f"{page}/orders", data={**hidden, "act": "pause", "reason": "x"}).status_code == 303
    assert len(place.orders.latest(10)) == 1
    assert len(place.people.trail.entries()) == 2  # the invitation and the order
    assert place.node.desks["nil"].paused


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "take_over", "reason": " "},
        {"act": "explode", "reason": "x"},
        {"act": "pause", "reason": "x" * 301},
    ],
)
def test_an_order_without_sense_is_shown_again_with_what_is_wrong(place, fields):
    amal = place.member("Amal", Role.OPERATOR)
    page = "/ar/console/institutions/nil"
    answer = sent(amal, page, f"{page}/orders", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert place.orders.latest(10) == []


def test_who_may_only_look_gives_no_orders_and_sees_no_form(place):
    dina = place.member("Dina", Role.VIEWER)
    page = "/en/console/institutions/nil"
    assert "Give the order" not in dina.get(page).text
    operator = place.member("Amal", Role.OPERATOR).get(page).text
    token = re.search('name="csrf" value="([^"]+)"', operator)[1]
    assert (
        dina.post(f"{page}/orders", data={"csrf": token, "act": "take_over", "reason": "x"}).status_code
        == 403
    )
    assert place.orders.latest(10) == []


def test_another_institutions_staff_sees_nothing_of_it(place):
    amal = place.member("Amal", Role.OPERATOR, institutions=("atlas",))
    assert "nil" not in re.findall("institutions/([a-z]+)", amal.get("/en/console").text)
    for path in ("", "/state", "/live"):
        assert amal.get(f"/en/console/institutions/nil{path}").status_code == 404


def test_hostile_reasons_are_shown_and_never_obeyed(place):
    amal = place.member(EVIL, Role.OPERATOR)
    page = "/ar/console/institutions/nil"
    sent(amal, page, f"{page}/orders", act="take_over", reason=EVIL)
    for path in (page, "/ar/console/approvals", "/ar/console/trail", "/ar/console"):
        text = amal.get(path).text
        assert "<script>alert" not in text
        assert "\u202e" not in text


def test_the_pulse_is_sampled_and_told_to_open_pages(place):
    place.pulse.beat()
    place.clock.at += timedelta(seconds=2)
    place.pulse.beat()
    first, second = place.pulse.samples("nil")
    assert second.at > first.at
    assert (second.primary, second.share_percent, second.feed_age_s) == (0.0, 100, None)
    amal = place.member("Amal", Role.VIEWER)
    said = amal.get("/en/console/institutions/nil").text
    assert said.count("data-chart=") == 6


def test_the_console_tells_how_many_balances_were_checked_again_and_wrong(place):
    place.node.desks["nil"].measures.checked = 3
    place.node.desks["nil"].measures.wrong = 1
    amal = place.member("Amal", Role.VIEWER)
    for path in ("", "/state"):
        said = amal.get(f"/en/console/institutions/nil{path}").text
        assert "0 shown, 3 checked again, 1 wrong" in said


def test_the_page_of_messages_tells_numbers_and_nothing_else(place):
    dina = place.member("Dina", Role.VIEWER)
    for locale in ("ar", "fr", "en"):
        assert dina.get(f"/{locale}/console/delivery").status_code == 200
