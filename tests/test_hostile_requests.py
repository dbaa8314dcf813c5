"""Whatever anybody sends to any route of the route table itself: never a 500, never a traceback."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from dawam.web.pages import Role, form_token

from .house import House, ask, filled

HOSTILE = [
    "\0",
    "a\0b",
    "'; DROP TABLE people_trail; --",
    "<script>alert(1)</script>",
    "\u202eevil",
    "\r\nSet-Cookie: dawam=evil",
    "%0d%0aX: y",
    "..",
    "../../etc/passwd",
    "//evil.example",
    "/en//evil.example",
    "/en/\u0660",
    "\\\\evil.example",
    "9" * 4_000,
    "-1",
    "9223372036854775808",
    "1e999",
    "NaN",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2500-01-01T00:00",
    "0001-01-01T00:00/9999-12-31T23:59",
    "0001-01",
    "9999-12",
    "٣" * 30,
    "²³¹",
    "٢٠٢٦-٠١-٠١T٠٠:٠٠",
    "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "{}",
    '{"id":"AA","response":{"clientDataJSON":"AA"}}',
    '{"id":"\\ud800","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}',
    '{"id":"AA","response":{"clientDataJSON":"AA","attestationObject":"AA","userHandle":"/w"}}',
    "[" * 3_000,
    "on",
    "😀" * 300,
    "a@b.example",
    "+201001234567",
    "x" * 12_000,
    " \u200f\u2066 ",
]
MOMENT = {"starts_at": "2027-03-02T01:00", "ends_at": "2027-03-02T03:00"}
WORDS = {f"{part}_{one}": "words" for part in ("title", "body") for one in ("ar", "fr", "en")}
FORMS = {
    "windows/plan": {
        **MOMENT,
        **WORDS,
        "institution": "nile",
        "scope": "core",
        "affected_balance": "on",
        "goes_on_balance": "",
        "choose": "",
        "act": "",
        "short_notice_reason": "why",
    },
    "windows/advice": {**MOMENT, "institution": "nile", "affected_balance": "on"},
    "announce": {},
    "approve": {"seen": "0"},
    "move": {**MOMENT, "reason": "words", **{f"moved_{name}": said for name, said in WORDS.items()}},
    "agree": {"which": "01KAQZ0000000000000000000A"},
    "keep": {"reason": "words"},
    "extend": {"ends_at": "2027-03-02T05:00", "reason": "why"},
    "reword": WORDS,
    "cancel": {"reason": "why"},
    "finish": {"reason": "why"},
    "confirm": WORDS,
    "update": WORDS,
    "eta": {"eta": "2026-11-22T20:00", "unknown": ""},
    "close": {f"{part}_{one}": "words" for part in ("cause", "measures") for one in ("ar", "fr", "en")},
    "major": {"reason": "why"},
    "impact": {"impact_eur": "5"},
    "reported": {"report": "initial"},
    "orders": {"act": "take_over", "reason": "why", "capability_balance": "on"},
    "settle": {"word": "refuse", "action": "retry"},
    "withdraw": {},
    "roles": {"role_viewer": "on", "at_nile": "on"},
    "dismissal": {"reason": "why"},
    "console/staff": {"name": "Sara", "role_viewer": "on", "at_nile": "on"},
    "passkeys": {"credential": "{}", "label": "mine"},
    "check": {"message": "AB12"},
    "sign-in": {"contact": "a@b.example", "next": "/en/home", "credential": "{}"},
    "code": {"code": "123456", "next": "/en/home"},
    "passkey": {"credential": "{}", "next": "/en/home"},
    "theme": {"theme": "dark", "back": "/en"},
}
UNDERSTOOD = {
    "starts_at",
    "ends_at",
    "choose",
    "eta",
    "impact_eur",
    "credential",
    "code",
    "contact",
    "next",
    "back",
}
QUERY = ["next", "lang", "before", "month", "institution", "code", "limit", "from", "token", "days"]
HEADERS = [
    "accept-language", "user-agent", "if-none-match", "if-modified-since", "x-forwarded-for", "host",
    "accept-encoding", "origin",
    "x-http-method-override", "hx-request", "last-event-id", "range", "sec-fetch-site",
]  # fmt: skip
values = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(scope="module")
def whole():
    house = House()
    house.run(house.fill())
    yield house
    house.close()


@pytest.fixture(scope="module")
def staff(whole):
    return whole.run(whole.member(*Role))


def faults_of(answer, what):
    """What is wrong with an answer, in words."""
    status, sent, body = answer
    found = [] if status < 500 or status == 503 else [f"{status}: {what}"]
    if b"Traceback" in body:
        found.append(f"traceback: {what}")
    for name, value in sent:
        if {"\r", "\n"} & set(value):
            found.append(f"line break in {name}: {what}")
        if name == "location" and (value[:1] != "/" or value[:2] in ("//", "/\\")):
            found.append(f"leads to {value}: {what}")
    return found


def form_for(template):
    """What a form of the route would hold; the longest ending counts."""
    known = [ending for ending in FORMS if template.endswith(ending)]
    return FORMS[max(known, key=len)] if known else {}


def test_one_hostile_field_in_a_form_that_is_right_otherwise_fails_no_route(whole, staff):
    faults = []

    async def each():
        customer = whole.customer()
        for template, method, _ in whole.table():
            if method != "POST" or template.endswith(("sign-out", "prove")):
                continue
            key = customer.key if "/console" not in template else staff.key
            target = filled(template, {"locale": "en", **whole.things["nile"]})
            form = form_for(template)
            for place, name in enumerate((*form, "once")):
                for value in HOSTILE if name in UNDERSTOOD else HOSTILE[place % 4 :: 4]:
                    given = {**form, name: value}
                    answer = await whole.post(key, target, **given)
                    faults.extend(faults_of(answer, (template, name, value[:40])))

    whole.run(each())
    assert faults == []


@seed(4)
@settings(
    max_examples=6,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    everywhere=values,
    query=st.dictionaries(st.sampled_from(QUERY), values, max_size=6),
    sent=st.dictionaries(st.sampled_from(HEADERS), values, max_size=3),
    locale=st.sampled_from(["en", "ar", "fr", "xx", "\0"]),
    real=st.booleans(),
)
def test_no_path_query_or_header_makes_any_route_fail(whole, staff, everywhere, query, sent, locale, real):
    faults = []

    async def each():
        customer = whole.customer()
        for template, method, _ in whole.table():
            key = staff.key if "/console" in template else customer.key
            names = re.findall(r"{(\w+)", template)
            picks = whole.things["nile"] if real else dict.fromkeys(names, everywhere)
            target = filled(template, {**picks, "locale": locale})
            encoded = urlencode({**query, "csrf": form_token(key, whole.world.entropy)})
            if template.endswith(("sign-out", "prove")):
                continue
            answer = await ask(
                whole.app, method, f"{target}?{encoded}", sent=sent, body=encoded.encode(), key=key
            )
            faults.extend(faults_of(answer, (method, target[:200], query, sent)))

    whole.run(each())
    assert faults == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "//evil.example/en",
        "/%2F%2Fevil.example",
        "/en/%0d%0aX:y",
        "/en/%00",
        "/en/%ff%fe",
        "/en/%ed%a0%80",
        "/ar/console/..",
        "/ar/console/../console",
        "/ar/console/%2e%2e/sign-in",
        "/ar//console",
        "/en/" + "a" * 60_000,
        "/en/" + "a/" * 3_000,
        "/static/x/..%2f..%2fapp.py",
        "/static/x/../../app.py",
        "/static/x/%00",
        "/feeds/nile/%00.atom",
        "/design?\0=\0",
        "/en/sign-in?next=%0d%0aX:y",
        "/en/sign-in?" + "a=1&" * 5_000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "X"])
def test_odd_paths_and_methods_are_answered_and_let_nobody_in(whole, path, method):
    override = {
        "x-http-method-override": "POST",
        "x-original-url": "/en/console",
        "x-rewrite-url": "/en/console",
    }
    answer = whole.run(ask(whole.app, method, path, sent=override))
    assert faults_of(answer, path) == []
    assert b"console/institutions" not in answer[2]


@pytest.mark.parametrize(
    "body",
    [
        b"&".join(b"a%d=1" % n for n in range(200)),
        b"csrf=" + b"a" * 70_000,
        b"csrf=" + b"a" * 300_000,
        b"a=%ff",
        b"a=%ed%a0%80",
        b"\xff\xfe",
        b"=&=&=",
        b"csrf=%00",
        b"csrf[]=1&csrf=2",
        b"",
    ],
)
def test_a_form_that_is_too_big_or_no_form_is_refused_in_words(whole, staff, body):
    for target in ("/ar/check", "/ar/console/staff", "/ar/sign-in", "/ar/theme"):
        answer = whole.run(ask(whole.app, "POST", target, body=body, key=staff.key))
        assert faults_of(answer, target) == []
        assert answer[0] in (400, 403, 413)
        assert b'lang="ar"' in answer[2]
