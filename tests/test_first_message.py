"""An outage reaches a subscriber's mailbox, through everything that stands between them."""

import asyncio
from datetime import timedelta

import pytest

from dawam.status.notices import grouped

from . import letters


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_an_outage_is_told_to_who_has_subscribed(database_url, locale):
    async def story(relay):
        async with letters.town(database_url, relay) as town:
            await town.subscribe(locale)
            failed_at = await town.fail()
            letter = await town.letter(1)
            (incident,) = town.front.incidents.open_incidents()
            notice = town.front.notices.of_subject(incident.id)[0]
            second = timedelta(seconds=1)  # clocks are read in several threads
            assert failed_at < town.changed_at() <= notice.published_at < letter.came_at + second
            said = notice.texts[locale]
            assert letter.message["subject"].endswith(said.title)
            assert letter.message["content-language"] == locale
            assert letter.message["to"] == letters.READER
            assert letter.message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
            assert said.title in letter.text
            assert grouped(notice.code) in letter.text
            assert len(relay.letters) == 2  # the question, and this

    with letters.relay() as relay:
        asyncio.run(story(relay))
