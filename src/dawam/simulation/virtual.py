"""One run in virtual time, from the first booking to the agreed books."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from dawam.app import Node
from dawam.config import InstitutionSettings
from dawam.primary import PrimaryFailure
from dawam.simulation.answers import AnswerBook
from dawam.simulation.customers import Customers, Habits
from dawam.simulation.director import Director
from dawam.simulation.ending import ALWAYS, Remains, broken_promises, feed_figures, report_of
from dawam.simulation.faults import FaultPlan
from dawam.simulation.loop import run, simulated_world, stream
from dawam.simulation.network import Conditions
from dawam.simulation.receipts import PaymentBook
from dawam.simulation.report import Report
from dawam.simulation.stage import Stage
from dawam.simulation.timeline import Sample, Timeline
from dawam.standin import BalanceChecks, Desk, ModeChange, Reconciliation

_RECOVERY_MAX_S = 4 * 3600.0
_SAMPLES = 400
_RECONCILE_TRIES = 20


class PlayedBooking(msgspec.Struct, frozen=True, gc=False):
    """A booking of the primary's own, `at_s` seconds after the start."""

    at_s: float
    account: str
    amount_minor: int
    kind: str
    drift_minor: int = 0


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A crowd of customers for a while."""

    at_s: float
    length_s: float
    habits: Habits


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything that a run is made of, beside its seed."""

    starts_at: datetime
    openings: dict[str, int]
    currencies: dict[str, str]
    bookings: Sequence[PlayedBooking]
    length_s: float
    visits: Sequence[Visit]
    plans: Sequence[FaultPlan]
    institution: InstitutionSettings
    conditions: Conditions = field(default_factory=Conditions)
    refused: int = 0
    may_park: bool = True
    """False where all money moves through Dawam: then nothing it decides can be refused later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of it: the report, and what its charts and a failed check need."""

    report: Report
    samples: Sequence[Sample]
    changes: Sequence[ModeChange]
    reconciliation: Reconciliation
    checks: BalanceChecks
    problems: str
    trace: str


def play(
    script: Script,
    seed: int,
    *,
    elapsed_s: Callable[[], float],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Run a script; `elapsed_s` tells real seconds, `on_progress` hears how many bookings are played."""
    world, loop = simulated_world(seed, script.starts_at)
    stage = Stage(seed, world, script.institution, script.conditions)
    return run(_Play(script, seed, stage, elapsed_s, on_progress).whole(), loop)


class _Play:
    """The acts of one run."""

    def __init__(
        self,
        script: Script,
        seed: int,
        stage: Stage,
        elapsed_s: Callable[[], float],
        on_progress: Callable[[int], None],
    ) -> None:
        self._script = script
        self._seed = seed
        self._stage = stage
        self._elapsed_s = elapsed_s
        self._on_progress = on_progress
        self._director = Director(stage, stream(seed, "director"))
        self._answers = AnswerBook(stage.primary.oracle, seed=seed)
        self._payments = PaymentBook()
        self._timeline = Timeline(stage, self._answers)
        self._unrecovered: str | None = None

    async def whole(self) -> Run:
        """Everything, in order."""
        script, stage = self._script, self._stage
        for account, opening_minor in script.openings.items():
            stage.primary.open_account(account, script.currencies[account], opening_minor)
        await self._director.begin()
        sampling = asyncio.create_task(self._timeline.run(max(script.length_s / _SAMPLES, 0.25)))
        visits = [
            asyncio.create_task(self._visit(visit, number)) for number, visit in enumerate(script.visits)
        ]
        acts = [
            asyncio.create_task(self._director.act(plan, self._moment(plan.start * script.length_s)))
            for plan in script.plans
        ]
        await self._feed()
        patience_s = _RECOVERY_MAX_S + sum(plan.length_s for plan in script.plans)
        try:
            async with asyncio.timeout(patience_s):
                await asyncio.gather(*acts, *visits)
                await self._director.calm()
        except TimeoutError:
            self._unrecovered = f"not recovered {patience_s:,.0f} s after the feed's end"
        sampling.cancel()
        with suppress(asyncio.CancelledError):
            await sampling
        self._timeline.sample()
        return await self._finish()

    async def _feed(self) -> None:
        """The primary books what its own channels bring."""
        primary, script = self._stage.primary, self._script
        begins = self._stage.world.clock.monotonic()
        clock = self._stage.world.clock
        for number, booking in enumerate(script.bookings, 1):
            wait_s = begins + booking.at_s - clock.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            primary.book_with_drift(
                booking.account, booking.amount_minor, booking.kind, drift_minor=booking.drift_minor
            )
            if number % 500 == 0:
                self._on_progress(number)
                self._answers.judge(until=clock.now() - timedelta(seconds=1))
        self._on_progress(len(script.bookings))
        await asyncio.sleep(max(0.0, begins + script.length_s - clock.monotonic()))

    async def _visit(self, visit: Visit, number: int) -> None:
        await asyncio.sleep(visit.at_s)
        accounts = [(account, self._script.currencies[account]) for account in self._script.openings]
        await Customers(
            self._stage.port,
            accounts,
            clock=self._stage.world.clock,
            chance=stream(self._seed, f"customers {number}"),
            answers=self._answers,
            payments=self._payments,
            habits=visit.habits,
        ).run(visit.length_s)

    def _moment(self, at_s: float) -> datetime:
        return self._stage.world.clock.now() + timedelta(seconds=at_s)

    async def _finish(self) -> Run:
        stage = self._stage
        desk, node = stage.desk, stage.node
        if desk is None or node is None:
            raise RuntimeError("the run ended without a Dawam")
        reconciliation = await _reconcile(desk)
        for key, payment_id in self._payments.pending():
            receipt = await stage.port.payment(payment_id)
            if receipt is not None:
                self._payments.answered(key, receipt)
        self._answers.judge(until=stage.world.clock.now())
        changes = desk.history(limit=100_000)
        await desk.measures.flush()
        remains = _remains(node, desk)
        report = self._report(reconciliation, remains)
        problems = broken_promises(
            report,
            answers=self._answers,
            payments=self._payments,
            oracle=stage.primary.oracle,
            advices=remains.advices,
            checks=remains.checks,
            reconciliation=reconciliation,
            may_park=self._script.may_park,
            unrecovered=self._unrecovered,
        )
        await stage.stop()
        return Run(
            report=report,
            samples=self._timeline.samples,
            changes=changes[::-1],
            reconciliation=reconciliation,
            checks=remains.checks,
            problems=problems,
            trace=f"{self._answers.trace}{self._payments.trace}",
        )

    def _report(self, reconciliation: Reconciliation, remains: Remains) -> Report:
        script = self._script
        return report_of(
            seed=self._seed,
            feed=feed_figures(
                events=len(script.bookings),
                accounts=len(script.openings),
                refused=script.refused,
                seconds=self._elapsed_s(),
            ),
            faults=[fault.figures() for fault in self._director.watched],
            answers=self._answers,
            payments=self._payments,
            oracle=self._stage.primary.oracle,
            peak_exposure_minor=self._stage.port.peak_exposure_minor,
            exposure_cap_minor=script.institution.standin.policy.exposure_minor,
            reconciliation=reconciliation,
            remains=remains,
        )


def _remains(node: Node, desk: Desk) -> Remains:
    totals = node.ledger.totals()
    return Remains(
        advices=[(payment_id, state.value) for payment_id, state in desk.advices.states()],
        debits_minor=sum(total.debits_posted for total in totals),
        credits_minor=sum(total.credits_posted for total in totals),
        records=sum(total.records for total in totals),
        journal_ok=node.ledger.audit().ok,
        checks=desk.measures.balances(*ALWAYS),
    )


async def _reconcile(desk: Desk) -> Reconciliation:
    """Compare the books; the network may still lose a snapshot on its way."""
    for _ in range(_RECONCILE_TRIES - 1):
        try:
            return await desk.reconcile()
        except PrimaryFailure:
            await asyncio.sleep(1)
    return await desk.reconcile()
