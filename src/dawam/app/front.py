"""What people see of a node: pages, notices and messages, wired to its desks."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog
from litestar.handlers import HTTPRouteHandler

from dawam import people, portal, status
from dawam.app.node import Node
from dawam.config import delivery_secrets, portal_secret
from dawam.delivery import Delivery, Message, Reply
from dawam.kernel import DawamError
from dawam.people import People, ThreadedArgon2
from dawam.portal import Admit, Console, Orders, Pulse, Teller, console_routes, customer_routes
from dawam.standin import CAPABILITY_TITLES, BalanceChecks, Capability, Window, forget
from dawam.status import Incidents, MaintenanceWindow, Notices, Publisher, Sources, Subscriptions, Windows
from dawam.storage import Tx
from dawam.web import Locale
from dawam.web.pages import Face, Live

_AGAIN_AFTER_S = 1.0
_log = structlog.get_logger("dawam.app")


class Front:
    """Pages and all that works behind them, over a node that was built."""

    def __init__(self, node: Node) -> None:
        settings, world, storage = node.settings, node.world, node.storage
        self._node = node
        self._tasks: list[asyncio.Task[None]] = []
        self.live = Live(settings.pages)
        self.face = Face(
            world,
            settings.pages,
            templates=[
                people.TEMPLATES,
                status.notices.TEMPLATES,
                status.incidents.TEMPLATES,
                status.windows.TEMPLATES,
                status.publishing.TEMPLATES,
                status.subscriptions.TEMPLATES,
                portal.TEMPLATES,
            ],
            name_of=self.name_of,
        )
        self.delivery = Delivery.open(storage, world, settings.delivery, delivery_secrets(settings.delivery))
        self.people = People(
            storage,
            world,
            settings.people,
            page_settings=settings.pages,
            send=self._send,
            hashing=ThreadedArgon2(),
        )
        self.notices = Notices(
            storage,
            world,
            settings.notices,
            origin=settings.pages.origin,
            name_of=self.name_of,
            zone=settings.pages.zone,
        )
        self.incidents = self._incidents()
        self.windows = self._windows()
        self.publisher = self._publisher()
        self._pulse = Pulse(node.desks, world, self.live)
        self._console = self._made_console()
        self.subscriptions = Subscriptions(
            storage,
            world,
            settings.subscriptions,
            delivery=self.delivery,
            notices=self.notices,
            face=self.face,
        )
        self._teller = self._made_teller()
        self.delivery.answer = self._answer

    def routes(self, admit: Admit) -> list[HTTPRouteHandler]:
        """Every page, feed and form; `admit` lets an agent's app in."""
        names = tuple(self._node.settings.institutions)
        return [
            *people.page_routes(self.face, self.people, institutions=names),
            *status.notices.page_routes(self.face, self.notices),
            *status.incidents.page_routes(self.face, self.incidents),
            *status.incidents.console_routes(self.face, self.incidents),
            *status.windows.page_routes(
                self.face, self.windows, name_of=self.name_of, member_name=self._console.name_of
            ),
            *status.publishing.page_routes(self.face, self.publisher),
            *status.subscriptions.page_routes(
                self.face,
                self.subscriptions,
                institutions=lambda: names,
                capabilities=[(each.value, title) for each, title in CAPABILITY_TITLES.items()],
                name_of=self.name_of,
            ),
            *console_routes(self.face, self._console),
            *customer_routes(self.face, self._teller, admit=admit),
        ]

    async def start(self) -> None:
        """Begin to tell, to remind and to send."""
        self._tasks = [asyncio.create_task(_kept_up(name, run)) for name, run in self._work().items()]

    async def stop(self) -> None:
        """End all work and every open stream; what is under way is settled by the next life."""
        self.live.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def name_of(self, institution: str, locale: Locale) -> str:
        """What the public knows an institution by."""
        found = self._node.settings.institutions.get(institution)
        return institution if found is None else found.names.get(locale, institution)

    def _work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        return {
            "people": self.people.run,
            "delivery": self.delivery.run,
            "incidents": self.incidents.run,
            "windows": self.windows.run,
            "publishing": self.publisher.run,
            "subscriptions": self.subscriptions.run,
            "customers": self._teller.run,
            "pulse": self._pulse.run,
        }

    def _incidents(self) -> Incidents:
        return Incidents(
            self._node.storage,
            self._node.world,
            self._node.settings.incidents,
            notices=self.notices,
            page_settings=self._node.settings.pages,
            ports=status.incidents.Ports(
                customers=self._customers, balances=self._balances, affected=self._affected
            ),
            trail=self.people.trail,
        )

    def _windows(self) -> Windows:
        institutions = self._node.settings.institutions
        return Windows(
            self._node.storage,
            self._node.world,
            {name: institution.maintenance for name, institution in institutions.items()},
            status.windows.Ports(
                publish=self.notices.publish,
                note=self.people.trail.note,
                schedule=self._schedule,
                healthy=lambda institution: self._node.desks[institution].primary_is_well(),
                overran=self._overran,
                finished=self._finished,
                changed=lambda institution: self.publisher.changed(institution),
                booked=lambda institution, since, until: self._node.desks[institution].mirror.booked_hours(
                    since, until
                ),
            ),
        )

    def _publisher(self) -> Publisher:
        return Publisher(
            self._node.storage,
            self._node.world,
            Sources(
                desks=self._node.desks,
                notices=self.notices,
                windows=self.windows,
                incidents=self.incidents,
                name_of=self.name_of,
                unanswered=self._unanswered,
                balances=self._balances,
                counted=forget,
            ),
            live=self.live,
            settings=self._node.settings.pages,
        )

    def _balances(self, institution: str, start: datetime, end: datetime) -> BalanceChecks:
        return self._node.desks[institution].measures.balances(start, end)

    def _unanswered(
        self, institution: str, start: datetime, end: datetime
    ) -> dict[Capability, list[status.publishing.Stretch]]:
        found = self._node.desks[institution].measures.unanswered(start, end)
        return {
            capability: [status.publishing.Stretch(*time) for time in times]
            for capability, times in found.items()
        }

    def _made_console(self) -> Console:
        node, portal_settings = self._node, self._node.settings.portal
        orders = Orders(
            node.storage,
            node.world,
            node.desks,
            self.people.trail,
            second_needed=portal_settings.two_people,
            within_s=portal_settings.approval_within_s,
            staff=self.people.staff.active,
        )
        return Console(
            node.desks, self.people, orders, self.delivery, self._pulse, live=self.live, world=node.world
        )

    def _made_teller(self) -> Teller:
        node, settings = self._node, self._node.settings.portal
        secret = portal_secret(settings)
        return Teller(
            node.desks,
            self.people.customers,
            node.storage,
            node.world,
            settings.customers,
            secret=None if secret is None else secret.encode(),
            notices=self.notices,
            windows=self.windows,
        )

    def _answer(self, number: str, written: str) -> Reply | None:
        """What is written by SMS stops the messages, or is a message to be checked."""
        stopped = self.subscriptions.answer(number, written)
        if stopped is not None:
            return stopped
        locale: Locale = "ar" if any("\u0600" <= letter <= "\u06ff" for letter in written) else "fr"
        return Reply(self.notices.answer_sms(written, locale), locale)

    def _send(self, tx: Tx, message: Message) -> None:
        self.delivery.enqueue(tx, [message])

    def _schedule(self, institution: str, announced: Sequence[Window]) -> None:
        self._node.desks[institution].schedule(announced)

    def _overran(self, tx: Tx, window: MaintenanceWindow, now: datetime) -> None:
        self.incidents.overran(tx, window.id, window.institution, window.capabilities, now)

    def _finished(self, tx: Tx, window: MaintenanceWindow, now: datetime) -> None:
        self.incidents.window_finished(tx, window.id, now)

    def _customers(self, institution: str) -> int:
        return self._node.desks[institution].books().accounts

    def _affected(
        self, institution: str, since: datetime, until: datetime
    ) -> Iterable[status.incidents.Touched]:
        return [
            status.incidents.Touched(account, "asked", since)
            for account in self._node.desks[institution].affected()
        ]


async def _kept_up(name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Work that goes on for ever: what ends it is an alarm, and it is begun again."""
    while True:
        try:
            await run()
        except Exception as error:
            code = error.code if isinstance(error, DawamError) else type(error).__name__
            _log.error("work_ended", work=name, code=code)
        await asyncio.sleep(_AGAIN_AFTER_S)
