"""The verbs of subscriptions: ask, confirm, change, stop; and telling everyone of a notice.

Promises: no address gets a notice that has not answered our question; whoever asks learns nothing about an
address; whoever has a link needs no account; a subscriber gets one message an event, and none after stopping.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import structlog

from dawam.delivery import FAILED, Delivery, Failed, Message, Page, Reply, Way
from dawam.kernel import DawamError, InvalidInput, NotFound, World, id_to_text
from dawam.status.notices import PUBLISHED, WITHDRAWN, Notice, Wording
from dawam.status.subscriptions import store
from dawam.status.subscriptions.model import (
    Ask,
    Subscription,
    Wishes,
    checked_wishes,
    quiet_until,
    wanted,
)
from dawam.status.subscriptions.settings import SubscriptionSettings
from dawam.status.subscriptions.tokens import Tokens
from dawam.status.subscriptions.wording import NoticeWording, ask_message
from dawam.storage import News, Reader, Storage, Tx
from dawam.web import Locale, text
from dawam.web.pages import Face, RateLimit

SOURCE = "subscriptions"
_CLEAN_EVERY_S = 600.0
_GONE = frozenset({"target_gone", "push_subscription_gone", "push_subscription_invalid", "push_key_refused"})
_REFUSED = frozenset({"email_refused", "sms_number_refused", "target_private"})
_STOP = frozenset({"stop", "stopp", "arret", "arrêt", "ايقاف", "إيقاف", "الغاء", "إلغاء", "توقف"})
_KEPT = 8
_PAGES = {"incident": "incidents", "window": "windows", "all_clear": "windows"}
"""Where the public reads on about a notice, by its kind."""
_log = structlog.get_logger("dawam.status")


class NoticeBook(Protocol):
    """Where published notices stand."""

    wording: Wording

    def notice(self, notice_id: str) -> Notice | None:
        """The notice of an id."""
        ...


class Subscriptions:
    """Who wants to hear of what."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: SubscriptionSettings,
        *,
        delivery: Delivery,
        notices: NoticeBook,
        face: Face,
    ) -> None:
        self.settings = settings
        self.delivery = delivery
        self._storage = storage
        self._world = world
        self._notices = notices
        self._face = face
        self._origin = face.settings.origin
        fresh = world.entropy.randbytes(32)
        key = storage.read(store.key) or storage.write_now(lambda tx: store.keep_key(tx, fresh))
        self._tokens = Tokens(key)
        self._reader = Reader(SOURCE, storage, self._act)
        self._all = RateLimit(settings.asks_in_all_per_min, every_s=60.0 / settings.asks_in_all_per_min)
        self._some = RateLimit(settings.asks_at_once, every_s=settings.ask_every_s)
        self._wordings: dict[str, tuple[Notice, NoticeWording]] = {}
        delivery.fan_outs.sources[SOURCE] = self

    async def ask(
        self, ask_id: str, institution: str, way: Way, address: str, wishes: Wishes, *, who: str
    ) -> None:
        """Ask an address whether it wants the notices; the same id again is nothing. `who` asks, for limits.

        What is answered is the same whatever we know of the address.
        Raises: InvalidInput as `Delivery.address` does, `quiet_hours_incomplete`, `subscription_way_closed`;
        Unavailable `too_many_tries`.
        """
        if way not in self.delivery.ways:
            raise InvalidInput("subscription_way_closed")
        kept = self.delivery.address(way, address)
        checked_wishes(wishes)
        now = self._world.clock.now()
        self._some.check(who, now)
        self._all.check("all", now)
        ends_at = now + timedelta(minutes=self.settings.code_lasts_min)
        ask = Ask(
            id=ask_id,
            institution=institution,
            way=way,
            address=kept,
            wishes=wishes,
            made_at=now,
            ends_at=ends_at,
        )
        await self._storage.write(lambda tx: self._ask(tx, ask))

    def _ask(self, tx: Tx, ask: Ask) -> None:
        found = self._tokens.address_hash(ask.way, ask.address)
        if store.left_alone(tx, found, ask.made_at):
            return
        if store.asks_of(tx, found) >= self.settings.asks_an_address or not store.add_ask(tx, ask, found):
            return
        name = self._notices.wording.name_of(ask.institution, ask.wishes.locale)
        message = ask_message(
            ask,
            name=name,
            code=self._tokens.code(ask.id),
            confirm=self._url(ask.wishes.locale, "subscriptions/confirm", "confirm", ask.id),
            refuse=self._url(ask.wishes.locale, "subscriptions/refuse", "refuse", ask.id),
        )
        self.delivery.enqueue(tx, [message])

    async def confirm_by_code(self, ask_id: str, code: str) -> str:
        """The address has answered with its code; the token of the subscription.

        Raises: InvalidInput `subscription_code_wrong`, also for an ask that there is not.
        """
        plain = "".join(str(int(each)) for each in code if each.isdecimal())

        def verb(tx: Tx) -> str | None:
            ask = self._open_ask(tx, ask_id)
            if ask is None:
                return None
            if not self._tokens.is_code(ask_id, plain):
                store.count_try(tx, ask_id)
                return None
            return self._confirm(tx, ask)

        found = await self._storage.write(verb)
        if found is None:
            raise InvalidInput("subscription_code_wrong")
        return self._tokens.token("manage", found)

    async def confirm_by_link(self, token: str) -> str:
        """The address has answered with its link; the token of the subscription.

        Raises: NotFound `subscription_link_unknown`, `subscription_ask_over`.
        """
        ask_id = self._tokens.read("confirm", token)

        def verb(tx: Tx) -> str | None:
            ask = self._open_ask(tx, ask_id)
            return None if ask is None else self._confirm(tx, ask)

        found = await self._storage.write(verb)
        if found is None:
            raise NotFound("subscription_ask_over")
        return self._tokens.token("manage", found)

    async def refuse(self, token: str) -> None:
        """The address wants no such asks for a good while, and no notices.

        Raises: NotFound `subscription_link_unknown`.
        """
        ask_id = self._tokens.read("refuse", token)
        now = self._world.clock.now()
        until = now + timedelta(days=self.settings.left_alone_days)

        def verb(tx: Tx) -> None:
            ask = store.find_ask(tx, ask_id)
            if ask is None:
                return
            found = self._tokens.address_hash(ask.way, ask.address)
            store.leave_alone(tx, found, until)
            store.drop_asks(tx, found)

        await self._storage.write(verb)

    def asked(self, token: str, purpose: str) -> Ask | None:
        """What a link of the question is about; None when that is over.

        Raises: NotFound `subscription_link_unknown`.
        """
        ask_id = self._tokens.read(purpose, token)
        return self._storage.read(lambda rows: store.find_ask(rows, ask_id))

    def managed(self, token: str) -> Subscription | None:
        """The subscription of a link; None when it was stopped.

        Raises: NotFound `subscription_link_unknown`.
        """
        found = self._tokens.read("manage", token)
        return self._storage.read(lambda rows: store.find(rows, found))

    def of_device(self, address: str) -> list[tuple[str, Subscription]]:
        """The subscriptions of a browser, each with its token, by the whole of its push subscription.

        Its keys are known to the browser and us alone: who shows them is the browser.
        Raises: InvalidInput `push_subscription_invalid`.
        """
        kept = self.delivery.address(Way.PUSH, address)
        found = self._tokens.address_hash(Way.PUSH, kept)
        return [
            (self._tokens.token("manage", each.id), each)
            for each in self._storage.read(lambda rows: store.of_address(rows, found))
        ]

    async def change(self, token: str, wishes: Wishes) -> None:
        """Other wishes.

        Raises: NotFound `subscription_link_unknown`; InvalidInput `quiet_hours_incomplete`.
        """
        found = self._tokens.read("manage", token)
        checked_wishes(wishes)
        await self._storage.write(lambda tx: store.change(tx, found, wishes))

    async def stop(self, token: str) -> None:
        """No more messages, and nothing is kept. Raises: NotFound `subscription_link_unknown`."""
        found = self._tokens.read("manage", token)
        await self._storage.write(lambda tx: self._drop(tx, found))

    def answer(self, number: str, written: str) -> Reply | None:
        """The answer to `stop` by SMS: every subscription of the number ends. None for anything else."""
        if written.strip().strip(".!").lower() not in _STOP:
            return None
        found = self._tokens.address_hash(Way.SMS, number)

        def verb(tx: Tx) -> None:
            for each in store.of_address(tx, found):
                self._drop(tx, each.id)
            store.drop_asks(tx, found)

        self._storage.write_now(verb)
        locale: Locale = "en" if written.strip().lower().startswith("stop") else "fr"
        locale = "ar" if any("\u0600" <= letter <= "\u06ff" for letter in written) else locale
        return Reply(str(text("You get no more of these messages.", locale)), locale)

    def counts(self) -> dict[str, dict[Way, int]]:
        """How many subscriptions each institution has by each way."""
        return self._storage.read(store.counts)

    def manage_url(self, locale: Locale, subscription_id: str) -> str:
        """The subscriber's own page; a post to it stops at once (RFC 8058)."""
        return self._url(locale, "subscriptions", "manage", subscription_id)

    def page(self, tx: Tx, subject: str, place: str, limit: int, now: datetime) -> Page:
        """The messages of a notice to some subscribers; see `delivery.Source`."""
        known = self._wording(subject)
        if known is None:
            return Page((), None)
        notice, wording = known
        if notice.withdrawn_at is not None:
            return Page((), None)
        found = store.page(tx, notice.institution, place, limit)
        told = tuple(
            self._message(each, notice, wording, now)
            for each in found
            if wanted(each.wishes, notice.capabilities)
        )
        return Page(told, found[-1].id if len(found) == limit else None)

    async def run(self) -> None:
        """Forever: act on what was published, and forget what has ended."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._reader.run())
            group.create_task(self._clean())

    async def catch_up(self) -> int:
        """Act on what is new, for those who have no event loop running for it."""
        return await self._reader.catch_up()

    def _message(
        self, subscription: Subscription, notice: Notice, wording: NoticeWording, now: datetime
    ) -> Message:
        wishes = subscription.wishes
        urgent = notice.kind in self.settings.urgent_kinds
        subject, body, html = wording.of(subscription.way, wishes.locale)
        return Message(
            key=f"{notice.id}:{subscription.id}",
            way=subscription.way,
            to=subscription.address,
            locale=wishes.locale,
            subject=subject,
            body=body,
            html=html,
            link=self._link(subscription, notice),
            owner=subscription.id,
            about=notice.subject_id,
            not_before=quiet_until(wishes, now, self._face.settings.zone, urgent=urgent),
            expires_at=notice.published_at + timedelta(hours=self.settings.notice_lasts_h),
        )

    def _link(self, subscription: Subscription, notice: Notice) -> str:
        """A mail is stopped by it, a notification opens it; in a text message it would cost a part."""
        locale = subscription.wishes.locale
        match subscription.way:
            case Way.EMAIL:
                return self.manage_url(locale, subscription.id)
            case Way.PUSH:
                pages = _PAGES.get(notice.kind)
                path = f"{pages}/{notice.subject_id}" if pages else f"status/{notice.institution}"
                return f"{self._origin}/{locale}/{path}"
        return ""

    def _wording(self, notice_id: str) -> tuple[Notice, NoticeWording] | None:
        known = self._wordings.get(notice_id)
        if known is None:
            notice = self._notices.notice(notice_id)
            if notice is None:
                return None
            if len(self._wordings) >= _KEPT:
                self._wordings.clear()
            known = notice, NoticeWording(notice, self._notices.wording, self._face)
            self._wordings[notice_id] = known
        return known

    def _act(self, tx: Tx, news: News) -> None:
        if news.topic == PUBLISHED:
            notice = self._notices.notice(news.body.decode())
            if notice is not None:
                fan_outs = self.delivery.fan_outs
                fan_outs.start(
                    tx, f"notice:{notice.id}", source=SOURCE, subject=notice.id, about=notice.subject_id
                )
        elif news.topic == WITHDRAWN:
            self._wordings.pop(news.body.decode(), None)
            notice = self._notices.notice(news.body.decode())
            if notice is not None and notice.replaced_by is None:
                self.delivery.cancel_about(tx, notice.subject_id)
        elif news.topic == FAILED:
            self._failed(tx, msgspec.json.decode(news.body, type=Failed))

    def _failed(self, tx: Tx, failed: Failed) -> None:
        """An address that is gone, or that refuses again and again, is let go."""
        gone = failed.code in _GONE
        if failed.code in _REFUSED:
            gone = store.count_refusal(tx, failed.owner) >= self.settings.refusals
        if gone:
            self._drop(tx, failed.owner)

    def _open_ask(self, tx: Tx, ask_id: str) -> Ask | None:
        ask = store.find_ask(tx, ask_id)
        if ask is None or ask.ends_at <= self._world.clock.now() or ask.tries >= self.settings.code_tries:
            return None
        return ask

    def _confirm(self, tx: Tx, ask: Ask) -> str:
        subscription = Subscription(
            id=id_to_text(self._world.ids.next()),
            institution=ask.institution,
            way=ask.way,
            address=ask.address,
            wishes=ask.wishes,
            confirmed_at=self._world.clock.now(),
        )
        store.drop_ask(tx, ask.id)
        return store.put(tx, subscription, self._tokens.address_hash(ask.way, ask.address))

    def _drop(self, tx: Tx, subscription_id: str) -> None:
        store.drop(tx, subscription_id)
        self.delivery.cancel(tx, subscription_id)

    def _url(self, locale: Locale, path: str, purpose: str, id_text: str) -> str:
        return f"{self._origin}/{locale}/{path}/{self._tokens.token(purpose, id_text)}"

    async def _clean(self) -> None:
        while True:
            try:
                now = self._world.clock.now()
                await self._storage.write(lambda tx, at=now: store.drop_old(tx, at))  # type: ignore[misc]
            except DawamError as error:
                _log.error("subscriptions_not_cleaned", code=error.code)
            await asyncio.sleep(_CLEAN_EVERY_S)
