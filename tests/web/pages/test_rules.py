"""Who may see what: a route without a rule lets nobody in, and each rule admits exactly whom it names."""

import pytest
from litestar import Request, Response, get
from litestar.testing import TestClient

from dawam.web.pages import FOR_ANYONE, FOR_CUSTOMERS, Role, Rule, for_staff, ruled

from .rooms import VISITORS, FixedSessions, room


def seen(request: Request) -> Response[str]:
    return Response(request.scope["visitor"].id, media_type="text/plain")


@get("/forgotten", sync_to_thread=False)
def forgotten(request: Request) -> Response[str]:
    return seen(request)


@get("/{locale:str}/open", opt=ruled(FOR_ANYONE), sync_to_thread=False)
def opened(request: Request) -> Response[str]:
    return seen(request)


@get("/{locale:str}/home", opt=ruled(FOR_CUSTOMERS), sync_to_thread=False)
def home(request: Request) -> Response[str]:
    return seen(request)


@get("/{locale:str}/approvals", opt=ruled(for_staff(Role.APPROVER)), sync_to_thread=False)
def approvals(request: Request) -> Response[str]:
    return seen(request)


@get("/{locale:str}/console", opt=ruled(for_staff()), sync_to_thread=False)
def console(request: Request) -> Response[str]:
    return seen(request)


@pytest.fixture
def client() -> TestClient:
    return room([forgotten, opened, home, approvals, console])


def visit(client: TestClient, path: str, who: str = "", **headers: str) -> int:
    if who:
        client.cookies.set("dawam", who)
    return client.get(path, follow_redirects=False, headers=headers).status_code


def test_a_route_without_a_rule_lets_nobody_in(client: TestClient) -> None:
    for who in ("", *VISITORS):
        assert visit(client, "/forgotten", who) == 403


def test_what_is_for_anyone_asks_nothing(client: TestClient) -> None:
    for who in ("", *VISITORS):
        assert visit(client, "/en/open", who) == 200


@pytest.mark.parametrize("who", ["", *VISITORS, "a-session-that-has-ended"])
def test_customers_come_home_and_nobody_else(client: TestClient, who: str) -> None:
    assert visit(client, "/en/home", who) == (200 if who == "customer" else 302)


@pytest.mark.parametrize("who", ["", *VISITORS])
def test_a_role_opens_what_is_for_it(client: TestClient, who: str) -> None:
    wanted = {"approver": 200, "": 302, "customer": 302}.get(who, 403)
    assert visit(client, "/en/approvals", who) == wanted
    assert visit(client, "/en/console", who) == (302 if who in ("", "customer") else 200)


def test_who_must_sign_in_is_led_there_and_back(client: TestClient) -> None:
    answer = client.get("/fr/home", follow_redirects=False)
    assert answer.headers["location"] == "/fr/sign-in?next=/fr/home"
    answer = client.get("/ar/console", follow_redirects=False)
    assert answer.headers["location"] == "/ar/console/sign-in?next=/ar/console"


def test_a_program_that_must_sign_in_is_told_so(client: TestClient) -> None:
    answer = client.get("/en/home", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_needed"
    assert answer.headers["www-authenticate"] == "Cookie"


def test_a_page_in_no_language_of_ours_is_not_there(client: TestClient) -> None:
    assert visit(client, "/de/design") == 404


def test_every_route_of_the_shell_has_a_rule(client: TestClient) -> None:
    rules = [
        handler.opt.get("rule")
        for route in client.app.routes
        for handler in getattr(route, "route_handlers", [])
        if handler.handler_name != "forgotten" and "OPTIONS" not in handler.http_methods
    ]
    assert len(rules) > 8
    assert all(isinstance(rule, Rule) for rule in rules)


def test_sessions_say_nothing_to_a_cookie_that_is_too_long() -> None:
    client = room([home])
    client.cookies.set("dawam", "customer" + "x" * 100)
    assert visit(client, "/en/home") == 302
    assert FixedSessions().visitor("customer")
