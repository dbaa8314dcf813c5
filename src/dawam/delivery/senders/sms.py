"""Text messages by SMPP 3.4 over one connection in both directions; what people write goes to a reader.

Recipients see one message however long it is. A message that was sent in doubt is sent again with the same
reference; whether the centre or the phone knows it again is theirs: SMPP has no key.
Source: SMPP Protocol Specification 3.4, issue 1.2.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import structlog
from aiosmpplib import (  # type: ignore[import-untyped]
    NPI,
    TON,
    OptionalParam,
    PhoneNumber,
    SmppCommandStatus,
    SmppSessionState,
    SubmitSm,
)
from aiosmpplib.retrytimer import SimpleExponentialBackoff  # type: ignore[import-untyped]

from dawam.delivery.model import Away, Later, Outcome, Outgoing, Refused, Sent
from dawam.delivery.senders.segments import Segments, header, segments
from dawam.delivery.senders.smpp import Broker, Connection, Correlator, Hook, NeverThrottled, encoded
from dawam.delivery.settings import SmsSettings
from dawam.kernel import InvalidInput

Heard = Callable[[str, str], Awaitable[None]]
"""Called with a number and what it has written; what it raises, the centre delivers again."""

_CONNECT_S = 5.0
_LOOK_S = 0.1
_PASSWORD_MAX = 8
_REFERENCE = 0x0204  # user_message_reference
_BUSY = (SmppCommandStatus.ESME_RTHROTTLED, SmppCommandStatus.ESME_RMSGQFUL)
_WRONG_NUMBER = (SmppCommandStatus.ESME_RINVDSTADR, SmppCommandStatus.ESME_RINVDSTTON)
_log = structlog.get_logger("dawam.delivery")


class SmsSender:
    """One bound connection to the message centre, made again whenever it is lost."""

    def __init__(self, settings: SmsSettings, password: str, *, heard: Heard | None = None) -> None:
        """Raises: InvalidInput `sms_login_malformed`."""
        if not password.isascii() or len(password) > _PASSWORD_MAX or not settings.system_id.isascii():
            raise InvalidInput("sms_login_malformed")
        self._settings = settings
        self._answers: dict[str, asyncio.Future[SmppCommandStatus]] = {}
        self._count = 0
        self._heard = heard
        self.receipts = 0
        self._broker = Broker(self._answers)
        self._running: list[asyncio.Task[None]] = []
        self._source = _source(settings.source)
        self._esme = self._connection(password)

    async def open(self) -> None:
        """Connect, and stay connected: people may write before we do."""
        if not self._running or any(task.done() for task in self._running):
            for task in self._running:
                task.cancel()
            self._running = [asyncio.create_task(self._esme.start()), asyncio.create_task(self._watch())]

    async def send(self, message: Outgoing) -> Outcome:
        """All parts, and the centre's answer to each."""
        await self.open()
        if not await self._is_bound():
            return Away("sms_centre_unreachable")
        parts = segments(message.body)
        futures = [await self._submit(part) for part in self._submissions(message, parts)]
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                statuses = await asyncio.gather(*futures)
        except (TimeoutError, ConnectionError):
            for future in futures:
                future.cancel()
            return Later("sms_interrupted")
        return _outcome(statuses)

    async def close(self) -> None:
        """Unbind and disconnect."""
        if not self._running:
            return
        try:
            async with asyncio.timeout(2.0):
                await self._esme.stop()
        except TimeoutError:
            _log.warning("sms_centre_took_no_leave")
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []
        self._esme.let_go()
        await asyncio.sleep(0)

    def _connection(self, password: str) -> Any:
        settings = self._settings
        return Connection(
            settings.host,
            settings.port,
            settings.system_id,
            password,
            system_type=settings.system_type,
            enquire_link_interval=30.0,
            socket_timeout=settings.timeout_s,
            log_level=logging.CRITICAL + 1,  # it would log whole messages
            log_handler=logging.NullHandler(),
            hook=Hook(self._answered, self._heard, self._count_receipt),
            broker=self._broker,
            correlator=Correlator(settings.timeout_s),
            throttle_handler=NeverThrottled(),
            retry_timer=SimpleExponentialBackoff(min_delay=500, max_increases=5),
        )

    async def _is_bound(self) -> bool:
        try:
            async with asyncio.timeout(_CONNECT_S):
                while not self._bound:  # noqa: ASYNC110  # the library tells of no change
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            return False
        return True

    @property
    def _bound(self) -> bool:
        return bool(self._esme.session_state == SmppSessionState.BOUND_TRX)

    async def _watch(self) -> None:
        """Whoever waits for an answer of a connection that is lost is told so."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if not self._bound:
                for future in list(self._answers.values()):
                    if not future.done():
                        future.set_exception(ConnectionError("connection lost"))
                self._broker.clear()

    def _submissions(self, message: Outgoing, parts: Segments) -> list[Any]:
        reference = int.from_bytes(sha256(message.id.encode()).digest()[:2])
        number = PhoneNumber(message.to.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN)
        found = []
        for at, text in enumerate(parts.texts):
            part = SubmitSm(
                short_message=text or " ",
                source=self._source,
                destination=number,
                encoding=parts.encoding,
                registered_delivery=0,
                esm_class=0x40 if parts.headers else 0,
                optional_params=[OptionalParam(_REFERENCE, reference)],
            )
            head = header(reference, parts.headers[at], len(parts.texts)) if parts.headers else b""
            part.set_encoded_message(head + encoded(text or " ", parts.encoding))
            found.append(part)
        return found

    async def _submit(self, part: Any) -> asyncio.Future[SmppCommandStatus]:
        self._count += 1
        part.log_id = token = str(self._count)
        future = asyncio.get_running_loop().create_future()
        self._answers[token] = future
        future.add_done_callback(lambda _: self._answers.pop(token, None))
        await self._broker.enqueue(part)
        return future

    def _answered(self, token: str, status: SmppCommandStatus | None) -> None:
        """The centre's answer to a part; None when it could not be sent."""
        future = self._answers.get(token)
        if future is None or future.done():
            return
        if status is None:
            future.set_exception(ConnectionError("not sent"))
        else:
            future.set_result(status)

    def _count_receipt(self) -> None:
        self.receipts += 1


def _source(source: str) -> Any:
    if source.removeprefix("+").isdigit():
        short = len(source) <= 8
        kind = TON.NETWORK_SPECIFIC if short else TON.INTERNATIONAL
        return PhoneNumber(source.removeprefix("+"), kind, NPI.ISDN)
    return PhoneNumber(source[:11], TON.ALPHANUMERIC, NPI.UNKNOWN)


def _outcome(statuses: list[SmppCommandStatus]) -> Outcome:
    wrong = [status for status in statuses if status != SmppCommandStatus.ESME_ROK]
    if not wrong:
        return Sent()
    if any(status in _WRONG_NUMBER for status in wrong):
        return Refused("sms_number_refused")
    if any(status in _BUSY for status in wrong):
        return Later("sms_centre_busy")
    return Later("sms_deferred")
