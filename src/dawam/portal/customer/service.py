"""What customers' pages stand on."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

import msgspec
import structlog

from dawam.channels import notice
from dawam.kernel import DawamError, Forbidden, NotFound, PaymentKind, World
from dawam.people import Customer, Holding
from dawam.portal.customer.cash_outs import CashOuts, Redeeming
from dawam.portal.customer.complaints import Complaints
from dawam.portal.customer.ports import (
    Customers,
    MaintenanceWindow,
    NoNotices,
    Notice,
    Notices,
    NoWindows,
    Windows,
)
from dawam.portal.customer.sends import Sends
from dawam.portal.customer.settings import CustomerSettings
from dawam.portal.customer.wallets import Wallets, usable
from dawam.standin import Capability, CapabilityState, Desk, Mode
from dawam.storage import Storage
from dawam.web import Locale
from dawam.web.pages import Kind, Visitor

_SETTLE_EVERY_S = 60.0
_NOTICES = 20
_ALL_WELL = "all_clear"
_log = structlog.get_logger("dawam.portal")


class Decider(StrEnum):
    """Who decides a payment, as things stand."""

    PRIMARY = "primary"
    STAND_IN = "stand-in"
    NOBODY = "nobody"


class Work(msgspec.Struct, frozen=True):
    """A capability as a customer sees it; `stopped` when it does not go on in stand-in."""

    state: CapabilityState
    stopped: bool
    text: str


class Place(msgspec.Struct, frozen=True):
    """An institution where the customer has accounts: what works, what was said, what is planned."""

    institution: str
    works: list[Work]
    notices: list[Notice]
    next_window: MaintenanceWindow | None

    @property
    def all_well(self) -> bool:
        """Whether everything works as usual."""
        return all(work.state.mode is Mode.NORMAL for work in self.works)


class Teller:
    """Everything that customers' pages ask, for one customer at a time.

    Without a `secret` a new one is made: cash-out codes then end with this object, and pages say so.
    """

    def __init__(
        self,
        desks: Mapping[str, Desk],
        customers: Customers,
        storage: Storage,
        world: World,
        settings: CustomerSettings,
        *,
        secret: bytes | None,
        notices: Notices | None = None,
        windows: Windows | None = None,
    ) -> None:
        self.settings = settings
        self.codes_outlive_us = secret is not None
        secret = secret or world.entropy.randbytes(32)
        self._customers = customers
        self._world = world
        self._notices = notices or NoNotices()
        self._windows = windows or NoWindows()
        self.wallets = Wallets(desks, within_s=settings.balance_within_s)
        self.sends = Sends(storage, world, customers, self.wallets, settings)
        self.cash_outs = CashOuts(storage, world, self.wallets, settings, secret=secret)
        self.redeeming = Redeeming(storage, world, customers, self.wallets, secret=secret)
        self.complaints = Complaints(storage, world, settings)

    def customer(self, visitor: Visitor) -> Customer:
        """Who asks. Raises: Forbidden `sign_in_needed`, when the list no longer has them."""
        found = self._customers.customer(visitor.id) if visitor.kind is Kind.CUSTOMER else None
        if found is None:
            raise Forbidden("sign_in_needed", audience="customer")
        return found

    def holding(self, customer: Customer, place: str) -> tuple[int, Holding]:
        """The account at a place of the customer's own list. Raises: NotFound `account_not_yours`."""
        n = int(place) if place.isascii() and place.isdigit() and len(place) <= 4 else 0
        if not 1 <= n <= len(customer.holdings):
            raise NotFound("account_not_yours")
        return n, customer.holdings[n - 1]

    def places(self, customer: Customer, locale: Locale) -> list[Place]:
        """Every institution of the customer."""
        return [
            Place(
                institution=name,
                works=[work_of(desk, state, locale) for state in desk.capabilities()],
                notices=self._open_notices(name),
                next_window=next(iter(self._windows.upcoming(name, 1)), None),
            )
            for name, desk in self.wallets.institutions(customer)
        ]

    def decider(self, holding: Holding) -> Decider:
        """Who decides a transfer from this account now. Raises: Unavailable `account_unreachable`."""
        desk = self.wallets.desk(holding)
        if desk.modes.shares_with_primary(Capability.PAYMENT, holding.account):
            return Decider.PRIMARY
        goes_on = PaymentKind.TRANSFER in desk.settings.policy.kinds
        return Decider.STAND_IN if goes_on else Decider.NOBODY

    async def run(self) -> None:
        """Forever: end codes whose secret or time is gone, forget what was begun and left."""
        await self.cash_outs.end_lost()
        while True:
            await asyncio.sleep(_SETTLE_EVERY_S)
            try:
                await self.settle()
            except DawamError as error:
                _log.error("customer_pages_not_settled", code=error.code)

    async def settle(self) -> None:
        """What `run` does, once."""
        await self.cash_outs.settle()
        await self.sends.settle()

    def _open_notices(self, institution: str) -> list[Notice]:
        since = self._world.clock.now() - timedelta(seconds=self.settings.notices_shown_for_s)
        return [
            one
            for one in self._notices.recent(institution, _NOTICES)
            if one.withdrawn_at is None
            and one.replaced_by is None
            and one.kind != _ALL_WELL
            and one.published_at >= since
        ]


def work_of(desk: Desk, state: CapabilityState, locale: Locale) -> Work:
    """A capability in words. A kind of payment that does not go on in stand-in is said to stand still."""
    away = state.mode is not Mode.NORMAL
    stopped = away and not usable(state.capability, desk.settings.policy.kinds)
    said = notice(state.capability, state.mode, state.reason, locale)
    return Work(state, stopped, said or "")


Admit = Callable[[Iterable[tuple[bytes, bytes]]], object]
"""Lets an app in by its headers, or raises Forbidden; `dawam.channels` has one."""
