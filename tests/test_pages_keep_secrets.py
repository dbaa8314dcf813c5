"""What stays inside: no inline script in any answer; nobody's name or number in a log, a URL or the trail."""

import re
from html.parser import HTMLParser

import pytest
import structlog

from dawam.web.pages import Audience, PageSettings, Role

from .house import ACCOUNT, EMAIL, NAMES, PHONE, House, filled
from .test_hostile_requests import form_for

SECRETS = (*NAMES.values(), PHONE, PHONE[-8:], EMAIL, EMAIL.split("@")[0], ACCOUNT, "Secretname")


class Inline(HTMLParser):
    """What the policy of pages would refuse to run, and what would go to another site."""

    def __init__(self):
        super().__init__()
        self.found = []
        self._code = ""

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        for name, value in attributes:
            if name == "style" or name.startswith("on") or name == "hx-on" or name.startswith("hx-on:"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and re.match(
                r"(?i)\s*(javascript|data):", value or ""
            ):
                self.found.append(f"{tag} {name}={value[:30]}")
        if tag in ("script", "link", "img", "iframe", "form"):
            place = given.get("src") or given.get("action") or (given.get("href") if tag == "link" else None)
            if place and re.match(r"(https?:)?//", place) and not place.startswith("http://localhost:8080"):
                self.found.append(f"{tag} from {place[:40]}")


def visitors(house):
    everything = house.run(house.member(*Role))
    return {"nobody": "guest", "customer": house.customer().key, "staff": everything.key}


@pytest.fixture(scope="module")
def whole():
    house = House()
    house.run(house.fill())
    yield house
    house.close()


def answers(house, key):
    """Every route that can be read, and every form with something in it: where, status, headers, body."""
    picks = {"locale": "en", **house.things["nile"], "digest": "x", "path": "icons.svg"}
    for template, method, _ in house.table():
        target = filled(template, picks)
        if method == "GET":
            yield template, *house.run(house.get(key, target))
        elif not template.endswith(("sign-out", "prove")):
            yield template, *house.run(house.post(key, target, **form_for(template)))


@pytest.mark.parametrize("who", ["nobody", "customer", "staff"])
def test_no_answer_has_a_script_or_a_style_in_it_and_all_say_how_to_be_kept(whole, who):
    key = visitors(whole)[who]
    for template, status, headers, body in answers(whole, key):
        sent = dict(headers)
        what = (who, template, status)
        assert sent["x-content-type-options"] == "nosniff", what
        assert sent.get("content-type", "").count("charset") <= 1, what
        kept = sent["cache-control"]
        if "set-cookie" in sent or b'name="csrf"' in body:
            assert kept == "no-store", what
        if "/console" in template:
            assert kept == "no-store", what
        if "text/html" in sent.get("content-type", ""):
            policy = sent["content-security-policy"]
            assert "unsafe" not in policy, what
            reader = Inline()
            reader.feed(body.decode())
            assert reader.found == [], what


def test_no_name_number_or_account_stands_in_a_log_a_url_or_the_trail(capsys):
    structlog.reset_defaults()
    house = House()
    try:
        house.run(house.fill())
        keys = visitors(house)
        urls = []
        for contact in (PHONE, EMAIL):
            form = {"contact": contact, "next": "/en/home"}
            asked = house.run(house.post("guest", "/en/sign-in", **form))
            urls.append(dict(asked[1])["location"])
        for key in keys.values():
            for _, _, headers, body in answers(house, key):
                sent = dict(headers)
                urls.append(sent.get("location", ""))
                if "html" in sent.get("content-type", ""):
                    urls += re.findall(r'(?:href|action|src)="([^"]*)"', body.decode())
        trail = house.front.people.trail.entries(limit=1_000)
        told = " ".join(f"{one.by} {one.act} {one.subject} {one.details} {one.reason}" for one in trail)
    finally:
        house.close()
    said = capsys.readouterr()
    for text in (" ".join(urls), said.out, said.err, told):
        assert [secret for secret in SECRETS if secret in text] == []


def test_a_host_that_somebody_made_up_stands_in_no_answer(whole):
    for who, key in visitors(whole).items():
        for template, method, rule in whole.table():
            if method != "GET" or rule.audience is Audience.APP:
                continue
            target = filled(template, {"locale": "en", **whole.things["nile"], "path": "css/app.css"})
            made_up = {
                "host": "evil.example",
                "x-forwarded-host": "evil.example",
                "forwarded": "host=evil.example",
            }
            _, headers, body = whole.run(whole.get(key, target, **made_up))
            assert b"evil.example" not in body, (who, template)
            assert "evil.example" not in str(headers), (who, template)


def test_over_tls_every_answer_says_so_and_every_cookie_is_bound_to_the_host():
    house = House(pages=PageSettings(public_url="https://dawam.local"))
    try:
        house.run(house.fill_people())
        for template, method, _ in house.table():
            if method == "GET":
                _, headers, _ = house.run(house.get("", filled(template, {"locale": "en"})))
                sent = dict(headers)
                assert "strict-transport-security" in sent, template
                for name, value in headers:
                    if name == "set-cookie":
                        assert value.startswith("__Host-dawam=")
                        assert "Secure" in value
                        assert "HttpOnly" in value
    finally:
        house.close()
