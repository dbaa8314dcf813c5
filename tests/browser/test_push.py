"""Notices in the browser: asked for with a click, confirmed, shown by the real worker, stopped again.

Only the push service is another: Chromium reaches none here, so a script gives the page a subscription to a
sink of ours, with keys made here. What the sink gets is decrypted with them, and handed to the worker.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Browser, BrowserContext, CDPSession, Page
from tests.chromium import needs_chromium
from tests.delivery.sinks import HttpSink
from tests.delivery.test_push import decrypted
from tests.memory_primary import MemoryPrimary

from dawam.app import Front, Node, build, create_app
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.delivery import DeliverySettings, PaceSettings, PushSettings
from dawam.delivery.senders.encryption import base64url, point
from dawam.primary import FeedSettings
from dawam.standin import DetectionSettings, Mode, RecoverySettings, StandinSettings
from dawam.web import serving, text
from dawam.web.pages import PageSettings, asset

from .browsing import run

pytestmark = needs_chromium
BANK = "bank"
_PATIENCE_S = 60
NAMES = {"ar": "بنك النيل", "fr": "Banque du Nil", "en": "Nile Bank"}
DIRECTIONS = {"ar": "rtl", "fr": "ltr", "en": "ltr"}
SERVICE = """({ endpoint, p256dh, auth }) => {
  const kept = () => JSON.parse(localStorage.getItem("test-push"));
  const made = (numbers) => ({
    endpoint,
    options: { userVisibleOnly: true, applicationServerKey: new Uint8Array(numbers).buffer },
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem("test-push"); return true; },
  });
  PushManager.prototype.getSubscription = async () => kept() && made(kept());
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly) throw new DOMException("", "NotAllowedError");
    if (Notification.permission !== "granted") throw new DOMException("", "NotAllowedError");
    localStorage.setItem("test-push", JSON.stringify([...options.applicationServerKey]));
    return made(kept());
  };
}"""
CLICKED = """async (tag) => {
  const went = [];
  self.clients.openWindow = async (href) => void went.push(`opens ${href}`);
  WindowClient.prototype.focus = async function () { return this; };
  WindowClient.prototype.navigate = async function (href) { went.push(`comes back to ${href}`); };
  const found = (await self.registration.getNotifications()).find((one) => one.tag === tag);
  const event = new NotificationEvent("notificationclick", { notification: found });
  let whole;
  event.waitUntil = (promise) => { whole = promise; };
  self.dispatchEvent(event);
  await whole;
  return went;
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(
  ({ title, body, lang, dir, tag, icon, data }) => ({ title, body, lang, dir, tag, icon, data }))"""


class Place:
    """A node with pages, a primary that can be switched off, and a push service of ours."""

    def __init__(self, node: Node, front: Front, primary: MemoryPrimary, sink: HttpSink) -> None:
        self.front = front
        self.sink = sink
        self._desk = node.desks[BANK]
        self._primary = primary
        self.site = front.face.settings.origin
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)

    async def subscriber(
        self, browser: Browser, locale: str = "en", *, may: bool = True, script: str = "", **options: Any
    ) -> Page:
        """On the page for subscribing this device; without a `script` its push service is ours."""
        context = await browser.new_context(**options)
        if may:
            await context.grant_permissions(["notifications"], origin=self.site)
        given = {
            "endpoint": self.sink.url,
            "p256dh": base64url(point(self._key)),
            "auth": base64url(self._secret),
        }
        await context.add_init_script(script or f"({SERVICE})({json.dumps(given)})")
        page = await context.new_page()
        page.set_default_timeout(_PATIENCE_S * 1_000)
        await page.goto(f"{self.site}/{locale}/subscribe/{BANK}?way=push")
        return page

    async def loses_its_primary(self) -> None:
        """From normal work to an outage."""
        async with asyncio.timeout(_PATIENCE_S):
            while {each.mode for each in self._desk.capabilities()} != {Mode.NORMAL}:
                await asyncio.sleep(0.05)
        self._primary.up = False

    async def message(self, number: int) -> dict[str, str]:
        """What the push service got at this place, as the browser reads it."""
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.sink.got) <= number:
                await asyncio.sleep(0.05)
        got = self.sink.got[number]
        assert got.headers["Content-Encoding"] == "aes128gcm"
        return dict(json.loads(decrypted(got.body, self._key, self._secret)))


def settings(port: int) -> Settings:
    quick = StandinSettings(
        detection=DetectionSettings(
            probe_interval_s=0.05, probe_quiet_interval_s=0.05, stable_for_s=0.2, feed_stale_after_s=5.0
        ),
        recovery=RecoverySettings(dwell_s=0.05, retry_s=0.05),
    )
    return Settings(
        storage=StorageSettings(url="sqlite://"),
        pages=PageSettings(public_url=f"http://127.0.0.1:{port}"),
        delivery=DeliverySettings(
            push=PushSettings(
                contact="mailto:status@example.com",
                key_env="TEST_PUSH_KEY",
                allowed_networks=("127.0.0.0/8",),
                pace=PaceSettings(first_retry_s=0.1),
            )
        ),
        institutions={
            BANK: InstitutionSettings(
                primary_url="http://127.0.0.1:9",
                names=NAMES,  # type: ignore[arg-type]  # languages are words
                feed=FeedSettings(wait_s=0.05),
                standin=quick,
            )
        },
    )


@pytest.fixture(autouse=True)
def push_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The private key of our node, where its settings say."""
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32)
    monkeypatch.setenv("TEST_PUSH_KEY", base64url(secret))


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    primary = MemoryPrimary()
    node = build(settings(port), links={BANK: primary})
    front = Front(node)
    async with HttpSink() as sink, serving(create_app(node, front), "127.0.0.1", port):
        yield Place(node, front, primary, sink)


def told(story: Callable[[Browser, Place], Awaitable[None]]) -> None:
    async def whole(browser: Browser) -> None:
        async with place() as found:
            await story(browser, found)

    run(whole, within_s=240)


class Worker:
    """The page's real service worker."""

    def __init__(self, context: BrowserContext, session: CDPSession, registration: str, site: str) -> None:
        self._context = context
        self._session = session
        self._registration = registration
        self._site = site

    @classmethod
    async def of(cls, page: Page, site: str) -> "Worker":
        session = await page.context.new_cdp_session(page)
        known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def heard(event: dict[str, Any]) -> None:
            for one in event["registrations"]:
                if not known.done() and one["scopeURL"].startswith(site):
                    known.set_result(one["registrationId"])

        session.on("ServiceWorker.workerRegistrationUpdated", heard)
        await session.send("ServiceWorker.enable")
        return cls(page.context, session, await asyncio.wait_for(known, _PATIENCE_S), site)

    async def push(self, message: dict[str, str]) -> None:
        """What the browser does once its push service has brought a message."""
        given = {
            "origin": self._site,
            "registrationId": self._registration,
            "data": json.dumps(message, ensure_ascii=False),
        }
        await self._session.send("ServiceWorker.deliverPushMessage", given)

    async def click(self, tag: str) -> str:
        """What a click on the notification does. No test can press one, so no window really opens."""
        worker = self._context.service_workers[0]
        (done,) = await worker.evaluate(CLICKED, tag)
        return str(done)


async def shown(page: Page, tag: str) -> dict[str, str]:
    """The one notification with this tag, once it is there."""
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            found = [one for one in await page.evaluate(SHOWN) if one["tag"] == tag]
            if found:
                assert len(found) == 1
                return dict(found[0])
            await asyncio.sleep(0.05)


async def subscribed(page: Page, here: Place, worker: Worker, locale: str) -> None:
    """Ask with a click, get the question as a notification, confirm where its click leads."""
    await page.locator("main form .button").first.click()
    await page.wait_for_url("**/code/*")
    question = await here.message(0)
    await worker.push(question)
    notification = await shown(page, question["tag"])
    asks = "Confirm: messages from {institution}"
    assert notification["title"] == text(asks, locale, institution=NAMES[locale])  # type: ignore[arg-type]
    assert (notification["lang"], notification["dir"]) == (locale, DIRECTIONS[locale])
    confirming = await worker.click(question["tag"])
    assert here.front.subscriptions.counts() == {}
    await page.goto(confirming.removeprefix("opens "))
    await page.locator("main form .button").click()
    await page.wait_for_url("**/subscriptions/*?new=1")


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_a_device_subscribes_is_told_of_an_incident_and_stops(locale: str) -> None:
    async def story(browser: Browser, here: Place) -> None:
        page = await here.subscriber(browser, locale)
        worker = await Worker.of(page, here.site)
        await subscribed(page, here, worker, locale)
        key = bytes(json.loads(await page.evaluate("localStorage.getItem('test-push')")))
        assert base64url(key) == here.front.delivery.push_key
        await here.loses_its_primary()
        notice = await here.message(1)
        await worker.push(notice)
        (incident,) = here.front.incidents.open_incidents()
        said = here.front.notices.of_subject(incident.id)[0]
        assert await shown(page, incident.id) == {
            "title": f"{NAMES[locale]}: {said.texts[locale].title}",  # type: ignore[index]
            "body": notice["body"],
            "lang": locale,
            "dir": DIRECTIONS[locale],
            "tag": incident.id,
            "icon": here.site + asset("icon-192.png"),
            "data": f"{here.site}/{locale}/incidents/{incident.id}",
        }
        assert notice["body"].startswith(said.texts[locale].body)  # type: ignore[index]
        where = f"{here.site}/{locale}/incidents/{incident.id}"
        assert await worker.click(incident.id) == f"opens {where}"
        await page.goto(where)
        await page.wait_for_function("navigator.serviceWorker.controller")
        await worker.push(notice)
        await shown(page, incident.id)
        assert await worker.click(incident.id) == f"comes back to {where}"
        await page.goto(f"{here.site}/{locale}/subscribe/{BANK}?way=push")
        await page.locator("[data-push-known] .button").click()
        await page.locator("main li a").click()
        await page.locator("main .button.danger").click()
        await page.wait_for_load_state()
        assert here.front.subscriptions.counts() == {}

    told(story)


GO_ON = "main form .button"


def test_permission_is_asked_for_by_the_click_and_a_refusal_is_explained() -> None:
    counting = """(() => {
      window.asked = 0;
      const ask = Notification.requestPermission.bind(Notification);
      Object.defineProperty(Notification, "permission", { get: () => (window.asked ? "denied" : "default") });
      Notification.requestPermission = async () => { window.asked += 1; return await ask(); };
    })()"""

    async def story(browser: Browser, here: Place) -> None:
        page = await here.subscriber(browser, "ar", may=False, script=counting)
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("window.asked") == 0
        assert await page.locator("[data-push=ask]").is_visible()
        await page.locator(GO_ON).first.click()
        await page.locator("[data-push=denied]").wait_for(state="visible")
        assert await page.evaluate("window.asked") == 1
        assert not await page.locator("[data-push=ask]").is_visible()
        assert "لا يسمح هذا المتصفح" in await page.inner_text("main")
        assert here.sink.got == []

    told(story)


def test_a_browser_without_its_push_service_is_told_so() -> None:
    async def story(browser: Browser, here: Place) -> None:
        page = await here.subscriber(browser, script="void 0")  # Chromium's own, which reaches nobody here
        await page.locator(GO_ON).first.click()
        await page.locator("[data-push=failed]").wait_for(state="visible")
        assert here.sink.got == []

    told(story)


def test_a_browser_that_cannot_is_offered_other_ways() -> None:
    async def story(browser: Browser, here: Place) -> None:
        page = await here.subscriber(browser, script="delete window.PushManager")
        assert await page.locator("[data-push=unsupported]").is_visible()
        assert not await page.locator(GO_ON).first.is_visible()
        plain = await here.subscriber(browser, java_script_enabled=False)
        assert "need scripts" in await plain.inner_text("main")
        await plain.locator(GO_ON).first.click()
        await plain.wait_for_load_state()
        assert "consent to notifications cannot be used" in await plain.inner_text("main")
        assert here.sink.got == []

    told(story)


def test_a_subscription_to_a_key_that_we_have_no_more_is_made_anew() -> None:
    async def story(browser: Browser, here: Place) -> None:
        page = await here.subscriber(browser)
        await page.evaluate("localStorage.setItem('test-push', JSON.stringify(Array(65).fill(4)))")
        await page.reload()
        await page.locator(GO_ON).first.click()
        await page.wait_for_url("**/code/*")
        key = bytes(json.loads(await page.evaluate("localStorage.getItem('test-push')")))
        assert base64url(key) == here.front.delivery.push_key

    told(story)
