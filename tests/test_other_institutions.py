"""Whoever belongs to one institution reaches nothing of another; nobody is shown what they may not do."""

import asyncio
import re

import pytest

from dawam.web.pages import Audience, Kind, Role, Visitor, form_token, live

from .house import House, ask, fields_in, filled
from .test_hostile_requests import form_for

ALL = tuple(Role)
ONE_CLICK = "/subscriptions/{token:str}"
"""Stops at once, whoever sends it: the token in its path is what counts (RFC 8058)."""


@pytest.fixture(scope="module")
def whole():
    house = House()
    house.run(house.fill())
    yield house
    house.close()


def console(house, method):
    """The console's routes with something in them that belongs to an institution."""
    for template, one, _ in house.table():
        if one == method and "/console" in template and re.search(r"{(?!locale)", template):
            yield template


def standing(house):
    """What could have been changed: windows, incidents, orders, members and the trail."""
    front = house.front
    return (
        front.windows.upcoming(public=False),
        front.incidents.history(None, None),
        front._console.orders.latest(50),
        front.people.staff.members(),
        [one.number for one in front.people.trail.entries(limit=500)],
    )


def test_nothing_of_another_institution_is_found_by_its_id(whole):
    stranger = whole.run(whole.member(*ALL, institutions=("delta",)))
    things = {**whole.things["nile"], "passkey": "X", "session": "Y", "locale": "en"}
    before = standing(whole)
    found = []
    for template in console(whole, "GET"):
        answer = whole.run(whole.get(stranger.key, filled(template, things)))
        found += [] if answer[0] == 404 else [(template, answer[0])]
    for template in console(whole, "POST"):
        if "/security/" in template:
            continue
        form = form_for(template)
        answer = whole.run(whole.post(stranger.key, filled(template, things), **form))
        found += [] if answer[0] == 404 else [(template, answer[0])]
    assert found == []
    assert standing(whole) == before


def test_a_window_cannot_be_planned_for_another_institution(whole):
    stranger = whole.run(whole.member(*ALL, institutions=("delta",)))
    before = standing(whole)
    for path in ("plan", "advice"):
        form = form_for(f"windows/{path}")
        answer = whole.run(whole.post(stranger.key, f"/en/console/windows/{path}", **form))
        assert answer[0] in (400, 422)
    assert standing(whole) == before


def test_no_list_of_the_console_names_what_belongs_to_another_institution(whole):
    stranger = whole.run(whole.member(*ALL, institutions=("delta",)))
    ours = whole.things["nile"]
    for template, method, rule in whole.table():
        if method != "GET" or rule.audience is not Audience.STAFF:
            continue
        page = whole.run(whole.get(stranger.key, filled(template, {"locale": "en", **whole.things["delta"]})))
        for name in ("window_id", "incident_id", "order", "member"):
            assert ours[name].encode() not in page[2], template
        assert b"/nile" not in page[2], template


@pytest.mark.parametrize("role", Role)
def test_no_page_shows_a_form_that_its_reader_may_not_send(whole, role):
    reader = whole.run(whole.member(role))
    rules = [
        (re.compile(re.sub(r"{\w+:\w+}", "[^/]+", template)), rule)
        for template, method, rule in whole.table()
        if method == "POST"
    ]
    visitor = Visitor(kind=Kind.STAFF, roles=frozenset({role}))
    seen = 0
    for template, method, rule in whole.table():
        if method != "GET" or rule.audience is not Audience.STAFF or not rule.admits(visitor):
            continue
        status, _, page = whole.run(
            whole.get(reader.key, filled(template, {"locale": "en", **whole.things["nile"]}))
        )
        assert status in (200, 404), template
        for action, _ in fields_in(page.decode("utf-8", "replace")):
            fitting = [one for pattern, one in rules if pattern.fullmatch(action.partition("?")[0])]
            seen += 1
            assert all(one.audience is Audience.ANYONE or one.admits(visitor) for one in fitting), (
                f"{template} shows a {role} the form {action}"
            )
    assert seen


def test_nobody_agrees_to_their_own_act_whatever_roles_they_have(whole):
    both = whole.run(whole.member(*ALL, institutions=("nile",)))
    page = "/en/console/institutions/nile/orders"
    assert whole.run(whole.post(both.key, page, act="hand_back", reason="mine"))[0] == 303
    mine = next(one for one in whole.front._console.orders.waiting() if one.by == both.id)
    answer = whole.run(whole.post(both.key, f"/en/console/approvals/{mine.id}/settle", word="agree"))
    assert answer[0] == 403
    again = whole.run(whole.member(*ALL, institutions=("nile",)))
    other = whole.run(whole.post(again.key, f"/en/console/approvals/{mine.id}/withdraw"))
    assert other[0] == 403
    assert mine in whole.front._console.orders.waiting()


def test_a_token_counts_only_in_the_browser_that_it_was_given_to(whole):
    member, other = whole.run(whole.member(*ALL)), whole.run(whole.member(*ALL))
    customer = whole.customer()
    for template, method, rule in whole.table():
        if method != "POST" or template.endswith(ONE_CLICK):
            continue
        mine = customer if rule.audience is Audience.CUSTOMER else member
        for foreign in (other.key, customer.key if mine is member else member.key, "guest", ""):
            token = form_token(foreign, whole.world.entropy)
            target = filled(template, {"locale": "en", **whole.things["nile"]})
            answer = whole.run(ask(whole.app, "POST", target, body=f"csrf={token}".encode(), key=mine.key))
            assert answer[0] in (403, 404), (template, answer[0])


def test_the_open_page_of_a_dismissed_member_hears_nothing_more(whole, monkeypatch):
    monkeypatch.setattr(live, "_QUIET_S", 0.02)
    chief, member = whole.run(whole.member(Role.ADMINISTRATOR)), whole.run(whole.member(Role.VIEWER))
    stream = "/en/console/institutions/nile/live"

    async def story():
        listening = asyncio.create_task(whole.get(member.key, stream))
        await asyncio.sleep(0.1)
        assert not listening.done()
        dismissed = await whole.post(chief.key, f"/en/console/staff/{member.id}/dismissal", reason="left")
        assert dismissed[0] == 303
        async with asyncio.timeout(5):
            return await listening

    status, _, body = whole.run(story())
    assert status == 200
    assert body.startswith(b"retry:")
    assert whole.run(whole.get(member.key, stream, accept="text/event-stream"))[0] == 401
