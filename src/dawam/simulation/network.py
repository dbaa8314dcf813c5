"""The way to the simulated primary: a `PrimaryLink` over a network that delays, loses, doubles and reorders.

Rules: a request that has left arrives, or not, whatever its sender does meanwhile: a timeout does not
recall it; a refused connection is the only failure with a known outcome; a long poll waits for a booking,
not for a clock. Faults act here: the books behind stay healthy.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, TypeVar, cast

from dawam.kernel import Clock, DawamError, invariant
from dawam.primary import (
    Advice,
    AdviceAnswer,
    BalanceAnswer,
    EventPage,
    Fault,
    Health,
    Payment,
    PaymentAnswer,
    PrimaryFailure,
    SnapshotEnd,
    SnapshotLine,
)
from dawam.simulation.distortion import Copied, distort_balance, distort_line, lose_events, repeat_events
from dawam.simulation.faults import FaultKind
from dawam.simulation.primary import SimulatedPrimary
from dawam.simulation.switch import FaultSwitch, Started

T = TypeVar("T")

_SNAPSHOT_TIMEOUT_S = 60.0
_EARLIER = 3


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the network is like, and how patient the client is.

    `loss` and `duplication` are chances a message; `gather_s` is how long the primary collects events
    before it answers a long poll.
    """

    delay_s: float = 0.002
    loss: float = 0.0005
    duplication: float = 0.002
    gather_s: float = 0.02
    timeout_s: float = 0.5


@dataclass(slots=True)
class _Call:
    """A request on its way: what it does there, and who waits for the reply, if anybody."""

    ask: Callable[[], Any]
    reply: asyncio.Future[Any] | None
    writes: bool = False
    wait_s: float = 0.0


class SimulatedLink:
    """The primary contract over the simulated network."""

    def __init__(
        self,
        primary: SimulatedPrimary,
        faults: FaultSwitch,
        *,
        clock: Clock,
        chance: Random,
        conditions: Conditions | None = None,
    ) -> None:
        self._primary = primary
        self._faults = faults
        self._clock = clock
        self._chance = chance
        self._is = conditions or Conditions()
        self._numbers = count()
        self._open: dict[int, asyncio.Future[Any]] = {}
        self._polls: dict[int, _Call] = {}
        self._waking = False
        self._closed = False
        primary.watch(self._wake)
        faults.tell(self._on_change)

    async def health(self) -> Health:
        """One probe."""
        return await self._call(self._primary.health)

    async def balance(self, account: str) -> BalanceAnswer | None:
        """The primary's answer, as the faults leave it."""
        return await self._call(lambda: self._distorted(self._primary.balance(account)))

    async def events(self, *, after: int, limit: int, wait_s: float) -> EventPage:
        """The feed after `after`, as the faults leave it, once there is any, or `wait_s` is over."""
        return await self._call(lambda: self._page(after, limit), wait_s=wait_s)

    async def pay(self, payment: Payment) -> PaymentAnswer:
        """Ask for a decision, once."""
        return await self._call(lambda: self._primary.pay(payment), writes=True)

    async def payment(self, payment_id: str) -> PaymentAnswer | None:
        """What became of it."""
        return await self._call(lambda: self._primary.payment(payment_id))

    async def advise(self, advice: Advice) -> AdviceAnswer:
        """Deliver a decision."""
        return await self._call(lambda: self._primary.advise(advice), writes=True)

    async def snapshot(self) -> AsyncIterator[SnapshotLine | SnapshotEnd]:
        """Every account as the faults leave it, then the end line."""
        for line in await self._call(self._lines, timeout_s=_SNAPSHOT_TIMEOUT_S):
            yield line

    async def close(self) -> None:
        """Let go of connections."""
        self.drop()

    def drop(self) -> None:
        """The same without waiting: how a killed process lets go."""
        if not self._closed:
            self._closed = True
            self._primary.unwatch(self._wake)
            self._faults.untell(self._on_change)
            self._cut()

    # the way there

    async def _call(
        self,
        ask: Callable[[], T],
        *,
        writes: bool = False,
        wait_s: float = 0.0,
        timeout_s: float | None = None,
    ) -> T:
        invariant(not self._closed, "a closed link is not used")
        if self._faults.refuses:
            await asyncio.sleep(self._delay_s())
            raise PrimaryFailure(Fault.UNREACHABLE, sent=False)
        number = next(self._numbers)
        reply: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._open[number] = reply
        self._send(_Call(ask, reply, writes, wait_s))
        if self._chance.random() < self._is.duplication:
            self._send(_Call(ask, None, writes))
        try:
            async with asyncio.timeout(wait_s + (timeout_s or self._is.timeout_s)):
                return await reply
        except TimeoutError:
            raise PrimaryFailure(Fault.TIMEOUT, sent=True) from None
        finally:
            del self._open[number]

    def _send(self, call: _Call) -> None:
        if self._chance.random() >= self._is.loss:
            self._later(self._delay_s(), self._arrive, call)

    def _arrive(self, call: _Call) -> None:
        """The request has reached the primary's door."""
        faults, chance = self._faults, self._chance
        if faults.refuses:
            return
        if faults.get(FaultKind.HANG):
            if chance.random() < 0.5:
                self._answer(call)  # worked on, yet nobody will hear of it
        elif faults.get(FaultKind.ERRORS):
            if call.writes and chance.random() < 0.5:
                self._answer(call)
            self._reply(call, PrimaryFailure(Fault.ERROR, sent=True, detail="500"))
        elif faults.get(FaultKind.SLOW):
            late_s = self._is.timeout_s * chance.uniform(0.6, 3)
            before_s = late_s if chance.random() < 0.5 else 0.0
            self._later(before_s, self._work, call, late_s - before_s)
        else:
            self._work(call)

    def _work(self, call: _Call, late_s: float = 0.0) -> None:
        """The primary does what it was asked, or holds the poll until there is something to say."""
        answer = self._answer(call)
        if call.wait_s > 0 and isinstance(answer, EventPage) and not answer.events:
            number = next(self._numbers)
            self._polls[number] = call
            self._later(call.wait_s, self._end_poll, number)
            return
        lost = self._faults.get(FaultKind.LOST_REPLY) if call.writes else None
        if lost and self._chance.random() < lost.manner.lost_share:
            if self._chance.random() < 0.5:
                self._reply(call, PrimaryFailure(Fault.UNREACHABLE, sent=True, detail="connection reset"))
        elif self._chance.random() >= self._is.loss:
            self._later(late_s + self._delay_s(), self._reply, call, answer)

    def _answer(self, call: _Call) -> object:
        try:
            return call.ask()
        except DawamError as error:
            return error

    def _reply(self, call: _Call, answer: object) -> None:
        """The answer has reached the client, unless the way is shut by now."""
        if call.reply is None or call.reply.done() or self._faults.get(FaultKind.HANG):
            return
        if isinstance(answer, Exception):
            call.reply.set_exception(answer)
        else:
            call.reply.set_result(answer)

    def _later(self, delay_s: float, what: Callable[..., None], *args: object) -> None:
        asyncio.get_running_loop().call_later(delay_s, what, *args)

    def _delay_s(self) -> float:
        return self._is.delay_s * (0.25 + self._chance.expovariate(4 / 3))

    # long polls and cut connections

    def _wake(self) -> None:
        if self._polls and not self._waking:
            self._waking = True
            self._later(self._is.gather_s, self._answer_polls)

    def _answer_polls(self) -> None:
        self._waking = False
        polls, self._polls = self._polls, {}
        for number, call in polls.items():
            page = cast(EventPage, self._answer(call))
            if page.events:
                self._later(self._delay_s(), self._reply, call, page)
            else:
                self._polls[number] = call

    def _end_poll(self, number: int) -> None:
        call = self._polls.pop(number, None)
        if call is not None:
            self._later(self._delay_s(), self._reply, call, self._answer(call))

    def _on_change(self) -> None:
        if self._faults.refuses:
            self._cut()
        self._wake()

    def _cut(self) -> None:
        """Every connection is closed: what was on its way has an unknown outcome."""
        self._polls.clear()
        for reply in self._open.values():
            if not reply.done():
                reply.set_exception(PrimaryFailure(Fault.UNREACHABLE, sent=True, detail="connection reset"))

    # lies

    def _distorted(self, answer: BalanceAnswer | None) -> BalanceAnswer | None:
        for lie in self._faults.lies() if answer else ():
            invariant(answer is not None, "a lie keeps an answer an answer")
            account = cast(BalanceAnswer, answer).account
            answer = distort_balance(
                lie.kind,
                cast(BalanceAnswer, answer),
                seed=lie.manner.seed,
                other=self._neighbour(account),
                old=self._old(account, lie),
            )
        return answer

    def _lines(self) -> list[SnapshotLine | SnapshotEnd]:
        lines = list(self._primary.snapshot())
        for lie in self._faults.lies():
            lines = [
                distort_line(
                    lie.kind,
                    line,
                    seed=lie.manner.seed,
                    other=self._neighbour(line.account),
                    old=self._old(line.account, lie),
                )
                if isinstance(line, SnapshotLine)
                else line
                for line in lines
            ]
        return lines

    def _neighbour(self, account: str) -> Copied | None:
        """What the account opened next to this one holds: whose balance `shift` shows."""
        other = self._primary.balance(self._primary.neighbour(account))
        return Copied(other.balance_minor, other.last_seq) if other else None

    def _old(self, account: str, lie: Started) -> Copied:
        """What the restored copy knows of an account; one opened since then is empty in it."""
        moment = lie.copied_at()
        told = moment if lie.manner.copy_tells_age else None
        then = self._primary.oracle.standing(account, moment)
        return Copied(then.balance_minor, then.last_seq, told) if then else Copied(0, 0, told)

    def _page(self, after: int, limit: int) -> EventPage:
        page = self._primary.events(after=after, limit=limit)
        if (gap := self._faults.get(FaultKind.GAP)) is not None:
            page = lose_events(
                page, seed=gap.manner.seed, share=gap.manner.gap_share, hide_end=gap.manner.gap_hides_end
            )
        repeat = self._faults.get(FaultKind.REPEAT)
        if repeat is not None and page.events and limit > 2 * _EARLIER:
            earlier = self._primary.events(after=max(after - _EARLIER, 0), limit=min(_EARLIER, after)).events
            page = repeat_events(page, earlier, limit=limit, seed=repeat.manner.seed)
        return page
