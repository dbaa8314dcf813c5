"""Signing in by code and by passkey, as a browser does it."""

import asyncio
import re

import pytest
from litestar import Request, get

from dawam.people import Actor
from dawam.web.pages import FOR_ANYONE, FOR_CUSTOMERS, Role, for_staff, ruled

from .authenticator import PRESENT, Authenticator
from .world import MONA

PHONE = "0100 123 4567"


@get("/{locale:str}/home", opt=ruled(FOR_CUSTOMERS), sync_to_thread=False)
def home(request: Request) -> str:
    return request.scope["visitor"].name


@get("/{locale:str}/console", opt=ruled(for_staff()), sync_to_thread=False)
def console() -> str:
    return "console"


@get("/{locale:str}", opt=ruled(FOR_ANYONE), sync_to_thread=False)
def front() -> str:
    return "front"


def by_code(browser, contact=PHONE):
    assert browser.send("/en/sign-in", contact=contact).status_code == 303
    return browser.send("/en/sign-in/code", code=browser.town.last_code())


def member(town, name="Ali Hassan", *roles, institutions=()):
    invited = town.people.staff.invite(
        Actor("system"), name=name, roles=roles or [Role.ADMINISTRATOR], institutions=institutions
    )
    return asyncio.run(invited)


def enrolled(town, *roles, name="Ali Hassan", number=1, institutions=()):
    """A member in a browser who has accepted their invitation."""
    found, token = member(town, name, *roles, institutions=institutions)
    browser, device = town.browser(console, front), Authenticator(number=number)
    place = f"/en/invitation/{token}"
    answer = browser.send(place, credential=device.add(browser.ask(f"{place}/options", at=place).text))
    assert answer.status_code == 303, answer.text
    return found, browser, device


def shows(browser, device, door="/en/console/sign-in", at=None):
    options = browser.ask(f"{door}/options", at=at or door).text
    return browser.send(door, at=at, credential=device.show(options))


def test_a_customer_signs_in_with_a_code(memory_town):
    browser = memory_town.browser(home, front)
    before = browser.get("/en/sign-in").cookies["dawam"]
    answer = by_code(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/home")
    assert browser.key not in ("", before)
    assert browser.get("/en/home").text == MONA.name
    assert memory_town.sent[0].to == MONA.phone
    assert f"@dawam.test #{memory_town.last_code()}" in memory_town.sent[0].body


def test_a_session_that_somebody_planted_before_the_sign_in_opens_nothing(memory_town):
    browser = memory_town.browser(home)
    planted = memory_town.people.sessions.fresh_key()
    browser.client.cookies.set("dawam", planted, domain="dawam.test")
    by_code(browser)
    assert browser.key != planted
    assert memory_town.people.sessions.visitor(planted) is None


def test_a_code_works_once_and_in_the_browser_that_asked_only(memory_town):
    browser, other = memory_town.browser(home), memory_town.browser(home)
    browser.send("/en/sign-in", contact=PHONE)
    code = memory_town.last_code()
    assert other.send("/en/sign-in/code", at="/en/sign-in", code=code).status_code == 422
    assert browser.send("/en/sign-in/code", code=code).status_code == 303
    again = browser.send("/en/sign-in/code", at="/en/security", code=code)
    assert again.status_code == 422


def test_a_code_may_be_typed_in_arabic_digits(memory_town):
    browser = memory_town.browser(home)
    browser.send("/ar/sign-in", contact="٠١٠٠ ١٢٣ ٤٥٦٧")
    code = memory_town.last_code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert browser.send("/ar/sign-in/code", code=f"{code[:3]} {code[3:]}").status_code == 303


def test_five_wrong_tries_use_a_code_up(memory_town):
    browser = memory_town.browser(home)
    browser.send("/en/sign-in", contact=PHONE)
    code = memory_town.last_code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    answers = [browser.send("/en/sign-in/code", at="/en/sign-in", code=wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert "Tries left: 4" in answers[0].text
    assert browser.send("/en/sign-in/code", at="/en/sign-in", code=code).status_code == 422


def test_a_code_holds_for_five_minutes(memory_town):
    browser = memory_town.browser(home)
    browser.send("/en/sign-in", contact=PHONE)
    memory_town.clock.pass_by(301)
    answer = browser.send("/en/sign-in/code", at="/en/sign-in", code=memory_town.last_code())
    assert answer.status_code == 422
    assert browser.get("/en/sign-in/code").headers["location"] == "/en/sign-in"


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_nobody_learns_who_is_a_customer(memory_town, locale):
    known, unknown = memory_town.browser(home), memory_town.browser(home)
    work, answers = [], []
    for browser, contact in ((known, PHONE), (unknown, "0100 999 9999")):
        before = (memory_town.hashing.made, memory_town.hashing.checked)
        asked = browser.send(f"/{locale}/sign-in", contact=contact)
        page = browser.get(f"/{locale}/sign-in/code")
        tried = browser.send(f"/{locale}/sign-in/code", code="000000")
        work.append((memory_town.hashing.made - before[0], memory_town.hashing.checked - before[1]))
        answers.append((asked.status_code, asked.headers["location"], page.status_code, tried.status_code))
        answers[-1] += (bare(page.text), bare(tried.text))
    assert work[0] == work[1] == (1, 1)
    assert answers[0] == answers[1]
    assert len(memory_town.sent) == 1


def bare(page):
    return re.sub(r'(content|value)="[\w=-]{20,}"', "", page)


def test_a_number_gets_three_codes_at_once_and_a_place_twenty_tries(memory_town):
    browser = memory_town.browser(home)
    answers = [browser.send("/en/sign-in", contact=PHONE).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    assert len(memory_town.sent) == 3
    memory_town.clock.pass_by(300)
    assert browser.send("/en/sign-in", contact=PHONE).status_code == 303
    memory_town.clock.pass_by(3600)
    many = [browser.send("/en/sign-in", contact=f"01005550{n:03}").status_code for n in range(21)]
    assert many == [303] * 20 + [429]


@pytest.mark.parametrize("contact", ["", "hello", "123", "mona@", "+20" + "1" * 30, "<script>"])
def test_a_number_that_is_none_is_shown_again_with_what_is_wrong(memory_town, contact):
    answer = memory_town.browser(home).send("/en/sign-in", contact=contact)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text or 'id="problem"' in answer.text
    assert "<script>" not in answer.text.replace('<script src="', "")


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/ar/send", "/ar/send"),
        ("/en/accounts/1?before=3", "/en/accounts/1?before=3"),
        ("https://evil.example/", "/en/home"),
        ("//evil.example/en", "/en/home"),
        ("/\\evil.example", "/en/home"),
        ("/en/../../x", "/en/home"),
        ("/v1/status", "/en/home"),
        ("/en\r\nSet-Cookie: a=b", "/en/home"),
        ("javascript:alert(1)", "/en/home"),
    ],
)
def test_after_the_sign_in_nobody_is_sent_to_another_site(memory_town, wanted, goes):
    browser = memory_town.browser(home)
    browser.send("/en/sign-in", contact=PHONE)
    answer = browser.send("/en/sign-in/code", code=memory_town.last_code(), next=wanted)
    assert answer.headers["location"] == goes


def test_a_member_accepts_an_invitation_once_and_signs_in_with_the_passkey(memory_town):
    found, browser, device = enrolled(memory_town)
    assert browser.get("/en/console").text == "console"
    browser.send("/en/console/sign-out", at="/en/console/staff")
    assert browser.get("/en/console").status_code in (302, 303, 307)
    answer = shows(browser, device)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/console")
    assert browser.get("/en/console").text == "console"
    acts = [entry.act for entry in memory_town.people.trail.entries()]
    assert acts == ["signed_in", "signed_out", "signed_in", "invitation_accepted", "member_invited"]
    assert memory_town.people.trail.check().ok
    assert found.name not in str(memory_town.people.trail.entries())


def test_an_invitation_that_was_used_that_expired_or_never_was_lets_nobody_in(memory_town):
    _, token = member(memory_town)
    browser = memory_town.browser(console)
    assert browser.get(f"/en/invitation/{token}").status_code == 200
    assert browser.get(f"/en/invitation/{token[:-1]}x").status_code == 404
    place = f"/en/invitation/{token}"
    browser.send(place, credential=Authenticator().add(browser.ask(f"{place}/options", at=place).text))
    assert memory_town.browser().get(place).status_code == 403
    _, second = member(memory_town, "Sara")
    memory_town.clock.pass_by(172_801)
    assert memory_town.browser().get(f"/en/invitation/{second}").status_code == 403


def test_a_passkey_from_another_origin_is_refused_in_words(memory_town):
    _, _, device = enrolled(memory_town)
    device.origin = "https://dawam-login.example"
    for locale, word in (("en", "dawam-login.example"), ("ar", "dawam-login.example")):
        answer = shows(memory_town.browser(console), device, f"/{locale}/console/sign-in")
        assert answer.status_code == 403
        assert word in answer.text
    newest = memory_town.people.trail.entries()[0]
    assert (newest.act, newest.by, newest.subject) == ("sign_in_failed", "system", "staff")
    assert newest.told() == {"how": "passkey", "code": "passkey_foreign"}


def test_what_a_passkey_says_must_be_right(memory_town):
    _, _, device = enrolled(memory_town)
    browser = memory_town.browser(console)

    def refused(device=device):
        answer = shows(browser, device)
        return answer.status_code

    device.host = "evil.example"
    assert refused() == 403
    device.host = "dawam.test"
    device.flags = PRESENT
    assert refused() == 403
    device.flags = 0x05
    stranger = Authenticator(number=2)
    stranger.user = device.user
    assert refused(stranger) == 403
    stranger.credential = device.credential
    stranger.count = 50
    assert refused(stranger) == 403
    assert shows(browser, device).status_code == 303


def test_a_copied_passkey_is_noticed_by_its_counter(memory_town):
    _, _, device = enrolled(memory_town)
    assert shows(memory_town.browser(console), device).status_code == 303
    device.count = 0
    assert shows(memory_town.browser(console), device).status_code == 403


def test_a_passkey_without_a_counter_is_fine(memory_town):
    _, token = member(memory_town)
    browser, device = memory_town.browser(console), Authenticator(counts=False)
    place = f"/en/invitation/{token}"
    browser.send(place, credential=device.add(browser.ask(f"{place}/options", at=place).text))
    for _ in range(2):
        assert shows(memory_town.browser(console), device).status_code == 303


def test_an_answer_to_a_challenge_counts_once_in_its_browser_and_not_for_long(memory_town):
    _, _, device = enrolled(memory_town)
    browser, door = memory_town.browser(console), "/en/console/sign-in"
    options = browser.ask(f"{door}/options", at=door).text
    credential = device.show(options)
    assert memory_town.browser(console).send(door, credential=credential).status_code == 403
    assert browser.send(door, credential=credential).status_code == 303
    fresh = memory_town.browser(console)
    options = fresh.ask(f"{door}/options", at=door).text
    memory_town.clock.pass_by(301)
    assert fresh.send(door, credential=device.show(options)).status_code == 403


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": "!!", "response": {}}', "\u0000"])
def test_what_is_no_passkey_is_refused(memory_town, credential):
    browser, door = memory_town.browser(console), "/en/console/sign-in"
    browser.ask(f"{door}/options", at=door)
    assert browser.send(door, credential=credential).status_code in (400, 403, 422)


def test_a_passkey_of_a_member_opens_no_customers_door(memory_town):
    _, _, device = enrolled(memory_town)
    browser = memory_town.browser(home, console)
    options = browser.ask("/en/sign-in/passkey/options", at="/en/sign-in").text
    answer = browser.send("/en/sign-in/passkey", at="/en/sign-in", credential=device.show(options))
    assert answer.status_code == 403


def test_signing_out_ends_the_session_on_the_server_too(memory_town):
    browser = memory_town.browser(home, front)
    by_code(browser)
    key = browser.key
    answer = browser.send("/en/sign-out", at="/en/security")
    assert answer.status_code == 303
    assert memory_town.people.sessions.visitor(key) is None
    assert browser.get("/en/home").status_code in (302, 303, 307)
