"""People: customers, staff, their sessions and the trail, over one database."""

import asyncio
from collections.abc import Callable

import structlog

from dawam.delivery import Message
from dawam.kernel import DawamError, World
from dawam.people import customers, staff
from dawam.people.codes import Argon2, Codes, SlowHash
from dawam.people.customers import Customers
from dawam.people.entrance import Entrance, Own
from dawam.people.holders import Holders
from dawam.people.passkeys import Passkeys
from dawam.people.sessions import OpenSessions
from dawam.people.settings import PeopleSettings
from dawam.people.staff import Staff
from dawam.people.trail import Trail
from dawam.storage import Storage, Tx
from dawam.web.pages import PageSettings

_SETTLE_EVERY_S = 30.0
_log = structlog.get_logger("dawam.people")

Send = Callable[[Tx, Message], None]


class People:
    """Everybody who signs in. `send` queues a message in the open transaction; without `hashing` codes are
    hashed on the event loop, the same each time."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: PeopleSettings,
        *,
        page_settings: PageSettings,
        send: Send,
        hashing: SlowHash | None = None,
    ) -> None:
        self.world = world
        self.settings = settings
        self.page_settings = page_settings
        self.storage = storage
        holders = Holders(storage)
        self.trail = Trail(storage)
        self.customers = Customers(storage, holders, country_code=settings.country_code)
        self.sessions = OpenSessions(
            storage, world, settings, holders, customers=customers.holder_in, staff=staff.holder_in
        )
        self.passkeys = Passkeys(storage, world, origin=page_settings.origin)
        self.staff = Staff(
            storage,
            world,
            holders,
            self.sessions,
            self.passkeys,
            self.trail,
            invitation_lasts_s=settings.invitation_lasts_s,
        )
        self.codes = Codes(
            storage,
            world,
            settings,
            self.customers,
            site=page_settings.origin,
            hashing=hashing or Argon2(),
            send=send,
        )
        self.entrance = Entrance(
            storage,
            world,
            settings,
            sessions=self.sessions,
            passkeys=self.passkeys,
            codes=self.codes,
            staff=self.staff,
            trail=self.trail,
        )
        self.own = Own(
            storage,
            world,
            sessions=self.sessions,
            passkeys=self.passkeys,
            customers=self.customers,
            trail=self.trail,
            send=send,
        )

    async def run(self) -> None:
        """Forever: keep when sessions were last used, and forget what ended long ago."""
        while True:
            await asyncio.sleep(_SETTLE_EVERY_S)
            try:
                await self.settle()
            except DawamError as error:
                _log.error("sessions_not_settled", code=error.code)

    async def settle(self) -> None:
        """What `run` does, once."""
        self.passkeys.settle()
        await self.sessions.settle()
        await self.codes.settle()
