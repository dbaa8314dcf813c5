"""Orders: in the trail before they take effect, settled by a second person where it matters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from dawam.kernel import Conflict, NotFound, World
from dawam.portal.console.acts import store
from dawam.portal.console.acts.model import Act, Order, State, ordered, seen, settled, withdrawn
from dawam.standin import Capability, Desk
from dawam.storage import Storage, Tx


class Trail(Protocol):
    """Where acts are noted; `dawam.people.Trail` is one."""

    def note(
        self, tx: Tx, *, by: str, act: str, institution: str | None, subject: str, reason: str, now: datetime
    ) -> object:
        """Add an act to the facts of the open transaction."""
        ...


class Orders:
    """The staff's orders to the desks. `second_needed` are acts that wait for an approver; `staff` tells the
    ids of the members."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        desks: Mapping[str, Desk],
        trail: Trail,
        *,
        second_needed: tuple[Act, ...],
        within_s: float,
        staff: Callable[[], frozenset[str]],
    ) -> None:
        self._storage = storage
        self._world = world
        self._desks = desks
        self._trail = trail
        self._second_needed = second_needed
        self._within_s = within_s
        self._staff = staff

    def needs_two(self, act: Act) -> bool:
        """Whether the act waits for an approver."""
        return act in self._second_needed

    async def order(
        self,
        institution: str,
        act: Act,
        *,
        capabilities: tuple[Capability, ...],
        reason: str,
        by: str,
        identifier: str,
    ) -> Order:
        """Give an order; the same identifier again is the same order.

        Raises: NotFound `institution_not_found`; InvalidInput `reason_malformed`; Conflict
        `order_differs`, when the identifier is another order's.
        """
        self._desk(institution)
        now = self._world.clock.now()
        wanted = ordered(
            identifier=identifier,
            institution=institution,
            act=act,
            capabilities=capabilities,
            reason=reason,
            by=by,
            two_people=self._second_needed,
            within_s=self._within_s,
            now=now,
        )

        def verb(tx: Tx) -> tuple[Order, bool]:
            found = store.one(tx, identifier)
            if found is not None:
                if (found.act, found.institution, found.by) != (act, institution, by):
                    raise Conflict("order_differs")
                return found, False
            store.add(tx, wanted)
            self._note(tx, wanted, by, "ordered" if wanted.state is State.WAITING else "done", now)
            return wanted, True

        kept, new = await self._storage.write(verb)
        if new and kept.state is State.DONE:
            self._carry_out(kept)
        return kept

    async def settle(self, identifier: str, *, agrees: bool, by: str, within: tuple[str, ...] = ()) -> Order:
        """A second person's word; with it the order is carried out, or refused.

        Raises: NotFound `order_not_found`; Conflict `order_settled`, `order_expired`; Forbidden
        `second_person_needed`.
        """
        now = self._world.clock.now()
        word = "approved" if agrees else "refused"
        kept = await self._change(
            identifier,
            within,
            lambda order: self._settled(order, agrees=agrees, by=by, now=now),
            by,
            word,
            now,
        )
        if kept.state is State.DONE:
            self._carry_out(kept)
        return kept

    async def withdraw(self, identifier: str, *, by: str, within: tuple[str, ...] = ()) -> Order:
        """Take one's own order back.

        Raises: NotFound `order_not_found`; Conflict `order_settled`, `order_expired`; Forbidden
        `order_of_another`.
        """
        now = self._world.clock.now()
        return await self._change(
            identifier, within, lambda order: withdrawn(order, by=by, now=now), by, "withdrawn", now
        )

    def waiting(self, within: tuple[str, ...] = ()) -> list[Order]:
        """Orders that wait for somebody's word; `within` are the institutions to look at, empty for all."""
        now = self._world.clock.now()
        found = [seen(order, now) for order in self._storage.read(store.waiting)]
        return [order for order in found if order.state is State.WAITING and _is_within(order, within)]

    def latest(self, limit: int, within: tuple[str, ...] = ()) -> list[Order]:
        """The last orders as they stand now, the newest first."""
        now = self._world.clock.now()
        found = self._storage.read(lambda rows: store.latest(rows, limit))
        return [seen(order, now) for order in found if _is_within(order, within)]

    async def _change(
        self,
        identifier: str,
        within: tuple[str, ...],
        decide: Callable[[Order], Order],
        by: str,
        word: str,
        now: datetime,
    ) -> Order:
        def verb(tx: Tx) -> Order:
            found = store.one(tx, identifier)
            if found is None or not _is_within(found, within):
                raise NotFound("order_not_found")
            kept = decide(found)
            store.change(tx, kept)
            self._note(tx, kept, by, word, now)
            return kept

        return await self._storage.write(verb)

    def _settled(self, order: Order, *, agrees: bool, by: str, now: datetime) -> Order:
        kept = settled(order, agrees=agrees, by=by, now=now)
        if agrees and order.by not in self._staff():
            raise Conflict("order_author_gone")
        return kept

    def _note(self, tx: Tx, order: Order, by: str, word: str, now: datetime) -> None:
        self._trail.note(
            tx,
            by=by,
            act=f"{order.act.value}_{word}",
            institution=order.institution,
            subject=order.id,
            reason=order.reason,
            now=now,
        )

    def _carry_out(self, order: Order) -> None:
        desk = self._desk(order.institution)
        match order.act:
            case Act.TAKE_OVER:
                desk.take_over(order.capabilities, by=order.by, reason=order.reason)
            case Act.HAND_BACK:
                desk.hand_back(by=order.by, reason=order.reason)
            case Act.PAUSE | Act.RESUME:
                desk.pause(order.act is Act.PAUSE)

    def _desk(self, institution: str) -> Desk:
        desk = self._desks.get(institution)
        if desk is None:
            raise NotFound("institution_not_found", institution=institution[:40])
        return desk


def _is_within(order: Order, within: tuple[str, ...]) -> bool:
    return not within or order.institution in within
