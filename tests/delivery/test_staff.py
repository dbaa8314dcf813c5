"""Channels of the staff, told through apprise."""

import asyncio
import logging
from random import Random

import pytest

from dawam.delivery import DeliverySecrets, DeliverySettings, StaffSettings, Way, senders_of
from dawam.delivery.model import Later, Outgoing, Refused, Sent
from dawam.delivery.senders.staff import StaffSender
from dawam.kernel import InvalidInput, TimeOrderedIds, World

from .people import Clock
from .sinks import HttpSink


def outgoing(to="duty"):
    return Outgoing(
        key="k1",
        way=Way.STAFF,
        to=to,
        locale="en",
        subject="Nile Bank: detected",
        body="Balances are being confirmed.",
        html="",
        link="",
        urgent=True,
        about="",
        tries=1,
        expires_at=None,
    )


def story(play):
    async def whole():
        async with HttpSink() as sink:
            urls = {"duty": f"json://127.0.0.1:{sink.port}/hook"}
            await play(StaffSender(StaffSettings(channels={"duty": "X"}), urls), sink)

    asyncio.run(whole())


def test_a_channel_is_told_by_its_name(caplog):
    async def play(sender, sink):
        assert await sender.send(outgoing()) == Sent()
        assert b"Balances are being confirmed." in sink.got[0].body

    with caplog.at_level(logging.DEBUG):
        story(play)
    assert "confirmed" not in caplog.text


def test_a_channel_that_does_not_take_it_is_tried_again():
    async def play(sender, sink):
        sink.status = 500
        assert await sender.send(outgoing()) == Later("staff_refused")
        assert await sender.send(outgoing("others")) == Refused("staff_channel_unknown")

    story(play)


@pytest.mark.parametrize("url", ["", "nothing", "nonsense://x y"])
def test_a_channel_that_is_none_is_refused_at_the_start(url):
    clock = Clock()
    world = World(clock, TimeOrderedIds(clock, Random(1)), Random(2))
    settings = DeliverySettings(staff=StaffSettings(channels={"duty": "X"}))
    with pytest.raises(InvalidInput) as caught:
        senders_of(settings, DeliverySecrets(staff={"duty": url}), world)
    assert (caught.value.code, caught.value.params) == ("staff_channel_malformed", {"channel": "duty"})
