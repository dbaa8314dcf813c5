"""How apps talk to Dawam: the channel contract over HTTP.

Promises: no amount without its time and source, and none at all that is not proved; one answer per
idempotency key; nothing is open to a network without a token. Page: docs/channels.md.
"""

from dawam.channels.access import Access, Headers, check_binding
from dawam.channels.desks import Desk, Desks, Place
from dawam.channels.notices import notice
from dawam.channels.remote import Refused, Remote
from dawam.channels.settings import ChannelSettings, Sha256

__all__ = [
    "Access",
    "ChannelSettings",
    "Desk",
    "Desks",
    "Headers",
    "Place",
    "Refused",
    "Remote",
    "Sha256",
    "check_binding",
    "notice",
]
