"""Forms count from our own pages only, in the browser that they were given to, and say what is wrong."""

from typing import Any

import msgspec
import pytest
from litestar import Request, Response, post
from litestar.testing import TestClient

from dawam.kernel import Unavailable
from dawam.web.pages import FOR_ANYONE, RateLimit, form_of, form_token, ruled

from .rooms import StillClock, room, token_in, world


class Wish(msgspec.Struct):
    """A form."""

    name: str
    count: int = 1


@post("/{locale:str}/wish", opt=ruled(FOR_ANYONE), status_code=200)
async def wish(request: Request) -> Response[str]:
    form = await form_of(request, Wish)
    return Response(f"{form.name}|{form.count}", media_type="text/plain")


@post("/{locale:str}/try", opt=ruled(FOR_ANYONE), status_code=200)
async def tried() -> Response[str]:
    raise Unavailable("too_many_tries", wait_s=42)


@pytest.fixture
def client() -> TestClient:
    return room([wish, tried])


def send(client: TestClient, fields: dict[str, str] | None = None, **headers: str) -> Any:
    page = client.get("/en/design")
    given = {"csrf": token_in(page.text), "name": "Mona", **(fields or {})}
    return client.post("/en/wish", data=given, headers={k.replace("_", "-"): v for k, v in headers.items()})


def code(answer: Any, text: str) -> bool:
    return text in answer.text


def test_a_form_from_our_page_counts(client: TestClient) -> None:
    assert send(client).text == "Mona|1"
    assert send(client, {"count": "3", "name": "  Mona "}).text == "Mona|3"
    assert send(client, sec_fetch_site="same-origin").text == "Mona|1"
    assert send(client, origin="http://dawam.local").text == "Mona|1"


@pytest.mark.parametrize(
    "header",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://dawam.local"},
        {"origin": "https://evil.example"},
        {"origin": "http://dawam.local:81"},
        {"origin": "null"},
    ],
)
def test_a_form_from_another_site_does_nothing(client: TestClient, header: dict[str, str]) -> None:
    answer = send(client, **header)
    assert answer.status_code == 403
    assert "another website" in answer.text


@pytest.mark.parametrize("token", ["", "x", "AAAA", "%00", "é", form_token("somebody else", world().entropy)])
def test_a_form_without_the_browsers_own_token_does_nothing(client: TestClient, token: str) -> None:
    answer = send(client, {"csrf": token})
    assert answer.status_code == 403
    assert "no longer valid" in answer.text


def test_a_token_is_another_one_on_every_page_and_each_counts(client: TestClient) -> None:
    tokens = {token_in(client.get("/en/design").text) for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        assert client.post("/en/wish", data={"csrf": token, "name": "x"}).status_code == 200


def test_a_token_is_nothing_without_the_cookie(client: TestClient) -> None:
    token = token_in(client.get("/en/design").text)
    client.cookies.clear()
    assert client.post("/en/wish", data={"csrf": token, "name": "x"}).status_code == 403


def test_a_script_may_give_the_token_in_a_header(client: TestClient) -> None:
    token = token_in(client.get("/en/design").text)
    assert client.post("/en/wish", data={"name": "x"}, headers={"x-csrf-token": token}).status_code == 200


def test_a_field_that_is_missing_or_unusable_is_named(client: TestClient) -> None:
    missing = send(client, {"name": " "})
    assert missing.status_code == 422
    assert "The field name is empty" in missing.text
    wrong = send(client, {"count": "many"})
    assert wrong.status_code == 422
    assert "the field count cannot" in wrong.text
    assert "many" not in wrong.text.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a%d=1" % n for n in range(200))])
def test_a_form_that_cannot_be_read_is_refused(client: TestClient, body: bytes) -> None:
    client.get("/en/design")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/en/wish", content=body, headers=headers).status_code in (400, 403)


def test_whoever_tries_too_often_is_told_how_long_to_wait(client: TestClient) -> None:
    answer = client.post("/en/try", headers={"accept": "application/json"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "42"
    page = client.post("/en/try")
    assert page.status_code == 429
    assert page.headers["retry-after"] == "42"


def test_tries_come_back_with_time_each_key_for_itself() -> None:
    clock, limit = StillClock(), RateLimit(2, every_s=10)
    limit.check("a", clock.now())
    limit.check("a", clock.now())
    limit.check("b", clock.now())
    with pytest.raises(Unavailable) as refused:
        limit.check("a", clock.now())
    assert refused.value.params["wait_s"] == 10
    clock.pass_by(10)
    limit.check("a", clock.now())
    with pytest.raises(Unavailable):
        limit.check("a", clock.now())
    limit.forgive("a")
    limit.check("a", clock.now())


def test_a_refused_try_does_not_make_the_wait_longer() -> None:
    clock, limit = StillClock(), RateLimit(1, every_s=10)
    limit.check("a", clock.now())
    for _ in range(5):
        with pytest.raises(Unavailable) as refused:
            limit.check("a", clock.now())
        assert refused.value.params["wait_s"] == 10


def test_a_null_character_is_no_part_of_a_form_or_of_an_address(client: TestClient) -> None:
    for fields in ({"name": "a\0b"}, {"other\0": "a"}):
        assert send(client, fields).status_code == 400
    assert client.get("/en/des%00ign").status_code == 404
    assert client.get("/%00/design").status_code == 404
    assert client.get("/en/design?next=%00").status_code == 400
