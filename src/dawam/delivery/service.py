"""The queue as the other slices see it: enqueue with the fact, and it leaves by itself."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_network

import msgspec
import structlog

from dawam.delivery import store
from dawam.delivery.addresses import check_address
from dawam.delivery.fanouts import FanOuts
from dawam.delivery.lane import Lane
from dawam.delivery.model import KEY_MAX, RECIPIENT_MAX, Message, State, Way, shared_texts
from dawam.delivery.senders import Sender
from dawam.delivery.senders.opening import senders_of
from dawam.delivery.senders.push import PushSender
from dawam.delivery.senders.webhook import WebhookSender
from dawam.delivery.settings import DeliverySecrets, DeliverySettings, PaceSettings
from dawam.kernel import DawamError, Unavailable, World, id_to_text, invariant, to_ns
from dawam.storage import Storage, Tx, outbox
from dawam.web import Locale
from dawam.web.pages import RateLimit

_ANSWER_LASTS = timedelta(minutes=10)
_FORGET_EVERY_S = 3_600.0
FAILED = "message_failed"
"""The outbox topic of messages of an `owner` that were given up; its body is a `Failed` as JSON."""
_log = structlog.get_logger("dawam.delivery")


class Failed(msgspec.Struct, frozen=True):
    """A message with an owner that was given up, for those who should know."""

    key: str
    owner: str
    way: Way
    code: str


class Reply(msgspec.Struct, frozen=True):
    """What somebody who has written by SMS is told."""

    text: str
    locale: Locale


Answer = Callable[[str, str], Reply | None]
"""Called with a number and what it has written; None: nothing is answered."""


class Delivery:
    """One queue, many ways out. `senders` are the ways that are offered."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: DeliverySettings,
        *,
        senders: Mapping[Way, Sender] | None = None,
    ) -> None:
        self._storage = storage
        self._world = world
        self._settings = settings
        self._senders = dict(senders or {})
        self.ways = frozenset(self._senders)
        self.answer: Answer | None = None
        """Who answers what people write by SMS; set when it is there."""
        self._tries = RateLimit(3, every_s=60.0)
        self.fan_outs = FanOuts(
            storage, world, self.enqueue, page=settings.page, look_every_s=settings.look_every_s
        )
        self._lanes = [
            Lane(
                way,
                sender,
                pace_of(settings, way),
                storage=storage,
                world=world,
                look_every_s=settings.look_every_s,
                told=self._tell,
            )
            for way, sender in self._senders.items()
        ]

    @classmethod
    def open(
        cls, storage: Storage, world: World, settings: DeliverySettings, secrets: DeliverySecrets
    ) -> "Delivery":
        """A queue with the ways out that the settings describe; nothing is connected before `run`.

        Raises: InvalidInput as `senders_of` does.
        """

        async def heard(number: str, text: str) -> None:
            await delivery.heard(number, text)

        delivery = cls(storage, world, settings, senders=senders_of(settings, secrets, world, heard=heard))
        return delivery

    def enqueue(self, tx: Tx, messages: Sequence[Message]) -> int:
        """Queue messages with the facts of the open transaction; how many keys were new.

        A message whose way is not offered is kept as failed. Raises: nothing; a bad address fails when sent.
        """
        for message in messages:
            invariant(0 < len(message.key) <= KEY_MAX, "a message needs a key of bounded length")
            invariant(len(message.to) <= RECIPIENT_MAX, "an address has a bounded length")
        if not messages:
            return 0
        now = to_ns(self._world.clock.now())
        plain = [_storable(message) for message in messages]
        return store.add(tx, plain, shared_texts(plain), offered=self.ways, now=now)

    def cancel_about(self, tx: Tx, about: str) -> None:
        """What waits about this is sent to nobody any more, and no fan-out goes on about it."""
        self.fan_outs.stop(tx, about)
        store.cancel_about(tx, about, now=to_ns(self._world.clock.now()))

    def address(self, way: Way, given: str) -> str:
        """An address as it is kept, when messages may go there.

        Raises: InvalidInput as `check_address` does.
        """
        webhook = self._settings.webhook
        inside = webhook.allowed_networks if webhook is not None else ()
        return check_address(way, given, allowed=[ip_network(each) for each in inside])

    @property
    def push_key(self) -> str | None:
        """The public key with which browsers let us send; None when web push is not offered."""
        sender = self._senders.get(Way.PUSH)
        return sender.public_key if isinstance(sender, PushSender) else None

    def webhook_secret(self, url: str) -> str | None:
        """What the owner of a target verifies with; None when webhooks are not offered."""
        sender = self._senders.get(Way.WEBHOOK)
        return sender.secret_of(url) if isinstance(sender, WebhookSender) else None

    def cancel(self, tx: Tx, owner: str) -> None:
        """What waits for this owner is not sent any more."""
        store.cancel(tx, owner, now=to_ns(self._world.clock.now()))

    def counts(self) -> dict[Way, dict[State, int]]:
        """How many messages of each way are in each state."""
        return self._storage.read(store.counts)

    def lag_s(self, way: Way) -> float:
        """For how long the first waiting message has been due; 0 when none is."""
        due = self._storage.read(lambda rows: store.oldest_due(rows, way))
        now = to_ns(self._world.clock.now())
        return 0.0 if due is None else max(0.0, (now - due) / 1e9)

    def failures(self, limit: int = 50) -> list[store.Failure]:
        """What was given up, newest first; without addresses and texts."""
        return self._storage.read(lambda rows: store.failures(rows, limit))

    async def heard(self, number: str, text: str) -> None:
        """Answer what somebody has written by SMS: three times at once, then once a minute.

        Raises: what storing the answer raises; then the centre delivers it again.
        """
        now = self._world.clock.now()
        try:
            to = check_address(Way.SMS, number)
            self._tries.check(to, now)
        except DawamError:
            return  # not a number that could be answered, or one that asks too often
        reply = self._reply(to, text)
        if reply is None:
            return
        key = f"answer:{id_to_text(self._world.ids.next())}"
        answer = Message(
            key=key,
            way=Way.SMS,
            to=to,
            locale=reply.locale,
            subject="",
            body=reply.text,
            urgent=True,
            expires_at=now + _ANSWER_LASTS,
        )
        await self._storage.write(lambda tx: self.enqueue(tx, [answer]))

    def _reply(self, number: str, text: str) -> Reply | None:
        """What answers, if anything; what cannot be answered for good is not delivered again."""
        try:
            return None if self.answer is None else self.answer(number, text)
        except Unavailable:
            raise
        except Exception as error:
            code = error.code if isinstance(error, DawamError) else type(error).__name__
            _log.error("sms_not_answered", code=code)
            return None

    async def run(self) -> None:
        """Forever: send what is due, fan out, forget what is old."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(lane.run())
            group.create_task(self.fan_outs.run())
            group.create_task(self._forget())

    async def turn(self) -> int:
        """One turn of every lane and fan-out, for those who have no event loop running for it."""
        return sum([await lane.turn() for lane in self._lanes], await self.fan_outs.turn())

    def _tell(self, tx: Tx, ended: list[tuple[str, State, str]]) -> None:
        """Whoever owns a message that was given up learns of it."""
        failed = {key: code for key, state, code in ended if state is State.FAILED}
        if not failed:
            return
        now = self._world.clock.now()
        for key, (owner, way) in store.owners(tx, list(failed)).items():
            body = msgspec.json.encode(Failed(key, owner, way, failed[key]))
            outbox.put(tx, FAILED, body, now=now)

    async def _forget(self) -> None:
        while True:
            before = to_ns(self._world.clock.now() - timedelta(days=self._settings.keep_days))
            try:
                await self._forget_before(before)
            except DawamError as error:
                _log.error("forgetting_failed", code=error.code)
            await asyncio.sleep(_FORGET_EVERY_S)

    async def _forget_before(self, before: int) -> None:
        while True:
            if not await self._storage.write(lambda tx: store.forget(tx, before=before)):
                break
            await asyncio.sleep(0.05)  # others want to write too
        await self._storage.write(lambda tx: store.forget_texts(tx, before=before))
        await self._storage.write(lambda tx: self.fan_outs.forget(tx, before))


def pace_of(settings: DeliverySettings, way: Way) -> PaceSettings:
    """The pace of a way; that of a way which is not set is the ordinary one."""
    found = {
        Way.EMAIL: settings.email,
        Way.SMS: settings.sms,
        Way.PUSH: settings.push,
        Way.WEBHOOK: settings.webhook,
        Way.STAFF: settings.staff,
    }[way]
    return found.pace if found is not None else PaceSettings()


def _storable(message: Message) -> Message:
    """Without U+0000, which no text in a database can hold."""
    if "\0" not in message.subject + message.body + message.html:
        return message
    subject, body, html = (
        each.replace("\0", "\ufffd") for each in (message.subject, message.body, message.html)
    )
    return msgspec.structs.replace(message, subject=subject, body=body, html=html)
