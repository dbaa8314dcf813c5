"""Staff and social channels, through apprise: a message names the channel, never its secret URL."""

import asyncio
import logging
import warnings
from collections.abc import Mapping

from apprise import Apprise

from dawam.delivery.model import Later, Outcome, Outgoing, Refused, Sent
from dawam.delivery.settings import StaffSettings
from dawam.kernel import InvalidInput

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would log targets


class StaffSender:
    """Tells a named channel; apprise waits for the network, so it does that in a thread of its own."""

    def __init__(self, settings: StaffSettings, urls: Mapping[str, str]) -> None:
        """Raises: InvalidInput `staff_channel_malformed`."""
        self._settings = settings
        self._channels: dict[str, Apprise] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of what its many services import
            for name in settings.channels:
                channel = Apprise()
                if not all(channel.add(url) for url in urls.get(name, "").split()) or not len(channel):
                    raise InvalidInput("staff_channel_malformed", channel=name)
                self._channels[name] = channel

    async def open(self) -> None:
        """Nothing to open."""

    async def send(self, message: Outgoing) -> Outcome:
        """All targets of the channel, or it is tried again: some may be told twice."""
        channel = self._channels.get(message.to)
        if channel is None:
            return Refused("staff_channel_unknown")
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                told = await asyncio.to_thread(channel.notify, body=message.body, title=message.subject)
        except TimeoutError:
            return Later("staff_timeout")
        return Sent() if told else Later("staff_refused")

    async def close(self) -> None:
        """Nothing is held."""
