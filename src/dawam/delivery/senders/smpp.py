"""What the SMPP library asks of us: where messages come from, who is told, and what is remembered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiosmpplib import (  # type: ignore[import-untyped]
    ESME,
    AbstractBroker,
    AbstractHook,
    AbstractThrottleHandler,
    DeliverSm,
    GenericNack,
    GSM7BitCodec,
    SmppCommandStatus,
    SubmitSmResp,
    UCS2Codec,
)
from aiosmpplib.correlator import SimpleCorrelator  # type: ignore[import-untyped]

_WAITING_MAX = 1_000
_TEXT_MAX = 1_600
_CODECS = {"gsm0338": GSM7BitCodec.get_codec_info(), "ucs2": UCS2Codec.get_codec_info()}

Answered = Callable[[str, SmppCommandStatus | None], None]
Heard = Callable[[str, str], Awaitable[None]]


def encoded(text: str, encoding: str) -> bytes:
    """The bytes of a part."""
    raw: bytes = _CODECS[encoding].encode(text)[0]
    return raw


class Broker(AbstractBroker):  # type: ignore[misc]
    """Parts on their way to the connection; those whose sender has given up are left out."""

    def __init__(self, wanted: Mapping[str, object]) -> None:
        self._wanted = wanted
        self._queue: asyncio.Queue[Any] = asyncio.Queue(_WAITING_MAX)

    async def enqueue(self, message: Any) -> None:
        """Wait for a place, then for the connection."""
        await self._queue.put(message)

    async def dequeue(self) -> Any:
        """The next that somebody still waits for."""
        while True:
            message = await self._queue.get()
            if message.log_id in self._wanted:
                return message

    def clear(self) -> None:
        """Nothing waits any more."""
        while not self._queue.empty():
            self._queue.get_nowait()


class Connection(ESME):  # type: ignore[misc]
    """A connection that is closed when another takes its place: the library only forgets it."""

    _open: Any = None

    async def connect(self) -> None:
        """Connect and bind. Raises: what the library raises."""
        self.let_go()
        try:
            await super().connect()
        finally:
            self._open = self._writer

    def let_go(self) -> None:
        """Close the socket."""
        if self._open is not None:
            self._open.close()
            self._open = None


class NeverThrottled(AbstractThrottleHandler):  # type: ignore[misc]
    """The pace is kept by the queue."""

    async def throttled(self) -> None:
        """The centre is busy: its answer says so to the queue."""

    async def not_throttled(self) -> None:
        """It is not."""

    async def allow_request(self) -> bool:
        """Always."""
        return True

    async def throttle_delay(self) -> float:
        """None."""
        return 0.0


class Correlator(SimpleCorrelator):  # type: ignore[misc]
    """Requests and their answers; no receipts, and parts of what one number writes put together in order."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__("dawam", max_ttl_response=max(1.0, 2 * timeout_s))
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}

    async def put_delivery(self, smsc_message_id: str, submit_sm: Any) -> None:
        """Receipts were not asked for."""

    async def get_delivery(self, receipt: Any) -> None:
        """Nor are they matched."""

    async def put_delivery_segmented(self, deliver_sm: Any) -> Any:
        """The whole message once all of its parts are there; unfinished ones are bounded in number."""
        reference, number, total = deliver_sm.get_segmentation_data()
        key = (deliver_sm.source.number, reference, total)
        parts = self._parts.setdefault(key, {})
        parts[number] = deliver_sm.short_message or deliver_sm.message_payload
        if len(parts) < total:
            if len(self._parts) > _WAITING_MAX:
                del self._parts[next(iter(self._parts))]
            return None
        del self._parts[key]
        deliver_sm.short_message = "".join(parts[at] for at in sorted(parts))
        deliver_sm.message_payload = ""
        return deliver_sm


class Hook(AbstractHook):  # type: ignore[misc]
    """Tells the way out what comes in."""

    def __init__(self, answered: Answered, heard: Heard | None, receipt: Callable[[], None]) -> None:
        self._answered = answered
        self._heard = heard
        self._receipt = receipt

    async def sending(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        """Nothing: bytes are nobody's business."""

    async def received(self, smpp_message: Any, pdu: bytes, client_id: str) -> None:
        """An answer to a part, a receipt, or what somebody has written."""
        if isinstance(smpp_message, DeliverSm):
            if smpp_message.is_receipt():
                self._receipt()
            else:
                text = smpp_message.short_message or smpp_message.message_payload
                await self._hear("+" + smpp_message.source.number.removeprefix("+"), text[:_TEXT_MAX])
        elif isinstance(smpp_message, SubmitSmResp | GenericNack):
            self._answered(smpp_message.log_id, smpp_message.command_status)

    async def _hear(self, number: str, text: str) -> None:
        """What could not be taken must not be acknowledged: a new connection gets it again."""
        try:
            if self._heard is not None:
                await self._heard(number, text)
        except Exception:
            raise ConnectionError("not taken") from None

    async def send_error(self, smpp_message: Any, error: Exception, client_id: str) -> None:
        """A part that was not sent, or not answered in time."""
        self._answered(smpp_message.log_id, None)
