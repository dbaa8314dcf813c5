"""One's own passkeys and sessions, and the staff, on their pages."""

import asyncio
import re

import pytest

from dawam.kernel import id_from_text
from dawam.people import Customer
from dawam.web.pages import Kind, Role

from .authenticator import Authenticator
from .test_sign_in_pages import PHONE, by_code, console, enrolled, front, home, member, shows
from .world import MONA

HOSTILE = "\u202eevil\u202c <img src=x onerror=alert(1)> {{ 7*7 }} ' \""


def added(browser, device, base="/en/security", label="My phone"):
    options = browser.ask(f"{base}/passkeys/options", at=base).text
    return browser.send(f"{base}/passkeys", at=base, credential=device.add(options), label=label)


def test_a_customer_adds_a_passkey_signs_in_with_it_and_removes_it(memory_town):
    browser, device = memory_town.browser(home, front), Authenticator()
    by_code(browser)
    key = browser.key
    answer = added(browser, device)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/security")
    assert browser.key != key
    assert memory_town.people.sessions.visitor(key) is None
    assert "My phone" in browser.get("/en/security").text
    assert {one.to for one in memory_town.sent[-2:]} == {MONA.phone, MONA.email}
    fresh = memory_town.browser(home)
    options = fresh.ask("/en/sign-in/passkey/options", at="/en/sign-in").text
    answer = fresh.send("/en/sign-in/passkey", at="/en/sign-in", credential=device.show(options))
    assert answer.status_code == 303
    assert fresh.get("/en/home").text == MONA.name
    passkey = memory_town.people.passkeys.of(Kind.CUSTOMER, MONA.id)[0]
    assert fresh.send(f"/en/security/passkeys/{passkey.id}/remove", at="/en/security").status_code == 303
    assert memory_town.people.passkeys.of(Kind.CUSTOMER, MONA.id) == []
    acts = [entry.act for entry in memory_town.people.trail.entries()]
    assert acts[:2] == ["passkey_removed", "signed_in"]


def test_the_same_passkey_is_registered_once(memory_town):
    browser, device = memory_town.browser(home), Authenticator()
    by_code(browser)
    assert added(browser, device).status_code == 303
    assert added(browser, device).status_code == 409


def test_who_signed_in_long_ago_shows_again_who_they_are_before_a_change(memory_town):
    browser = memory_town.browser(home)
    by_code(browser)
    memory_town.clock.pass_by(600)
    browser.get("/en/home")
    memory_town.clock.pass_by(600)
    page = browser.get("/en/security").text
    assert "first show again that it is you" in page
    answer = browser.ask("/en/security/passkeys/options", at="/en/security")
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_not_recent")
    answer = browser.send("/en/security/prove", at="/en/security")
    assert answer.headers["location"] == "/en/sign-in?next=/en/security"


def test_nobody_removes_what_is_anothers(memory_town):
    memory_town.add(Customer(id="C2", name="Ali", phone="01005550000"))
    mine, theirs = memory_town.browser(home), memory_town.browser(home)
    by_code(mine)
    added(mine, Authenticator())
    by_code(theirs, "01005550000")
    passkey = memory_town.people.passkeys.of(Kind.CUSTOMER, MONA.id)[0]
    session = memory_town.people.sessions.session(mine.key)
    for path in (f"passkeys/{passkey.id}/remove", f"sessions/{session.id}/end"):
        assert theirs.send(f"/en/security/{path}", at="/en/security").status_code in (403, 404)
    assert memory_town.people.sessions.visitor(mine.key)
    assert memory_town.people.passkeys.of(Kind.CUSTOMER, MONA.id) == [passkey]


def test_a_customer_ends_other_sessions(memory_town):
    browsers = [memory_town.browser(home) for _ in range(3)]
    for browser in browsers:
        by_code(browser)
        memory_town.clock.pass_by(10)
    first, *others = browsers
    ended = memory_town.people.sessions.session(others[0].key)
    first.send(f"/en/security/sessions/{ended.id}/end", at="/en/security")
    assert memory_town.people.sessions.visitor(others[0].key) is None
    page = others[0].get("/en/home")
    assert "next=" in page.headers["location"]
    assert "You ended this session" in others[0].get("/en/sign-in").text
    first.send("/en/security/sessions/end-others", at="/en/security")
    assert memory_town.people.sessions.visitor(others[1].key) is None
    assert memory_town.people.sessions.visitor(first.key)


def test_staff_keep_one_passkey(memory_town):
    found, browser, _ = enrolled(memory_town)
    (passkey,) = memory_town.people.passkeys.of(Kind.STAFF, found.id)
    base = "/en/console/security"
    assert browser.send(f"{base}/passkeys/{passkey.id}/remove", at=base).status_code == 409
    assert added(browser, Authenticator(number=5), base).status_code == 303
    assert browser.send(f"{base}/passkeys/{passkey.id}/remove", at=base).status_code == 303


def test_an_administrator_invites_changes_and_dismisses(memory_town):
    _, admin, _ = enrolled(memory_town)
    answer = admin.send("/en/console/staff", name="Sara", role_operator="on", at_nile="on")
    assert answer.status_code == 201 or answer.status_code == 200
    link = re.search(r"http://dawam\.test(/en/invitation/[\w-]+)", answer.text).group(1)
    sara, device = memory_town.browser(console), Authenticator(number=2)
    sara.send(link, credential=device.add(sara.ask(f"{link}/options", at=link).text))
    assert sara.get("/en/console").text == "console"
    (found,) = [one for one in memory_town.people.staff.members() if one.name == "Sara"]
    assert (found.roles, found.institutions) == (frozenset({Role.OPERATOR}), ("nile",))
    place = f"/en/console/staff/{found.id}"
    assert admin.send(f"{place}/roles", at=place).status_code == 422
    assert admin.send(f"{place}/roles", at=place, role_viewer="on").status_code == 303
    assert "changed your roles" in sara.get("/en/console/sign-in").text
    assert shows(sara, device).status_code == 303
    csrf = sara.token("/en/console/security")
    assert admin.send(f"{place}/dismissal", at=place, reason="left").status_code == 303
    sent = sara.client.post(
        "/en/console/security/sessions/end-others",
        data={"csrf": csrf},
        headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
    )
    assert sent.status_code == 401
    assert "has ended your access, so nothing was done" in sent.text
    assert 'href="/en/console/sign-in"' in sent.text
    gone = sara.get("/en/console")
    assert gone.headers["location"] == "/en/console/sign-in?next=/en/console"
    for locale, words in (
        ("en", "ended your access"),
        ("fr", "retiré votre accès"),
        ("ar", "أنهى أحد المديرين"),
    ):
        assert words in sara.get(f"/{locale}/console/sign-in").text
    assert shows(sara, device).status_code == 403
    answer = admin.send(f"{place}/invitation", at=place)
    assert "/en/invitation/" in answer.text
    assert memory_town.people.staff.member(found.id).active


def test_nobody_but_an_administrator_sees_the_staff(memory_town):
    enrolled(memory_town)
    _, browser, _ = enrolled(memory_town, Role.VIEWER, Role.OPERATOR, name="Sara", number=2)
    assert browser.get("/en/console/staff").status_code == 403
    customer = memory_town.browser(home)
    by_code(customer)
    assert customer.get("/en/console/staff").status_code in (302, 303, 307)
    assert customer.get("/en/console/security").status_code in (302, 303, 307)


def test_an_administrator_of_one_institution_sees_and_gives_that_one_only(memory_town):
    enrolled(memory_town)
    member(memory_town, "Delta Person", Role.VIEWER, institutions=["delta"])
    _, local, _ = enrolled(memory_town, Role.ADMINISTRATOR, name="Local", number=3, institutions=["nile"])
    page = local.get("/en/console/staff").text
    assert "Delta Person" not in page
    assert "at_delta" not in page
    assert local.send("/en/console/staff", name="X", role_viewer="on").status_code == 403
    answer = local.send("/en/console/staff", name="X", role_viewer="on", at_delta="on")
    assert answer.status_code == 403
    (other,) = [one for one in memory_town.people.staff.members() if one.name == "Delta Person"]
    assert local.get(f"/en/console/staff/{other.id}").status_code == 404


def test_a_form_needs_its_token_and_our_own_pages(memory_town):
    browser = memory_town.browser(home)
    by_code(browser)
    session = memory_town.people.sessions.session(browser.key)
    path = f"/en/security/sessions/{session.id}/end"
    headers = {"accept": "text/html", "sec-fetch-site": "cross-site"}
    csrf = browser.token("/en/security")
    assert browser.client.post(path, data={"csrf": csrf}, headers=headers).status_code == 403
    headers["sec-fetch-site"] = "same-origin"
    assert browser.client.post(path, data={"csrf": "x"}, headers=headers).status_code == 403
    assert memory_town.people.sessions.visitor(browser.key)


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_hostile_names_are_shown_and_never_obeyed(memory_town, locale):
    _, admin, _ = enrolled(memory_town)
    found, token = member(memory_town, HOSTILE, Role.VIEWER)
    browser = memory_town.browser(home)
    by_code(browser)
    added(browser, Authenticator(number=9), label=HOSTILE)
    pages = [
        admin.get(f"/{locale}/console/staff").text,
        admin.get(f"/{locale}/console/staff/{found.id}").text,
        memory_town.browser().get(f"/{locale}/invitation/{token}").text,
        browser.get(f"/{locale}/security").text,
    ]
    for page in pages:
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert "\\u202e" in page
        assert "evil" in page


def test_a_link_that_is_sent_twice_by_one_form_names_one_member(memory_town):
    _, admin, _ = enrolled(memory_town)
    once = memory_town.once()
    for _ in range(2):
        answer = admin.send("/en/console/staff", name="Sara", role_viewer="on", once=once)
        assert "Sara" in answer.text
    assert len([one for one in memory_town.people.staff.members() if one.name == "Sara"]) == 1
    assert id_from_text(once)
    assert asyncio.run(memory_town.people.settle()) is None


def test_a_number_that_a_customer_shares_with_nobody_is_the_one_that_gets_the_code(memory_town):
    memory_town.add(Customer(id="C2", name="Ali", email="ali@example.com", locale="fr"))
    browser = memory_town.browser(home)
    by_code(browser, "ALI@example.com")
    assert memory_town.sent[-1].to == "ali@example.com"
    assert browser.get("/fr/home").text == "Ali"
    assert PHONE not in memory_town.sent[-1].body
