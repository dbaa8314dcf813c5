"""Subscribers as people become ones: the public form, the letter that asks, its link, one press."""

import asyncio

import aiohttp

from dawam.people import Customer
from dawam.simulation.demo.cast import customers
from dawam.simulation.demo.guide.links import pieces
from dawam.simulation.demo.guide.visits import Visit, refused
from dawam.simulation.demo.letterbox import Letter, Letterbox


async def subscribe_cast(
    session: aiohttp.ClientSession, url: str, letterbox: Letterbox, *, site: str, institution: str
) -> None:
    """The customers with an e-mail address subscribe and confirm; the letters that asked them are gone.

    Raises: Unavailable `stage_process_failed`, when a page refuses or a letter never comes.
    """
    async with asyncio.TaskGroup() as group:
        for one in customers(institution):
            if one.email:
                group.create_task(_subscribe(one, Visit(session, url), letterbox, site, institution))


async def _subscribe(one: Customer, visit: Visit, letterbox: Letterbox, site: str, institution: str) -> None:
    form = f"/{one.locale}/subscribe/{institution}"
    await visit.send(form, {**await visit.form(form, form), "address": one.email})
    letter = await letterbox.take(one.email)
    place = _link(letter, site, f"/{one.locale}/subscriptions/confirm/")
    await visit.send(place, await visit.form(place, place))


def _link(letter: Letter, site: str, beginning: str) -> str:
    """The place that a letter's link leads to. Raises: Unavailable `stage_process_failed`."""
    for said, is_link in pieces(letter.text, site):
        place = said.removeprefix(site)
        if is_link and place.startswith(beginning):
            return place
    raise refused("a letter without its link")
