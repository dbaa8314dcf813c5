"""What the console stands on: the desks, the people, the orders and the pulse."""

from collections.abc import Mapping

import msgspec

from dawam.delivery import Delivery
from dawam.kernel import NotFound, World
from dawam.people import People
from dawam.portal.console.acts import Orders
from dawam.portal.console.pulse import Pulse
from dawam.standin import Capability, CapabilityState, Desk
from dawam.storage import Tx
from dawam.web.pages import Live, Visitor


class Row(msgspec.Struct, frozen=True):
    """A capability as the console shows it: with what the last change was decided on."""

    state: CapabilityState
    evidence: str


class Console:
    """Everything that the console's pages ask."""

    def __init__(
        self,
        desks: Mapping[str, Desk],
        people: People,
        orders: Orders,
        delivery: Delivery,
        pulse: Pulse,
        *,
        live: Live,
        world: World,
    ) -> None:
        self.people = people
        self.orders = orders
        self.delivery = delivery
        self.pulse = pulse
        self.live = live
        self._desks = desks
        self._world = world
        self._currencies: dict[str, str] = {}

    def institutions(self, visitor: Visitor) -> list[str]:
        """Those that the visitor may see."""
        return [name for name in self._desks if not visitor.institutions or name in visitor.institutions]

    def desk(self, visitor: Visitor, institution: str) -> Desk:
        """The desk of an institution that the visitor may see.

        Raises: NotFound `institution_not_found`.
        """
        if institution not in self.institutions(visitor):
            raise NotFound("institution_not_found", institution=institution[:40])
        return self._desks[institution]

    def rows(self, desk: Desk) -> list[Row]:
        """Every capability with its evidence."""
        evidence: dict[Capability, str] = {}
        for change in desk.history(8 * len(Capability)):
            evidence.setdefault(change.capability, change.evidence)
        return [Row(state, evidence.get(state.capability, "")) for state in desk.capabilities()]

    def name_of(self, by: str) -> str:
        """The name of a member of the staff; their id where nobody is known by it."""
        found = self.people.staff.member(by)
        return by if found is None else found.name

    async def note(self, *, by: str, act: str, institution: str, subject: str, reason: str = "") -> None:
        """Write an act into the trail."""
        now = self._world.clock.now()

        def verb(tx: Tx) -> None:
            self.people.trail.note(
                tx, by=by, act=act, institution=institution, subject=subject, reason=reason, now=now
            )

        await self.people.storage.write(verb)

    def currency(self, institution: str) -> str | None:
        """The currency of an institution's accounts; None while it has none."""
        known = self._currencies.get(institution)
        if known is None:
            mirror = self._desks[institution].mirror
            first = next(iter(mirror.accounts()), None)
            found = None if first is None else mirror.balance(first)
            known = None if found is None else found.currency
            if known is not None:
                self._currencies[institution] = known
        return known
