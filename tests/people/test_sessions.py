"""Sessions hold as long as they should, and not a moment longer."""

import asyncio

import pytest

from dawam.kernel import DawamError
from dawam.people import Actor, Ended, How, PeopleSettings
from dawam.people.sessions import Opening
from dawam.web.pages import Kind, Role

from .world import MONA, Town


def begin(town, kind=Kind.CUSTOMER, person=MONA.id, replaces=""):
    opening = Opening(
        id=town.once(),
        key=town.people.sessions.fresh_key(),
        kind=kind,
        person=person,
        how=How.CODE,
        device="Firefox/Android",
    )
    town.storage.write_now(
        lambda tx: town.people.sessions.begin(tx, opening, replaces=replaces, now=town.clock.now())
    )
    return opening.key


def invited(town, *roles, **more):
    made = town.people.staff.invite(
        Actor("system"), name="Ali Hassan", roles=roles or [Role.ADMINISTRATOR], **more
    )
    return asyncio.run(made)[0]


def test_a_session_is_found_by_its_key_only(town):
    town.add(MONA)
    key = begin(town)
    visitor = town.people.sessions.visitor(key)
    assert (visitor.kind, visitor.id, visitor.name) == (Kind.CUSTOMER, MONA.id, MONA.name)
    for wrong in ("", "s.", key[:-1], key[2:], key + "x", "s." + "A" * 43):
        assert town.people.sessions.visitor(wrong) is None
        assert town.people.sessions.ended(wrong) is None


def test_no_key_stands_in_the_database(tmp_path):
    town = Town(f"sqlite:///{tmp_path / 'people.db'}")
    town.add(MONA)
    key = begin(town)
    town.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert key.encode() not in content


def test_a_session_left_alone_ends_and_one_in_use_ends_too_in_the_end(town):
    town.add(MONA)
    sessions = town.people.sessions
    key = begin(town)
    town.clock.pass_by(899)
    assert sessions.visitor(key)
    town.clock.pass_by(899)
    assert sessions.visitor(key)
    town.clock.pass_by(900)
    assert sessions.visitor(key) is None
    assert sessions.ended(key) is Ended.IDLE
    key = begin(town)
    for _ in range(47):
        town.clock.pass_by(600)
        assert sessions.visitor(key)
    town.clock.pass_by(600)
    assert sessions.visitor(key) is None
    assert sessions.ended(key) is Ended.TOO_LONG


def test_another_life_knows_when_a_session_was_last_used(database_url):
    town = Town(database_url)
    town.add(MONA)
    key = begin(town)
    town.clock.pass_by(800)
    assert town.people.sessions.visitor(key)
    asyncio.run(town.people.settle())
    later = town.clock.moment
    town.close()
    other = Town(database_url)
    other.clock.moment = later
    other.clock.pass_by(800)
    assert other.people.sessions.visitor(key)
    other.clock.pass_by(900)
    assert other.people.sessions.visitor(key) is None
    other.close()


def test_sessions_that_ended_long_ago_are_forgotten(town):
    town.add(MONA)
    key = begin(town)
    town.clock.pass_by(4 * 86_400)
    asyncio.run(town.people.settle())
    assert town.storage.read(lambda rows: len(town.people.sessions.of(visitor(key)))) == 0


def visitor(key):
    from dawam.web.pages import Visitor

    return Visitor(kind=Kind.CUSTOMER, id=MONA.id, key=key)


def test_a_dismissed_member_is_out_at_once_and_told_why(town):
    first, second = invited(town), invited(town, Role.OPERATOR)
    key = begin(town, Kind.STAFF, second.id)
    assert town.people.sessions.visitor(key).may(Role.OPERATOR)
    asyncio.run(town.people.staff.dismiss(Actor(first.id), second.id, reason="left"))
    assert town.people.sessions.visitor(key) is None
    assert town.people.sessions.ended(key) is Ended.DISMISSED
    newest = town.people.trail.entries()[0]
    assert (newest.act, newest.by, newest.subject) == ("member_dismissed", first.id, second.id)


def test_a_member_whose_roles_change_signs_in_again(town):
    first, second = invited(town), invited(town, Role.OPERATOR)
    key = begin(town, Kind.STAFF, second.id)
    asyncio.run(
        town.people.staff.change(Actor(first.id), second.id, roles=[Role.VIEWER], institutions=["nile"])
    )
    assert town.people.sessions.visitor(key) is None
    assert town.people.sessions.ended(key) is Ended.ROLES_CHANGED
    fresh = begin(town, Kind.STAFF, second.id)
    found = town.people.sessions.visitor(fresh)
    assert (found.roles, found.institutions) == (frozenset({Role.VIEWER}), ("nile",))
    told = town.people.trail.entries()[0].told()
    assert (told["roles"], told["roles_before"]) == (["viewer"], ["operator"])


def test_nobody_changes_or_dismisses_themselves(town):
    first, _ = invited(town), invited(town)
    staff = town.people.staff
    for act in (
        staff.dismiss(Actor(first.id), first.id),
        staff.change(Actor(first.id), first.id, roles=list(Role), institutions=[]),
        staff.invite_again(Actor(first.id), first.id),
    ):
        with pytest.raises(DawamError, match="member_is_yourself"):
            asyncio.run(act)


def test_the_last_administrator_stays(town):
    first = invited(town)
    local = invited(town, Role.ADMINISTRATOR, institutions=["nile"])
    for act in (
        town.people.staff.dismiss(Actor("system"), first.id),
        town.people.staff.change(Actor("system"), first.id, roles=[Role.VIEWER], institutions=[]),
        town.people.staff.change(
            Actor("system"), first.id, roles=[Role.ADMINISTRATOR], institutions=["nile"]
        ),
    ):
        with pytest.raises(DawamError, match="administrator_last"):
            asyncio.run(act)
    asyncio.run(town.people.staff.dismiss(Actor("system"), local.id))
    second = invited(town)
    asyncio.run(town.people.staff.dismiss(Actor(second.id), first.id))


def test_an_administrator_of_one_institution_keeps_to_it(town):
    everywhere = invited(town)
    actor = Actor("01LOCAL", ("nile",))
    staff = town.people.staff
    for act in (
        staff.invite(actor, name="X", roles=[Role.VIEWER]),
        staff.invite(actor, name="X", roles=[Role.VIEWER], institutions=["delta"]),
        staff.dismiss(actor, everywhere.id),
    ):
        with pytest.raises(DawamError, match="institution_not_yours"):
            asyncio.run(act)
    member, _ = asyncio.run(staff.invite(actor, name="X", roles=[Role.VIEWER], institutions=["nile"]))
    with pytest.raises(DawamError, match="institution_not_yours"):
        asyncio.run(staff.change(actor, member.id, roles=[Role.VIEWER], institutions=["nile", "delta"]))


def test_a_form_sent_twice_invites_one_member(town):
    once = town.once()
    for _ in range(2):
        made = town.people.staff.invite(Actor("system"), name="Sara", roles=[Role.VIEWER], identifier=once)
        member, token = asyncio.run(made)
        assert (member.id, town.people.staff.invited(token).id) == (once, once)
    assert len(town.people.staff.members()) == 1


def test_only_the_newest_link_of_a_member_holds_and_none_of_a_dismissed_one(town):
    invited(town)
    staff = town.people.staff
    member, first = asyncio.run(staff.invite(Actor("system"), name="Sara", roles=[Role.VIEWER]))
    _, second = asyncio.run(staff.invite_again(Actor("system"), member.id))
    with pytest.raises(DawamError, match="invitation_unknown"):
        staff.invited(first)
    assert staff.invited(second).id == member.id
    asyncio.run(staff.dismiss(Actor("system"), member.id))
    with pytest.raises(DawamError, match="invitation_unknown"):
        staff.invited(second)


def test_idle_longer_than_the_longest_is_no_setting():
    with pytest.raises(ValueError, match="customer_idle_s"):
        PeopleSettings(customer_idle_s=10, customer_longest_s=5)


def test_a_page_that_is_only_open_does_not_keep_its_session_alive(town):
    town.add(MONA)
    used, looked = begin(town), begin(town)
    for _ in range(3):
        town.clock.pass_by(400)
        assert town.people.sessions.visitor(used) is not None
        holds = town.people.sessions.glance(looked) is not None
    assert not holds
    assert town.people.sessions.ended(looked) is Ended.IDLE
