"""The front desk of one institution: whom to ask for a balance, a payment, a statement."""

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Sequence
from typing import Any

import msgspec

from dawam.guard import Absent, Contradicted, Guard, GuardSettings, Proved
from dawam.kernel import InvalidInput, NotFound, World
from dawam.primary import BalanceAnswer, FeedFollower, Mirror, MirrorBalance, PrimaryLink
from dawam.standin.advices import AdviceBook, AdviceCounts, Courier, ParkedAdvices
from dawam.standin.books import Books
from dawam.standin.decisions import Payments, Settler, capability_of
from dawam.standin.measures import Measures
from dawam.standin.messages import (
    Capability,
    CapabilityState,
    Mode,
    ParkedAdvice,
    PaymentRequest,
    Reason,
    Receipt,
    Shown,
    Source,
    StatementPage,
    TakenPayment,
    Withheld,
    WithheldReason,
)
from dawam.standin.modes import Asked, ModeChange, Modes, Prober, Watch
from dawam.standin.reconciliation import Reconciler, Reconciliation
from dawam.standin.recovery import Recovery
from dawam.standin.settings import StandinSettings, Window
from dawam.standin.statements import statement_page
from dawam.standin.surroundings import FeedAge, Surroundings
from dawam.standin.tally import Counts, Tally
from dawam.storage import Storage


class Desk:
    """Promise: every answer is proved or withheld; every decision is taken once and never lost."""

    def __init__(
        self,
        institution: str,
        *,
        world: World,
        storage: Storage,
        link: PrimaryLink,
        mirror: Mirror,
        follower: FeedFollower,
        guard_settings: GuardSettings,
        settings: StandinSettings,
    ) -> None:
        self.institution = institution
        self.mirror = mirror
        self.settings = settings
        around = Surroundings(institution, world, storage, link, mirror, settings)
        self._age = age = FeedAge(around, follower)
        self._world = world
        self._follower = follower
        self._asked = Asked()
        self._tally = Tally()
        self.measures = Measures(around)
        self.watch = Watch(world.clock, settings.detection, settings.windows)
        self._guard = Guard(
            institution, link=link, mirror=mirror, world=world, settings=guard_settings, observer=self.watch
        )
        self.modes = Modes(around, watch=self.watch, asked=self._asked, feed_age_s=age.for_modes_s)
        self.advices = AdviceBook(around)
        outstanding = self.advices.outstanding
        modes, watch, guard, asked = self.modes, self.watch, self._guard, self._asked
        self._payments = Payments(
            around, mirror_age_s=age.for_decisions_s, modes=modes, watch=watch, advices=self.advices
        )
        self._settler = Settler(around, payments=self._payments, modes=modes, watch=watch)
        self._courier = Courier(around, modes=modes, watch=watch, outstanding=outstanding)
        self._recovery = Recovery(
            around, modes=modes, guard=guard, advices=self.advices, courier=self._courier, asked=asked
        )
        self._prober = Prober(around, guard=guard, watch=watch, modes=modes, asked=asked)
        self._reconciler = Reconciler(around)
        self._parked = ParkedAdvices(around, outstanding)
        self._tasks: list[asyncio.Task[None]] = []
        self.modes.listeners.append(self._mode_changed)
        self._recovery.on_start = self._look_anew

    async def start(self) -> None:
        """Go on where the last life ended, and work until `stop`."""
        self.modes.resume(unfinished=self.advices.waits(100))
        work: list[Coroutine[Any, Any, None]] = [
            self._follower.run(),
            self.modes.record(),
            self._prober.run(),
            self._courier.run(),
            self._settler.run(),
            self._recovery.run(),
            self.measures.run(),
        ]
        self._tasks = [asyncio.create_task(one) for one in work]
        self._courier.wake()

    async def stop(self) -> None:
        """End all work; what is under way is settled by the next life."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.modes.flush()
        await self.measures.flush()

    def abandon(self) -> None:
        """End all work at once, as a killed process does: nothing is flushed, nothing is said."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def balance(self, account: str) -> Shown | Withheld:
        """A balance that is proved, from the primary or as of the mirror's last event; or why not.

        Raises: NotFound `account_not_found`, when neither knows the account.
        """
        self._asked.note(account)
        with self.measures.asked(Capability.BALANCE):
            answer = await self._balance(account)
        self.measures.balance(answer)
        self._tally.balance(account, answer, away=self.modes.outage_since is not None)
        return answer

    async def _balance(self, account: str) -> Shown | Withheld:
        if self.modes.shares_with_primary(Capability.BALANCE, account):
            answer = await self._guard.ask(account)
            if isinstance(answer, Proved):
                return self._from_primary(answer.answer)
            if isinstance(answer, Contradicted):
                self._asked.suspect(account)
                self._tally.contradicted += 1
            if isinstance(answer, Absent) and self.mirror.balance(account) is None:
                raise NotFound("account_not_found")
        return self._from_mirror(account)

    async def pay(self, request: PaymentRequest, *, key: str) -> tuple[Receipt, bool]:
        """Decide a payment, once per key; the flag says whether it is new.

        Raises: Conflict `idempotency_mismatch`; Unavailable `storage_unavailable`.
        """
        self._asked.note(request.debit_account)
        capability = capability_of(request.kind)
        with self.measures.asked(capability):
            receipt, created = await self._payments.pay(request, key=key)
        if created:
            self.measures.payment(capability, receipt)
            self._tally.payment(request.debit_account, receipt)
        if created and receipt.decided_by is Source.STAND_IN:
            self._courier.wake()
        return receipt, created

    def payment(self, payment_id: str) -> Receipt | None:
        """Where a payment stands now; None when this institution never saw it."""
        return self._payments.payment(payment_id)

    def payments(self, account: str, *, kind: str, limit: int) -> list[TakenPayment]:
        """The last payments of a kind that were taken here out of an account, newest first."""
        return self._payments.taken(account, kind=kind, limit=limit)

    def statement(self, account: str, *, before: str | None, limit: int) -> StatementPage:
        """Booked entries, newest first.

        Raises: NotFound `account_not_found`; InvalidInput `page_unknown`.
        """
        with self.measures.asked(Capability.STATEMENT):
            page = statement_page(self.mirror, account, before=before, limit=limit)
        self.measures.statement(page, mirrored=self.can_stand_in())
        if page is None:
            raise NotFound("account_not_found")
        return page

    def capabilities(self) -> list[CapabilityState]:
        """Every capability with its mode; while it is maintained, with the end of the work as its ETA."""
        return [self._with_eta(state) for state in self.modes.states.values()]

    def schedule(self, windows: Sequence[Window]) -> None:
        """The announced windows from now on, beside those of the settings; looked at at once."""
        self.watch.schedule(windows)
        self.modes.evaluate()

    def primary_is_well(self) -> bool:
        """Whether the primary answers, in time and truly, as far as is known: also while it is maintained."""
        return self.watch.answers_well() and not self.modes.contradicted()

    def history(self, limit: int = 100) -> list[ModeChange]:
        """Recorded changes of mode, newest first."""
        return self.modes.history(limit)

    def can_stand_in(self) -> bool:
        """Whether there is anything to answer with: a mirror that was never filled answers nothing."""
        return self.mirror.position().accounts > 0

    def knows(self, account: str) -> bool:
        """Whether the account is mirrored."""
        return self.mirror.balance(account) is not None

    def take_over(self, capabilities: Iterable[str], *, by: str, reason: str) -> None:
        """An operator sends capabilities to the stand-in; all of them when none is named.

        Raises: InvalidInput `capability_unknown`.
        """
        chosen = frozenset(_capability(name) for name in capabilities) or frozenset(Capability)
        self.watch.order(self.watch.operator | chosen, by=by, reason=reason)
        self.modes.evaluate()

    def pause(self, paused: bool) -> None:
        """Stop bringing customers back, or go on: nobody else goes back to the primary meanwhile."""
        self._recovery.pause(paused)

    @property
    def paused(self) -> bool:
        """Whether an operator holds the return of customers."""
        return self._recovery.paused

    def counts(self) -> Counts:
        """How many answers were given since the start, by who gave them."""
        return self._tally.counts(checked=self.measures.checked, wrong=self.measures.wrong)

    def affected(self) -> frozenset[str]:
        """The accounts that the outage under way, or the last one, met: asked for, or paid from."""
        return self._tally.affected()

    def feed_age_s(self) -> float:
        """How long ago the feed was last known to be complete."""
        return self._follower.freshness().age_s

    def mirror_age_s(self) -> float:
        """How old the mirror counts as when the stand-in decides; infinite where it was never filled."""
        return self._age.for_decisions_s()

    def hand_back(self, *, by: str, reason: str) -> None:
        """An operator lets recovery begin."""
        self.watch.order(frozenset(), by=by, reason=reason)
        self.modes.evaluate()

    def parked(self) -> list[ParkedAdvice]:
        """Decisions that the primary refused and nobody has settled."""
        return self._parked.all()

    async def settle(self, advice_id: str, action: str, *, by: str, staff: Collection[str]) -> bool:
        """One person's word on a parked decision; True when it was the second. `staff`: whose words count.

        Raises: see `ParkedAdvices.settle`.
        """
        settled = await self._parked.settle(advice_id, action, by=by, staff=staff)
        self._courier.wake()
        return settled

    async def reconcile(self) -> Reconciliation:
        """Compare primary, mirror and decisions now. Raises: PrimaryFailure."""
        return await self._reconciler.reconcile()

    def advice_counts(self) -> AdviceCounts:
        """How many advices stand where."""
        return self.advices.counts()

    def exposure_minor(self) -> int:
        """The sum of decisions that the primary has not taken over."""
        return self.advices.outstanding.exposure_minor

    def quiet(self) -> bool:
        """Whether nothing is left to deliver or to settle."""
        return not self.advices.waits(100) and not self._settler.unsettled()

    def books(self) -> Books:
        """How far the mirror is, and what the primary does not know yet."""
        position, counts = self.mirror.position(), self.advice_counts()
        return Books(
            accounts=position.accounts,
            last_seq=position.last_seq,
            last_booked_at=position.last_booked_at,
            exposure_minor=self.exposure_minor(),
            exposure_cap_minor=self.settings.policy.exposure_minor,
            waiting=counts.waiting,
            applied=counts.applied,
            already_applied=counts.already_applied,
            parked=counts.parked,
            written_off=counts.written_off,
            quiet=self.quiet(),
        )

    @property
    def pattern(self) -> str | None:
        """The pattern of the last storm of contradictions."""
        return self.watch.pattern.value if self.watch.pattern else None

    def _from_primary(self, answer: BalanceAnswer) -> Shown:
        """The primary's proved balance; what it cannot know to be held is not available."""
        mirrored = self.mirror.balance(answer.account)
        held_minor = mirrored.held_minor if mirrored else 0
        state = self.modes.states[Capability.BALANCE]
        return Shown(
            account=answer.account,
            currency=answer.currency,
            balance_minor=answer.balance_minor,
            available_minor=_at_least_zero(
                min(answer.available_minor, answer.balance_minor) - held_minor, answer.balance_minor
            ),
            as_of=answer.as_of,
            position=self.mirror.position().last_seq,
            source=Source.PRIMARY,
            mode=state.mode,
            reason=state.reason,
        )

    def _from_mirror(self, account: str) -> Shown | Withheld:
        mirrored: MirrorBalance | None = self.mirror.balance(account)
        state = self.modes.states[Capability.BALANCE]
        if mirrored is None:
            return Withheld(reason=WithheldReason.NOT_MIRRORED, mode=state.mode, mode_reason=state.reason)
        age_s = (self._world.clock.now() - mirrored.as_of).total_seconds()
        if age_s > self.settings.show_for_s:
            return Withheld(reason=WithheldReason.TOO_OLD, mode=state.mode, mode_reason=state.reason)
        return Shown(
            account=account,
            currency=mirrored.currency,
            balance_minor=mirrored.balance_minor,
            available_minor=_at_least_zero(mirrored.available_minor, mirrored.balance_minor),
            as_of=mirrored.as_of,
            position=mirrored.position,
            source=Source.STAND_IN,
            mode=state.mode,
            reason=state.reason,
        )

    def _with_eta(self, state: CapabilityState) -> CapabilityState:
        if state.mode is not Mode.STANDING_IN or state.reason is not Reason.MAINTENANCE:
            return state
        return msgspec.structs.replace(state, eta=self.watch.maintained_until(state.capability))

    def _mode_changed(self, change: ModeChange) -> None:
        if self.modes.outage_since is None and change.mode is not Mode.NORMAL:
            self._tally.outage_begins()
        self._courier.wake()
        self._settler.wake()
        self._recovery.wake()

    def _look_anew(self) -> None:
        self._guard.calm(self._world.clock.now())


def _at_least_zero(available_minor: int, balance_minor: int) -> int:
    """Available money is never negative, unless the account itself is overdrawn."""
    return max(available_minor, min(0, balance_minor))


def _capability(name: str) -> Capability:
    try:
        return Capability(name)
    except ValueError:
        raise InvalidInput("capability_unknown", capability=name[:40]) from None
