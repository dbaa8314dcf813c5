"""The letterbox: the relay to which the demo's Dawam hands its e-mail. It sends nothing on.

Promises: it keeps the newest letters only, in memory, and of each its plain text.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

from dawam.kernel import Clock, Unavailable
from dawam.standin import ModeChange
from dawam.web import LOCALES, Locale

_KEPT = 48
_LETTER_MAX = 262_144
_FOLLOWS_WITHIN = timedelta(seconds=60)
_COMES_WITHIN_S = 30.0


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One message as its reader finds it; `number` counts from 1 in the order of arrival."""

    number: int
    to: str
    subject: str
    text: str
    locale: Locale
    arrived_at: datetime
    is_notice: bool
    """Whether it came of a subscription: only such a letter has a way to stop it (RFC 8058)."""


class Letterbox:
    """An SMTP server, and what arrived there. `letters` are the newest, newest first."""

    def __init__(self, clock: Clock) -> None:
        self.letters: deque[Letter] = deque(maxlen=_KEPT)
        self._clock = clock
        self._count = 0
        self._came = asyncio.Condition()

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[None]:
        """Take letters at an address."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            partial(SMTP, self, loop=loop, hostname=host, data_size_limit=_LETTER_MAX), host, port
        )
        try:
            yield
        finally:
            server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """What the SMTP server calls with a letter; the answer to who brought it."""
        content = envelope.content or b""
        mail = message_from_bytes(
            content.encode() if isinstance(content, str) else content, policy=policy.default
        )
        async with self._came:
            for to in envelope.rcpt_tos:
                self._count += 1
                self.letters.appendleft(_read(mail, to, self._count, self._clock.now()))
            self._came.notify_all()
        return "250 OK"

    async def take(self, to: str) -> Letter:
        """Wait for a letter to somebody, and take it out.

        Raises: Unavailable `stage_process_failed`, when none comes.
        """
        try:
            async with asyncio.timeout(_COMES_WITHIN_S), self._came:
                await self._came.wait_for(lambda: any(letter.to == to for letter in self.letters))
                found = next(letter for letter in self.letters if letter.to == to)
                self.letters.remove(found)
                return found
        except TimeoutError:
            raise Unavailable(
                "stage_process_failed", process="dawam", status=None, said="a letter never came"
            ) from None


def followed_after_s(
    letter: Letter, letters: Iterable[Letter], changes: Sequence[ModeChange]
) -> float | None:
    """How long after the newest change of mode a notice came; only its reader's first one follows it.

    None for other letters, and for what comes more than a minute later: that tells something else.
    """
    before = [change.at for change in changes if change.at <= letter.arrived_at]
    if not letter.is_notice or not before:
        return None
    since = max(before)
    earlier = (other for other in letters if other.is_notice and other.number < letter.number)
    is_first = not any(other.to == letter.to and other.arrived_at >= since for other in earlier)
    after = letter.arrived_at - since
    return after.total_seconds() if is_first and after <= _FOLLOWS_WITHIN else None


def _read(mail: EmailMessage, to: str, number: int, now: datetime) -> Letter:
    part = mail.get_body(preferencelist=("plain",))
    language = mail["content-language"]
    return Letter(
        number=number,
        to=to,
        subject=str(mail["subject"] or ""),
        text=str(part.get_content()) if part is not None else "",
        locale=next((locale for locale in LOCALES if locale == language), "en"),
        arrived_at=now,
        is_notice="list-unsubscribe" in mail,
    )
