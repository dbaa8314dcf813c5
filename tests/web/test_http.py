"""The shell over real HTTP: whatever goes wrong is a problem, and says nothing it should not."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import aiohttp
import msgspec
import pytest
import structlog
from litestar import Response, get, post
from litestar.params import FromQuery, RawBody

from dawam.kernel import Conflict, DawamError, IntegrityBroken, NotFound, Unavailable
from dawam.web import (
    bearer,
    decode,
    explain,
    json_api,
    json_response,
    problem,
    serving,
    status_of,
    token_digest,
)


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A request."""

    name: str


ERRORS: dict[str, DawamError] = {
    "absent": NotFound("account_not_found"),
    "conflict": Conflict("payment_mismatch"),
    "withheld": Unavailable("balance_withheld", reason="contradicted"),
    "broken": IntegrityBroken("wallet_books_disagree", rule="secret"),
    "storage": Unavailable("storage_unavailable", reason="/secret/file: disk full"),
    "untold": NotFound("nobody_wrote_a_text", place=7),
}


@get("/fail", sync_to_thread=False)
def fail(kind: FromQuery[str]) -> None:
    """Raise what is asked for."""
    raise ERRORS.get(kind) or ValueError("secret 4567")


@get("/number", sync_to_thread=False)
def number(after: FromQuery[int] = 0) -> int:
    """Take a number."""
    return after


@post("/body")
async def take(body: RawBody) -> Response[bytes]:
    """Take a body."""
    return json_response(decode(body, Body))


@get("/guarded", guards=bearer([token_digest("right"), token_digest("also")]), sync_to_thread=False)
def guarded() -> str:
    """Let in with a token."""
    return "in"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Any
    body: dict[str, Any]


Ask = Callable[..., Awaitable[Answer]]


def over_http(work: Callable[[Ask], Awaitable[None]]) -> None:
    """Run some calls against a real server on loopback."""

    async def run() -> None:
        app = json_api([fail, number, take, guarded], body_max_bytes=1_000)
        async with serving(app, "127.0.0.1", 0) as address, aiohttp.ClientSession(address.url) as session:

            async def ask(method: str, path: str, **more: Any) -> Answer:
                async with session.request(method, path, **more) as response:
                    raw = await response.read()
                    body = json.loads(raw) if raw[:1] in (b"{", b"[") else {"raw": raw.decode()}
                    return Answer(response.status, response.headers, body)

            await work(ask)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "route_not_found"),
        ("DELETE", "/number", {}, 405, "method_not_allowed"),
        ("GET", "/number?after=many", {}, 400, "parameter_invalid"),
        ("GET", "/fail", {}, 400, "parameter_invalid"),
        ("POST", "/body", {"data": b"no"}, 400, "body_not_json"),
        ("POST", "/body", {"data": b'{"name": 1}'}, 400, "body_field_invalid"),
        ("POST", "/body", {"data": b"x" * 1_001}, 413, "body_too_large"),
        ("POST", "/body", {"data": b"[" * 900}, 400, "body_too_deep"),
        ("GET", "/fail?kind=absent", {}, 404, "account_not_found"),
        ("GET", "/fail?kind=conflict", {}, 409, "payment_mismatch"),
        ("GET", "/fail?kind=withheld", {}, 503, "balance_withheld"),
        ("GET", "/fail?kind=untold", {}, 404, "nobody_wrote_a_text"),
        ("GET", "/guarded", {}, 401, "token_missing"),
        ("GET", "/guarded", {"headers": {"Authorization": "Basic cmlnaHQ="}}, 401, "token_missing"),
        ("GET", "/guarded", {"headers": {"Authorization": "Bearer "}}, 401, "token_missing"),
        ("GET", "/guarded", {"headers": {"Authorization": "Bearer wrong"}}, 401, "token_wrong"),
    ],
)
def test_every_failure_is_a_problem_with_its_code(
    method: str, path: str, more: dict[str, Any], status: int, code: str
) -> None:
    async def work(ask: Ask) -> None:
        answer = await ask(method, path, **more)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.status, answer.body["status"], answer.body["code"]) == (status, status, code)
        assert answer.body["title"]
        assert answer.body["detail"]

    over_http(work)


def test_a_body_that_hides_its_length_is_counted_as_it_arrives() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    async def work(ask: Ask) -> None:
        answer = await ask("POST", "/body", data=endless())
        assert (answer.status, answer.body["code"]) == (413, "body_too_large")

    over_http(work)


def test_a_right_token_opens_whatever_the_case_of_the_scheme() -> None:
    async def work(ask: Ask) -> None:
        for value in ("Bearer right", "bearer also"):
            assert (await ask("GET", "/guarded", headers={"Authorization": value})).status == 200
        refused = await ask("GET", "/guarded")
        assert refused.headers["WWW-Authenticate"] == "Bearer"

    over_http(work)


def test_problems_speak_the_asked_language() -> None:
    async def work(ask: Ask) -> None:
        titles = set()
        for language in ("ar-EG", "fr", "en"):
            answer = await ask("GET", "/fail?kind=absent", headers={"Accept-Language": language})
            assert answer.headers["Content-Language"] == language[:2]
            titles.add(answer.body["title"])
        assert len(titles) == 3

    over_http(work)


def test_an_unforeseen_error_tells_nothing_and_is_logged_without_values() -> None:
    async def work(ask: Ask) -> None:
        answer = await ask("GET", "/fail?kind=other")
        assert (answer.status, answer.body["code"]) == (500, "internal_error")
        assert "4567" not in json.dumps(answer.body)

    with structlog.testing.capture_logs() as logs:
        over_http(work)
    (entry,) = logs
    assert entry["error"] == "ValueError"
    assert entry["route"] == "/fail"
    assert "4567" not in json.dumps(entry)


@pytest.mark.parametrize("kind", ["broken", "storage"])
def test_a_failure_of_our_own_books_or_storage_shows_no_detail(kind: str) -> None:
    async def work(ask: Ask) -> None:
        answer = await ask("GET", f"/fail?kind={kind}")
        assert "detail" not in answer.body
        assert "secret" not in json.dumps(answer.body)

    with structlog.testing.capture_logs():
        over_http(work)


def test_the_reason_of_a_withheld_balance_is_a_member_of_its_own() -> None:
    async def work(ask: Ask) -> None:
        answer = await ask("GET", "/fail?kind=withheld")
        assert answer.body["reason"] == "contradicted"
        assert answer.headers["Retry-After"] == "1"

    over_http(work)


def test_a_hostile_field_name_cannot_turn_the_sentence_around() -> None:
    async def work(ask: Ask) -> None:
        answer = await ask("POST", "/body", data='{"name": "x", "\u202emit": 1}'.encode())
        assert answer.body["code"] == "body_field_unknown"
        assert "\u202e" not in answer.body["detail"]
        assert "\\u202emit" in answer.body["detail"]

    over_http(work)


def test_the_allowed_methods_are_named() -> None:
    async def work(ask: Ask) -> None:
        assert "GET" in (await ask("POST", "/number")).headers["Allow"]

    over_http(work)


def test_a_failure_explains_itself_outside_http_as_well() -> None:
    error = Conflict("port_in_use", host="127.0.0.1", port=80)
    assert status_of(error) == 409
    assert explain(error, "en").detail == "Port 80 on 127.0.0.1 is taken by another program."
    assert problem(error, "fr").headers["Content-Language"] == "fr"
