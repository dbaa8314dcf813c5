"""A message, its way out, what became of sending it, and when to try again. Pure.

Rules of a try, in this order: what has expired is not sent; a recipient that refuses for good ends it; a way
out that is away counts no try; anything else is tried again, each time later, until the tries are spent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import msgspec

from dawam.web import Locale

KEY_MAX = 160
RECIPIENT_MAX = 2_000
LINK = "{link}"
"""Where `Message.link` stands in a text."""


class Way(StrEnum):
    """How a message leaves."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    WEBHOOK = "webhook"
    STAFF = "staff"


class State(StrEnum):
    """What has become of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one recipient.

    `key` is the event and the recipient: the same key again is nothing. `to` is what the way needs: an e-mail
    address, a number in international form, a browser's push subscription as JSON, a URL, a staff channel's
    name. `body` is plain text; for a webhook it is the JSON that is sent. `link` is the recipient's own
    address for stopping these messages: it fills `{link}` in the texts, so that many share one text, and an
    e-mail's `List-Unsubscribe`. `urgent` goes before all that is not. `owner` names whose it is and `about`
    its subject: a newer message of the same owner about the same replaces one that still waits.
    """

    key: str
    way: Way
    to: str
    locale: Locale
    subject: str
    body: str
    html: str = ""
    link: str = ""
    urgent: bool = False
    owner: str = ""
    about: str = ""
    not_before: datetime | None = None
    expires_at: datetime | None = None


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a way out gets it; `id` is the same at every try, `tries` counts this one."""

    key: str
    way: Way
    to: str
    locale: Locale
    subject: str
    body: str
    html: str
    link: str
    urgent: bool
    about: str
    tries: int
    expires_at: datetime | None

    @property
    def id(self) -> str:
        """What recipients that know keys count by: 32 hexadecimal digits, made of the key."""
        return message_id(self.key)


class Sent(msgspec.Struct, frozen=True):
    """The other side has it."""


class Later(msgspec.Struct, frozen=True):
    """It may succeed later; `after_s`, when the other side says how much."""

    code: str
    after_s: float | None = None


class Refused(msgspec.Struct, frozen=True):
    """This recipient will never take it."""

    code: str


class Away(msgspec.Struct, frozen=True):
    """The way out itself is away, whoever the recipient is: no try is counted, and the way pauses."""

    code: str


Outcome = Sent | Later | Refused | Away


class Waits(msgspec.Struct, frozen=True):
    """Back into the queue, until then."""

    until: datetime
    tries: int
    code: str


class Ended(msgspec.Struct, frozen=True):
    """Nothing more is done for the message."""

    state: State
    code: str = ""


def message_id(key: str) -> str:
    """32 hexadecimal digits for a key: the same key, the same digits."""
    return sha256(key.encode()).hexdigest()[:32]


def backoff_s(tries: int, *, chance: float, first_s: float, longest_s: float) -> float:
    """How long to wait after so many tries: doubled each time, between half and all of it by `chance` [0, 1).

    Source: exponential backoff with equal jitter, M. Brooker, AWS Architecture Blog, 2015.
    """
    whole = min(longest_s, first_s * 2.0 ** min(tries - 1, 60))
    return whole * (0.5 + chance / 2)


def follows(
    outcome: Outcome, tries: int, *, now: datetime, wait_s: float, tries_max: int, expires_at: datetime | None
) -> Waits | Ended:
    """What a try leads to; `wait_s` is what the backoff gives for it."""
    match outcome:
        case Sent():
            return Ended(State.SENT)
        case Refused(code):
            return Ended(State.FAILED, code)
        case Away(code):
            return Waits(now, tries - 1, code)
    if tries >= tries_max:
        return Ended(State.FAILED, outcome.code)
    until = now + timedelta(seconds=max(wait_s, outcome.after_s or 0.0))
    if expires_at is not None and until >= expires_at:
        return Ended(State.EXPIRED, outcome.code)
    return Waits(until, tries, outcome.code)


def filled(text: str, link: str) -> str:
    """The text with the recipient's own link in it."""
    return text.replace(LINK, link) if link else text


def shared_texts(messages: Sequence[Message]) -> set[tuple[str, str, str]]:
    """The texts that more than one of the messages has: these are kept once."""
    once: set[tuple[str, str, str]] = set()
    more: set[tuple[str, str, str]] = set()
    for message in messages:
        text = (message.subject, message.body, message.html)
        (more if text in once else once).add(text)
    return more
