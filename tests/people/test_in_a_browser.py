"""Passkeys in a real Chromium, with a virtual authenticator, against a real server."""

import asyncio
import socket

import pytest
from litestar import Request, get
from tests.chromium import LAUNCH, needs_chromium

from dawam.people import Actor
from dawam.web import serving
from dawam.web.pages import FOR_ANYONE, FOR_CUSTOMERS, Role, for_staff, ruled

from .world import MONA, Town

pytestmark = needs_chromium
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@get("/{locale:str}/home", opt=ruled(FOR_CUSTOMERS), sync_to_thread=False)
def home(request: Request) -> str:
    return f"home of {request.scope['visitor'].name}"


@get("/{locale:str}/console", opt=ruled(for_staff()), sync_to_thread=False)
def console(request: Request) -> str:
    return f"console of {request.scope['visitor'].name}"


@get("/{locale:str}", opt=ruled(FOR_ANYONE), sync_to_thread=False)
def front() -> str:
    return "front"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def place(tmp_path):
    """A town whose pages are at a real address."""
    port = free_port()
    town = Town(f"sqlite:///{tmp_path / 'people.db'}", public_url=f"http://localhost:{port}")
    town.add(MONA)
    yield town, port
    town.close()


async def with_authenticator(browser):
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(20_000)
    session = await context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page, session, made["authenticatorId"]


def run(town, port, story):
    from playwright.async_api import async_playwright

    async def all_of_it():
        async with serving(town.app(home, console, front), "127.0.0.1", port), async_playwright() as library:
            browser = await library.chromium.launch(**LAUNCH)
            try:
                await story(browser, town.page_settings.origin)
            finally:
                await browser.close()

    asyncio.run(asyncio.wait_for(all_of_it(), 100))


def test_a_member_makes_a_passkey_from_an_invitation_and_comes_back_with_it(place):
    town, port = place
    _, token = asyncio.run(
        town.people.staff.invite(Actor("system"), name="Ali Hassan", roles=[Role.ADMINISTRATOR])
    )

    async def story(browser, site):
        page, session, device = await with_authenticator(browser)
        await page.goto(f"{site}/en/invitation/{token}")
        await page.get_by_role("button", name="Make a passkey and go in").click()
        await page.wait_for_url("**/en/console")
        assert "console of Ali Hassan" in await page.content()
        await page.goto(f"{site}/en/console/security")
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/en/console/sign-in")
        await page.goto(f"{site}/ar/console/sign-in?next=/en/console/security")
        await session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        await page.locator("form[data-passkey] button").click()
        problem = page.locator("[data-passkey-problem]")
        await problem.wait_for(state="visible")
        assert "مفتاح المرور" in await problem.text_content()
        await session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        await page.locator("form[data-passkey] button").click()
        await page.wait_for_url("**/en/console/security")
        await page.get_by_role("button", name="Add a passkey").click()
        await problem.wait_for(state="visible")
        assert "already" in await problem.text_content()

    run(town, port, story)
    acts = [entry.act for entry in town.people.trail.entries()]
    assert acts == ["signed_in", "signed_out", "signed_in", "invitation_accepted", "member_invited"]


def test_a_customer_comes_in_with_a_code_adds_a_passkey_and_uses_it(place):
    town, port = place

    async def story(browser, site):
        page, _, _ = await with_authenticator(browser)
        await page.goto(f"{site}/en/sign-in")
        await page.get_by_label("Mobile number or e-mail").fill("0100 123 4567")
        await page.get_by_role("button", name="Send me a code").click()
        await page.wait_for_url("**/en/sign-in/code")
        await page.get_by_label("Code of six digits").fill(town.last_code())
        await page.locator("main").get_by_role("button", name="Sign in").click()
        await page.wait_for_url("**/en/home")
        await page.goto(f"{site}/en/security")
        await page.get_by_label("What you call this passkey").fill("My phone")
        await page.get_by_role("button", name="Add a passkey").click()
        await page.get_by_text("My phone", exact=True).wait_for()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/en")
        await page.goto(f"{site}/fr/sign-in")
        await page.locator("form[data-passkey] button").click()
        await page.wait_for_url("**/fr/home")
        assert MONA.name in await page.content()

    run(town, port, story)
