"""What an administrator of one institution cannot reach: links of members that are not theirs."""

import asyncio

import pytest

from dawam.kernel import DawamError
from dawam.people import Actor
from dawam.web.pages import Role

LOCAL = Actor("01LOCAL", ("nile",))


def invited(town, name="Ali", *roles, institutions=(), identifier=None, actor=None):
    made = town.people.staff.invite(
        actor or Actor("system"), name=name, roles=roles, institutions=institutions, identifier=identifier
    )
    return asyncio.run(made)


def test_the_id_of_a_form_never_gives_a_link_of_another_member(town):
    chief, link = invited(town, "Ali", Role.ADMINISTRATOR)
    elsewhere, _ = invited(town, "Sara", Role.VIEWER, institutions=["delta"])
    for victim in (chief, elsewhere):
        with pytest.raises(DawamError, match=r"institution_not_yours|invitation_differs"):
            invited(town, "X", Role.VIEWER, institutions=["nile"], identifier=victim.id, actor=LOCAL)
    assert town.people.staff.invited(link).id == chief.id


def test_nobody_gets_a_link_of_their_own_by_a_form_that_invites(town):
    chief, link = invited(town, "Ali", Role.ADMINISTRATOR)
    with pytest.raises(DawamError, match="member_is_yourself"):
        invited(town, "Ali", Role.ADMINISTRATOR, identifier=chief.id, actor=Actor(chief.id))
    assert town.people.staff.invited(link).id == chief.id


def test_a_form_sent_again_with_something_else_in_it_is_refused(town):
    once = town.once()
    invited(town, "Sara", Role.VIEWER, institutions=["nile"], identifier=once, actor=LOCAL)
    for name, role in (("Sara", Role.OPERATOR), ("Mira", Role.VIEWER)):
        with pytest.raises(DawamError, match="invitation_differs"):
            invited(town, name, role, institutions=["nile"], identifier=once, actor=LOCAL)
    asyncio.run(town.people.staff.dismiss(LOCAL, once))
    with pytest.raises(DawamError, match="invitation_differs"):
        invited(town, "Sara", Role.VIEWER, institutions=["nile"], identifier=once, actor=LOCAL)


def test_every_link_that_is_made_stands_in_the_trail(town):
    once = town.once()
    for _ in range(2):
        invited(town, "Sara", Role.VIEWER, identifier=once)
    assert [one.act for one in town.people.trail.entries()] == ["member_invited_again", "member_invited"]
