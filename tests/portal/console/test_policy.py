"""The policy as the staff read it: the rules, and what is left of them at the moment."""

import asyncio

import msgspec
from tests.portal.customer.lobby import Browser, plain
from tests.standin.stage import SETTINGS, on_stage, payment

from dawam import delivery, people, portal
from dawam.delivery import Delivery, DeliverySettings
from dawam.kernel import PaymentKind
from dawam.people import People, PeopleSettings
from dawam.portal import Console, Orders, Pulse, console_routes
from dawam.simulation import FaultKind
from dawam.standin import Limits, Tier
from dawam.storage import Storage
from dawam.web.pages import Face, Kind, Live, PageSettings, Role, Visitor, page_app

NAME = "simulated"
PAGE = f"/{{locale}}/console/institutions/{NAME}/policy"
POLICY = msgspec.structs.replace(
    SETTINGS.policy,
    kinds=(PaymentKind.TRANSFER, PaymentKind.CHEQUE),
    tiers=(Tier(name="shops", accounts=("s-*", "t-*"), limits=Limits(per_payment_minor=700_000)),),
    fresh_for_s=100.0,
    refuse_after_s=1_100.0,
    floor_share=0.5,
    exposure_minor=1_000_000,
)
LOOKS = Visitor(kind=Kind.STAFF, id="dina", name="Dina", roles=frozenset({Role.VIEWER}), key="dina")


class Keys:
    def visitor(self, key):
        return LOOKS if key == LOOKS.key else None


def reading(story):
    """Run `story(stage, desk, browser)` with a viewer's browser on the console."""

    async def whole(stage, desk):
        storage = Storage.open(
            "sqlite://", tables=[*people.TABLES, *delivery.TABLES, *portal.TABLES], inline=True
        )
        world, desks, live = stage.world, {NAME: desk}, Live(PageSettings())
        face = Face(world, PageSettings(), templates=[portal.TEMPLATES])
        staff = People(
            storage, world, PeopleSettings(), page_settings=face.settings, send=lambda tx, one: None
        )
        orders = Orders(
            storage, world, desks, staff.trail, second_needed=(), within_s=60, staff=staff.staff.active
        )
        delivering = Delivery(storage, world, DeliverySettings())
        console = Console(desks, staff, orders, delivering, Pulse(desks, world, live), live=live, world=world)
        app = page_app(console_routes(face, console), face=face, sessions=Keys())
        try:
            return await story(stage, desk, Browser(app, LOOKS.key))
        finally:
            storage.close()

    return on_stage(whole, settings=msgspec.structs.replace(SETTINGS, policy=POLICY))


async def read(browser, locale="en"):
    answer = await browser.get(PAGE.format(locale=locale))
    assert answer.status_code == 200
    return plain(answer.text)


def test_the_rules_are_said_in_plain_words():
    async def story(stage, desk, browser):
        return await read(browser), (await browser.get(f"/en/console/institutions/{NAME}")).text

    page, institution = reading(story)
    assert "The limits hold in full." in page
    assert "Exposure now EGP 0.00 Most that the exposure may be now EGP 10,000.00" in page
    assert "shops s-* t-* EGP 7,000.00 EGP 10,000.00 EGP 15,000.00 20 100%" in page
    assert "Everybody else EGP 50.00 EGP 10,000.00 EGP 15,000.00 50 100%" in page
    assert "Transfer Goes on, within limits" in page
    assert "Cheque Goes on, within limits" in page
    assert page.count("Does not go on") == len(PaymentKind) - 2
    assert "no outage is under way" in page
    assert f'href="{PAGE.format(locale="en")}"' in institution


def test_the_limits_in_force_follow_the_mirrors_age_and_the_exposure_what_was_decided():
    async def story(stage, desk, browser):
        stage.faults.start(FaultKind.DOWN)
        while desk.mirror_age_s() < 600:
            await asyncio.sleep(1)
        allowed, _ = await desk.pay(payment(3_700), key="a")
        refused, _ = await desk.pay(payment(3_800, debit=2), key="b")
        page = await read(browser)
        while desk.mirror_age_s() < 1_101:
            await asyncio.sleep(1)
        return allowed, refused, page, await read(browser), await desk.pay(payment(1, debit=3), key="c")

    allowed, refused, page, late, (last, _) = reading(story)
    assert (allowed.status, refused.code) == ("approved", "over_limit")
    assert "74% of each limit is left." in page
    assert "Exposure now EGP 37.00 Most that the exposure may be now EGP 7,4" in page
    assert "EGP 50.00 now EGP 37." in page
    assert "Nothing is approved." in late
    assert last.code == "not_available_in_stand_in"
