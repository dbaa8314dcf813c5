"""What people get wrong, tried on the whole application: each is told in words, in their own language."""

import re
from html import unescape

import pytest

from dawam.delivery import DeliverySettings, EmailSettings, WebhookSettings
from dawam.people import Actor
from dawam.web import text
from dawam.web.pages import Role
from dawam.web.texts import TEXTS

from .house import House, fields_in
from .people.authenticator import Authenticator

LOCALES = ("ar", "fr", "en")
INVISIBLE = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
WORDS = {f"{part}_{one}": "Words" for part in ("title", "body") for one in LOCALES}
WINDOW = {
    "institution": "nile",
    "scope": "Core",
    "starts_at": "2027-03-02T01:00",
    "ends_at": "2027-03-02T03:00",
    "affected_payment": "on",
    **WORDS,
}
HOOK_SECRET = "whsec_" + "c2VjcmV0IG9mIHRoaXMgdGVzdCBvbmx5IDEyMzQ1Ng=="


@pytest.fixture(scope="module")
def whole():
    patch = pytest.MonkeyPatch()
    patch.setenv("HOOK_SECRET", HOOK_SECRET)
    email = EmailSettings(host="127.0.0.1", sender="Dawam <news@dawam.test>", tls="none")
    delivery = DeliverySettings(email=email, webhook=WebhookSettings(secret_env="HOOK_SECRET"))
    house = House(delivery=delivery)
    house.run(house.fill())
    house.staff = house.run(house.member(*Role))
    yield house
    house.close()
    patch.undo()


def seen(body):
    """The text of a page as it is read."""
    plain = re.sub(r"<[^>]+>", " ", body.decode())
    return " ".join(INVISIBLE.sub("", unescape(plain)).split())


def says(answer, code, locale):
    """Whether a page says what is wrong and what to do next, in the language, its numbers aside."""
    page = seen(answer[2])
    told = TEXTS[code]
    pieces = [
        piece for part in (told.detail, told.action) for piece in re.split(r"{\w+}", text(part, locale))
    ]
    missing = [piece for piece in pieces if " ".join(INVISIBLE.sub("", piece).split()) not in page]
    assert not missing, (code, locale, missing, page[:2_000])
    return True


def window(**changes):
    def do(house, locale):
        return house.post(house.staff.key, f"/{locale}/console/windows/plan", **{**WINDOW, **changes})

    return do


def overlapping(house, locale):
    taken = house.front.windows.known(house.things["nile"]["window_id"])
    zone = house.front.windows.settings["nile"].zone
    start, end = (f"{one.astimezone(zone):%Y-%m-%dT%H:%M}" for one in (taken.starts_at, taken.ends_at))
    fields = {**WINDOW, "starts_at": start, "ends_at": end, "affected_balance": "on"}
    return house.post(house.staff.key, f"/{locale}/console/windows/plan", **fields)


def incident(act, **fields):
    def do(house, locale):
        place = f"/{locale}/console/incidents/{house.things['nile']['incident_id']}/{act}"
        return house.post(house.staff.key, place, **fields)

    return do


def subscribe(**fields):
    def do(house, locale):
        return house.post("guest", f"/{locale}/subscribe/nile", **{"way": "webhook", **fields})

    return do


def guessed(house, locale):
    return house.post("guest", f"/{locale}/subscribe/nile/code/{house.once()}", code="123456")


def guessed_at_sign_in(house, locale):
    return house.post("guest", f"/{locale}/sign-in/code", code="123456")


def from_another_site(house, locale):
    sent = {"sec-fetch-site": "cross-site"}
    return house.post(house.staff.key, f"/{locale}/console/windows/plan", sent=sent, **WINDOW)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("do", "status", "code"),
    [
        (window(ends_at="2027-03-02T00:30"), 422, "window_ends_before_start"),
        (window(starts_at="2025-03-02T01:00", ends_at="2025-03-02T02:00"), 422, "window_in_past"),
        (window(starts_at="2 o'clock"), 422, "window_time_invalid"),
        (window(starts_at="0001-01-01T00:00"), 422, "window_time_invalid"),
        (window(title_fr=""), 422, "window_text_missing"),
        (window(institution="elsewhere"), 422, "window_institution_unknown"),
        (overlapping, 409, "window_overlaps"),
        (incident("confirm", **{**WORDS, "body_ar": ""}), 422, "notice_text_missing"),
        (incident("eta", eta="2026-11-01T10:00"), 422, "eta_in_the_past"),
        (incident("eta", eta="9999-12-31T23:59"), 422, "eta_too_far"),
        (incident("eta", eta="soon"), 422, "eta_malformed"),
        (subscribe(address="https://127.0.0.1/hook"), 422, "webhook_target_private"),
        (subscribe(address="https://169.254.169.254/latest/meta-data"), 422, "webhook_target_private"),
        (subscribe(address="https://[::ffff:10.0.0.1]/hook"), 422, "webhook_target_private"),
        (subscribe(way="email", address="nobody"), 422, "email_address_invalid"),
        (guessed, 422, "subscription_code_wrong"),
        (guessed_at_sign_in, 422, "code_gone"),
        (from_another_site, 403, "form_foreign"),
    ],
)
def test_what_is_wrong_is_said_in_words(whole, locale, do, status, code):
    answer = whole.run(do(whole, locale))
    assert answer[0] == status
    assert dict(answer[1])["content-language"] == locale
    assert says(answer, code, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_passkey_from_another_origin(whole, locale):
    member, token = whole.run(
        whole.front.people.staff.invite(Actor("system"), name="Sara", roles=[Role.VIEWER])
    )
    device = Authenticator(whole.front.face.settings.origin, "localhost", number=LOCALES.index(locale) + 1)
    place = f"/{locale}/invitation/{token}"
    browser = f"browser-{locale}"
    options = whole.run(whole.post(browser, f"{place}/options"))
    assert whole.run(whole.post(browser, place, credential=device.add(options[2])))[0] == 303
    door = f"/{locale}/console/sign-in"
    options = whole.run(whole.post(browser, f"{door}/options"))
    device.origin = "https://dawam-login.example"
    answer = whole.run(whole.post(browser, door, credential=device.show(options[2])))
    assert answer[0] == 403
    assert says(answer, "passkey_foreign", locale)
    assert whole.front.people.staff.member(member.id).active


def test_a_subscription_for_somebody_else_sends_nothing_but_one_question(whole):
    for _ in range(2):
        fields = {"way": "email", "address": "somebody.else@example.com", "capability_balance": "on"}
        answer = whole.run(whole.post("guest", "/ar/subscribe/nile", **fields))
        assert answer[0] == 303
    page = whole.run(whole.get("guest", dict(answer[1])["location"]))
    assert page[0] == 200
    assert "somebody.else" not in seen(page[2])


@pytest.mark.parametrize("path", ["/feeds/nile/windows.ics", "/feeds/nile/ar.atom", "/feeds/nile/fr.json"])
@pytest.mark.parametrize(
    "conditions",
    [
        {"if-none-match": '"'},
        {"if-none-match": 'W/,,,W/"' + "x" * 5_000},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "Thu, 99 Feb 99999 99:99:99 GMT"},
        {"if-modified-since": "0" * 3_000},
        {"if-none-match": "\u0661", "if-modified-since": "Sat, 21 Nov 2026 10:00:00 -9999"},
    ],
)
def test_a_feed_reader_with_bad_conditions_gets_the_whole_feed(whole, path, conditions):
    plain = whole.run(whole.get("", path))
    answer = whole.run(whole.get("", path, **conditions))
    assert (plain[0], answer[0]) == (200, 200)
    assert answer[2] == plain[2]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_form_sent_twice_counts_once(whole, locale):
    month = LOCALES.index(locale) + 5
    times = {"starts_at": f"2027-0{month}-04T01:00", "ends_at": f"2027-0{month}-04T03:00"}
    once = whole.once()
    form = {**WINDOW, **times, "once": once}
    answers = [
        whole.run(whole.post(whole.staff.key, f"/{locale}/console/windows/plan", **form)) for _ in "12"
    ]
    assert [answer[0] for answer in answers] == [303, 303]
    assert dict(answers[0][1])["location"] == dict(answers[1][1])["location"]
    assert whole.front.windows.known(once).institution == "nile"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_dismissed_member_is_told_so_and_does_nothing_more(whole, locale):
    member = whole.run(whole.member(Role.OPERATOR))
    form = {"act": "take_over", "reason": "late"}
    whole.run(whole.front.people.staff.dismiss(Actor("system"), member.id))
    before = whole.front.people.trail.entries(limit=1)
    answer = whole.run(whole.post(member.key, f"/{locale}/console/institutions/nile/orders", **form))
    assert answer[0] == 401
    assert says(answer, "access_ended", locale)
    assert whole.front.people.trail.entries(limit=1) == before
    page = whole.run(whole.get(member.key, f"/{locale}/console"))
    assert page[0] in (302, 303)
    door = whole.run(whole.get(member.key, dict(page[1])["location"]))
    assert door[0] == 200
    assert not any("/orders" in action for action, _ in fields_in(door[2].decode()))


def test_the_longest_texts_that_are_allowed_fit_into_a_form(whole):
    letters = {"ar": "ش", "fr": "é", "en": "w"}
    texts = {f"body_{one}": letter * 4_000 for one, letter in letters.items()}
    titles = {f"title_{one}": letter * 200 for one, letter in letters.items()}
    answer = whole.run(incident("update", **texts, **titles)(whole, "ar"))
    assert answer[0] == 303
    answer = whole.run(whole.post("guest", "/ar/check", message="ش" * 4_000))
    assert answer[0] == 200
