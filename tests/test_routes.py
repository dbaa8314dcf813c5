"""Every route against every visitor, from the route table itself: what has no rule lets nobody in."""

import pytest
from litestar.testing import TestClient

from dawam.app import Front, build, check_settings, create_app
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.people import Customer, Holding
from dawam.web.pages import Audience, Kind, Role, Rule, Visitor

VISITORS = {
    "anybody": None,
    "customer": Visitor(kind=Kind.CUSTOMER, id="C1", name="Amina", key="customer"),
    **{
        role.value: Visitor(
            kind=Kind.STAFF, id=role.value, name="Badr", roles=frozenset({role}), key=role.value
        )
        for role in Role
    },
}
FILLED = {
    "locale": "en",
    "institution": "bank",
    "account": "A",
    "digest": "x",
    "path": "css/app.css",
    "n": "1",
}


class Keys:
    def visitor(self, key):
        return VISITORS.get(key)


@pytest.fixture(scope="module")
def app():
    settings = Settings(
        storage=StorageSettings(url="sqlite://"),
        operators={"amal": "0" * 64},
        institutions={"bank": InstitutionSettings(primary_url="http://127.0.0.1:9")},
    )
    links = check_settings(settings)
    node = build(settings, links=links)
    front = Front(node)
    amina = Customer(
        id="C1",
        name="Amina",
        phone="+201001234567",
        holdings=(Holding(institution="bank", account="A", label="Wallet"),),
    )
    node.storage.write_now(lambda tx: front.people.customers.add(tx, amina))
    found = create_app(node, front)
    found.state["sessions"] = Keys()
    found.on_startup.clear()
    found.on_shutdown[:] = [link.close for link in links.values()]
    yield found
    node.storage.close()


def routes(app):
    """Each path template and method with its rule."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)]):
            for method in getattr(handler, "http_methods", ()):
                if method not in ("OPTIONS", "HEAD"):
                    yield route.path, method, handler.opt.get("rule")


def address(template):
    parts = []
    for part in template.split("/"):
        name = part.strip("{}").split(":")[0] if part.startswith("{") else None
        parts.append(FILLED.get(name, "01ARZ3NDEKTSV4RRFFQ69G5FAV") if name else part)
    return "/".join(parts)


def test_every_route_carries_a_rule(app):
    assert [(path, method) for path, method, rule in routes(app) if not isinstance(rule, Rule)] == []


def test_every_page_of_the_console_is_for_staff_and_every_form_of_theirs_names_roles(app):
    signs_in = ("/console/sign-in", "/console/sign-out")
    for path, method, rule in routes(app):
        if "/console" in path and not any(way in path for way in signs_in):
            assert rule.audience is Audience.STAFF, path
            if method == "POST" and "/security" not in path:
                assert rule.roles != frozenset(Role), f"{path} lets every role act"


@pytest.mark.parametrize("who", VISITORS)
def test_every_route_lets_in_exactly_whom_its_rule_names(app, who):
    visitor = VISITORS[who]
    with TestClient(app) as client:
        client.follow_redirects = False
        for template, method, rule in routes(app):
            if rule.audience is Audience.APP or template.endswith("/live"):
                continue
            if who != "anybody":
                client.cookies.set("dawam", who)
            answer = client.request(method, address(template), headers={"accept": "application/json"})
            refused = answer.status_code in (401, 403) and answer.json()["code"] in (
                "sign_in_needed",
                "role_missing",
                "rule_missing",
            )
            admitted = rule.admits(visitor) if visitor else rule.audience is Audience.ANYONE
            assert refused is not admitted, f"{who}: {method} {template} answered {answer.status_code}"
            assert answer.status_code != 500, f"{who}: {method} {template}"


def test_no_form_is_taken_without_its_token(app):
    with TestClient(app) as client:
        client.follow_redirects = False
        for who in ("customer", *Role):
            client.cookies.set("dawam", str(who))
            for template, method, rule in routes(app):
                if method == "POST" and rule.audience is not Audience.APP and rule.admits(VISITORS[str(who)]):
                    answer = client.post(address(template), headers={"accept": "application/json"})
                    assert answer.status_code in (400, 401, 403, 404, 415), (
                        f"{template}: {answer.status_code}"
                    )
