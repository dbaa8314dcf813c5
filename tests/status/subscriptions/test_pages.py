"""The pages: ask, confirm, change, stop; in three languages, without an account."""

import json
import re

import pytest
from litestar.testing import TestClient

from dawam.delivery import Way
from dawam.status.subscriptions import page_routes
from dawam.web.pages import page_app

HTML = {"accept": "text/html"}
CAPABILITIES = (("balance", "Balances"), ("payment", "Payments"))


@pytest.fixture
def client(town):
    routes = page_routes(
        town.face,
        town.subscriptions,
        institutions=lambda: ("nile-bank",),
        capabilities=CAPABILITIES,
        name_of=lambda institution, locale: f"Nile Bank {locale}",
    )
    with TestClient(page_app(routes, face=town.face), base_url="https://status.example.com") as opened:
        yield opened


def hidden(client, path):
    page = client.get(path, headers=HTML)
    assert page.status_code == 200
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return {"csrf": fields["csrf"], "once": fields["once"], "way": fields.get("way", "")}


def ask(client, town, locale="en", way="email", **fields):
    given = {"address": "mona@example.org", "wake_urgent": "on", **fields}
    path = f"/{locale}/subscribe/nile-bank"
    answer = client.post(
        path,
        data={**hidden(client, f"{path}?way={way}"), "way": way, **given},
        headers=HTML,
        follow_redirects=False,
    )
    town.settle()
    return answer


def confirm(client, town, where, code, locale="en"):
    given = {**hidden(client, where), "code": code}
    return client.post(where, data=given, headers=HTML, follow_redirects=False)


@pytest.fixture
def own(client, town):
    """The path of a confirmed subscription's page."""
    where = ask(client, town, capability_balance="on").headers["location"]
    return confirm(client, town, where, town.code()).headers["location"]


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
def test_the_whole_way_from_asking_to_stopping(client, town, locale):
    asked = ask(client, town, locale, quiet_from="22:00", quiet_until="07:00")
    assert asked.status_code == 303
    confirmed = confirm(client, town, asked.headers["location"], town.code(), locale)
    assert confirmed.status_code == 303
    own = confirmed.headers["location"]
    page = client.get(own, headers=HTML)
    assert "m…@example.org" in page.text
    assert "mona@" not in page.text
    assert 'value="22:00"' in page.text
    stopped = client.post(own.partition("?")[0], data={"List-Unsubscribe": "One-Click"}, headers=HTML)
    assert stopped.status_code == 200
    assert town.subscriptions.counts() == {}


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client, town, own):
    first = ask(client, town, address="mona@example.org")
    second = ask(client, town, address="nobody@example.org")
    pages = []
    for answer in (first, second):
        assert answer.status_code == 303
        where = answer.headers["location"]
        page = client.get(where, headers=HTML).text
        pages.append(
            re.sub(r'value="[^"]*"|content="[^"]*"', "", page.replace(where.rpartition("/")[2], "ID"))
        )
    assert pages[0] == pages[1]


def test_one_click_needs_no_cookie_and_no_page_of_ours(town, own, client):
    client.cookies.clear()
    path = own.partition("?")[0]
    answer = client.post(
        path, content="List-Unsubscribe=One-Click", headers={"origin": "https://mail.example"}
    )
    assert answer.status_code == 200
    assert town.subscriptions.counts() == {}
    again = client.post(path, content="List-Unsubscribe=One-Click")
    assert again.status_code == 200


def test_opening_a_link_changes_nothing(client, town, own):
    client.get(own, headers=HTML)
    ask(client, town, address="other@example.org")
    confirm_path = f"/en/subscriptions/confirm/{town.token('confirm')}"
    refuse_path = f"/en/subscriptions/refuse/{town.token('refuse')}"
    assert client.get(confirm_path, headers=HTML).status_code == 200
    assert client.get(refuse_path, headers=HTML).status_code == 200
    assert town.subscriptions.counts() == {"nile-bank": {Way.EMAIL: 1}}
    given = hidden(client, confirm_path)
    assert client.post(confirm_path, data=given, headers=HTML, follow_redirects=False).status_code == 303
    assert town.subscriptions.counts() == {"nile-bank": {Way.EMAIL: 2}}
    assert "This question is over." in client.get(confirm_path, headers=HTML).text


def test_who_was_asked_for_by_somebody_else_can_refuse(client, town):
    ask(client, town)
    path = f"/en/subscriptions/refuse/{town.token('refuse')}"
    answer = client.post(path, data=hidden(client, path), headers=HTML)
    assert "Nobody can ask for messages" in answer.text
    ask(client, town)
    assert len(town.out[Way.EMAIL].got) == 1


def test_wishes_are_changed_and_shown(client, town, own):
    path = own.partition("?")[0]
    given = {**hidden(client, own), "language": "ar", "capability_payment": "on"}
    answer = client.post(f"{path}/wishes", data=given, headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"], headers=HTML).text
    assert "Your choice is kept." in page
    wishes = town.subscriptions.managed(path.rpartition("/")[2]).wishes
    assert (wishes.locale, wishes.capabilities, wishes.wake) == ("ar", ("payment",), False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "nobody"}, "This is not an e-mail address"),
        ({"address": ""}, "This is not an e-mail address"),
        ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end"),
        ({"quiet_from": "late", "quiet_until": "07:00"}, "Quiet hours need a beginning and an end"),
        ({"way": "staff"}, "Messages are not sent in this way"),
        ({"way": "push", "address": "{}"}, "consent to notifications cannot be used"),
        ({"way": "webhook", "address": "https://10.0.0.1/"}, "leads into a private network"),
        ({"way": "sms", "address": "0100"}, "not a phone number in international form"),
    ],
)
def test_what_is_wrong_is_said_beside_the_values(client, town, fields, said):
    answer = ask(client, town, capability_payment="on", **fields)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")
    assert re.search(r'name="capability_payment" value="on" checked', answer.text)


def test_hostile_addresses_are_shown_and_never_obeyed(client, town):
    answer = ask(client, town, address='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text


def test_a_wrong_code_is_said_and_guessing_is_limited(client, town):
    where = ask(client, town).headers["location"]
    wrong = f"{(int(town.code()) + 1) % 1_000_000:06}"
    answers = [confirm(client, town, where, wrong) for _ in range(11)]
    assert {answer.status_code for answer in answers} == {422}
    assert "This code does not fit" in answers[0].text
    assert "This code does not fit" not in answers[-1].text


def test_a_form_of_another_site_asks_nobody(client, town):
    given = {**hidden(client, "/en/subscribe/nile-bank"), "address": "mona@example.org"}
    answer = client.post(
        "/en/subscribe/nile-bank", data=given, headers={**HTML, "origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert town.out[Way.EMAIL].got == []


def test_a_form_sent_twice_asks_once(client, town):
    path = "/en/subscribe/nile-bank"
    given = {**hidden(client, path), "address": "mona@example.org"}
    places = {
        client.post(path, data=given, headers=HTML, follow_redirects=False).headers["location"]
        for _ in range(2)
    }
    town.settle()
    assert (len(places), len(town.out[Way.EMAIL].got)) == (1, 1)


def test_a_receiver_of_webhooks_is_shown_its_secret(client, town):
    where = ask(client, town, way="webhook", address="https://hooks.example.com/x").headers["location"]
    own = confirm(client, town, where, town.code(Way.WEBHOOK)).headers["location"]
    assert "hooks.example.com" in client.get(own, headers=HTML).text


def device(letter):
    """A browser's push subscription."""
    keys = {"p256dh": letter * 87, "auth": letter * 22}
    return json.dumps(
        {"endpoint": f"https://push.example.net/{letter}", "expirationTime": None, "keys": keys}
    )


def shown_to(client, address):
    given = {"csrf": hidden(client, "/en/subscribe/nile-bank?way=push")["csrf"], "address": address}
    return client.post("/en/subscriptions", data=given, headers=HTML)


def test_a_device_is_shown_what_it_gets_and_that_of_no_other(client, town):
    for letter in "AQ":
        asked = ask(client, town, way="push", address=device(letter))
        confirm(client, town, asked.headers["location"], town.code(Way.PUSH))
    page = shown_to(client, device("A"))
    (own,) = re.findall(r'href="(/en/subscriptions/[^"]+)"', page.text)
    client.post(own, content="List-Unsubscribe=One-Click")
    assert "gets no messages from us" in shown_to(client, device("A")).text
    assert town.subscriptions.counts() == {"nile-bank": {Way.PUSH: 1}}
    assert "gets no messages from us" in shown_to(client, device("g")).text


@pytest.mark.parametrize("address", ["", "{}", "mona@example.org", device("A").replace("A", "B", 1)[:60]])
def test_what_is_no_device_is_shown_nothing(client, address):
    answer = shown_to(client, address)
    assert answer.status_code == 422
    assert "consent to notifications cannot be used" in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "path", ["/en/subscribe/unknown", "/en/subscriptions/xyz", "/xx/subscribe/nile-bank"]
)
def test_what_there_is_not_is_said(client, path):
    assert client.get(path, headers=HTML).status_code == 404


def test_pages_of_one_reader_are_kept_by_nobody(client, own):
    headers = client.get(own, headers=HTML).headers
    assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")
    assert headers["referrer-policy"] == "no-referrer"


def test_where_no_way_is_offered_the_page_says_so(client, town):
    town.delivery.ways = frozenset()
    assert "not offered here" in client.get("/en/subscribe/nile-bank", headers=HTML).text
