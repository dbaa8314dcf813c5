"""One run in real time: real processes, real HTTP, real seconds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from dawam.app import system_world
from dawam.config import InstitutionSettings
from dawam.kernel import Clock, Unavailable
from dawam.simulation.answers import AnswerBook
from dawam.simulation.customers import Customers, Habits
from dawam.simulation.ending import broken_promises, feed_figures, report_of
from dawam.simulation.loop import stream
from dawam.simulation.oracle import Oracle
from dawam.simulation.real.crowd import Crowd
from dawam.simulation.real.director import Met, RealDirector
from dawam.simulation.real.ending import reconcile
from dawam.simulation.real.failures import plainly
from dawam.simulation.real.feed import FeedPlayer, Truth, open_books
from dawam.simulation.real.sampling import RealTimeline
from dawam.simulation.real.stage import RealStage
from dawam.simulation.real.watch import Watch
from dawam.simulation.receipts import PaymentBook
from dawam.simulation.virtual import Run, Script
from dawam.standin import StandinSettings

INSTITUTION = "replayed"
_BALANCES_PER_S, _PAYMENTS_PER_S = 20.0, 4.0
_FEED_MIN_S = 3.0
_WARM_S = 1.0
_RECOVERY_MAX_S = 600.0
_SAMPLES = 400


def play_real(
    script: Script,
    seed: int,
    *,
    workdir: Path,
    events_per_s: float = 2_000.0,
    balances_per_s: float = _BALANCES_PER_S,
    payments_per_s: float = _PAYMENTS_PER_S,
    on_progress: Callable[[int], None] = lambda _: None,
    on_fault: Callable[[Met], None] = lambda _: None,
    standin: StandinSettings | None = None,
) -> Run:
    """Run a script on a wallet core and a Dawam that are processes of their own.

    The feed takes its events / `events_per_s` seconds, and at least 3; faults begin at their fraction of it
    and last real seconds. Settings of the script that are about time hold for its own time axis: here
    the defaults hold, or those of `standin`. `workdir` keeps databases and logs. `on_fault` hears what was
    measured of each fault.
    Raises: Unavailable `stage_process_failed`, `stage_never_calm`, `stage_never_reconciled`.
    """
    institution = _in_real_time(script.institution, standin or StandinSettings())
    play = _RealPlay(
        replace(script, institution=institution), seed, workdir, events_per_s, on_progress, on_fault
    )
    rates = {"balances_per_s": balances_per_s, "payments_per_s": payments_per_s}
    return asyncio.run(plainly(play.whole(rates)))


class _RealPlay:
    """The acts of one run."""

    def __init__(
        self,
        script: Script,
        seed: int,
        workdir: Path,
        events_per_s: float,
        on_progress: Callable[[int], None],
        on_fault: Callable[[Met], None],
    ) -> None:
        self._script = script
        self._seed = seed
        self._workdir = workdir
        self._feed_s = max(len(script.bookings) / events_per_s, _FEED_MIN_S)
        self._on_progress = on_progress
        self._on_fault = on_fault
        self._clock: Clock = system_world().clock
        self._oracle = Oracle()
        self._answers = AnswerBook(self._oracle, seed=seed)
        self._payments = PaymentBook()

    async def whole(self, rates: dict[str, float]) -> Run:
        """Everything, in order."""
        script = self._script
        async with RealStage(
            self._workdir, INSTITUTION, script.institution, clock=self._clock, seed=self._seed
        ) as stage:
            await stage.start_wallet()
            await open_books(stage.control, script.openings, script.currencies, self._oracle)
            truth = Truth(stage.control, self._oracle)
            await truth.catch_up()
            await stage.start_dawam()
            await stage.mirrored(len(script.openings), self._oracle.heard_seq)
            watch = Watch(stage.node)
            timeline = RealTimeline(watch, self._answers, self._oracle, self._clock)
            director = RealDirector(
                stage,
                watch,
                clock=self._clock,
                chance=stream(self._seed, "director"),
                on_fault=self._on_fault,
            )
            background = (
                stage.watch(),
                truth.run(),
                watch.run(),
                timeline.run(max(self._feed_s / _SAMPLES, 0.25)),
            )
            async with meanwhile(*background):
                seconds = await self._acts(stage, director, watch, rates)
            timeline.sample()
            return await self._finish(stage, truth, watch, director, timeline, seconds)

    async def _acts(
        self, stage: RealStage, director: RealDirector, watch: Watch, rates: dict[str, float]
    ) -> float:
        """Feed, customers and faults, until everything is well again; the seconds that the feed took."""
        script = self._script
        crowd = Crowd(self._customers(stage), stream(self._seed, "arrivals"))
        player = FeedPlayer(
            stage.control,
            script.bookings,
            axis_s=script.length_s,
            length_s=self._feed_s,
            clock=self._clock,
            on_progress=self._on_progress,
        )
        longest_s = max((plan.length_s for plan in script.plans), default=0.0)
        limit_s = self._feed_s * 10 + longest_s + _RECOVERY_MAX_S
        try:
            async with asyncio.timeout(limit_s), asyncio.TaskGroup() as group:
                group.create_task(crowd.run(**rates))
                await asyncio.sleep(_WARM_S)
                acts = [
                    group.create_task(director.act(plan, after_s=plan.start * self._feed_s))
                    for plan in script.plans
                ]
                seconds = await player.run()
                await asyncio.gather(*acts)
                await watch.until_calm()
                crowd.dismiss()
            await watch.until_calm()
        except TimeoutError:
            raise Unavailable("stage_never_calm", waited_s=round(limit_s)) from None
        return seconds

    def _customers(self, stage: RealStage) -> Customers:
        script = self._script
        return Customers(
            stage.port,
            [(account, script.currencies[account]) for account in script.openings],
            clock=self._clock,
            chance=stream(self._seed, "customers"),
            answers=self._answers,
            payments=self._payments,
            habits=replace(
                script.visits[-1].habits if script.visits else Habits(),
                retry_after_s=0.5,
                asks_again_after_s=3.0,
                retries=8,
            ),
        )

    async def _finish(
        self,
        stage: RealStage,
        truth: Truth,
        watch: Watch,
        director: RealDirector,
        timeline: RealTimeline,
        seconds: float,
    ) -> Run:
        reconciliation = await reconcile(stage.node)
        await stage.stop_dawam()
        await truth.catch_up()
        self._answers.judge(until=self._clock.now())
        remains = await asyncio.to_thread(stage.remains)
        script = self._script
        report = report_of(
            seed=self._seed,
            feed=feed_figures(
                events=len(script.bookings),
                accounts=len(script.openings),
                refused=script.refused,
                seconds=seconds,
            ),
            faults=[fault.figures() for fault in director.watched],
            answers=self._answers,
            payments=self._payments,
            oracle=self._oracle,
            peak_exposure_minor=watch.peak_exposure_minor,
            exposure_cap_minor=script.institution.standin.policy.exposure_minor,
            reconciliation=reconciliation,
            remains=remains,
        )
        problems = broken_promises(
            report,
            answers=self._answers,
            payments=self._payments,
            oracle=self._oracle,
            advices=remains.advices,
            checks=remains.checks,
            reconciliation=reconciliation,
            may_park=True,  # here the feed goes on whatever Dawam knows of it
        )
        return Run(
            report=report,
            samples=timeline.samples,
            changes=watch.changes,
            reconciliation=reconciliation,
            checks=remains.checks,
            problems=problems,
            trace=f"{self._answers.trace}{self._payments.trace}",
        )


@asynccontextmanager
async def meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Endless work that runs as long as the context is open; its failure ends the context."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in work]
        yield
        for task in tasks:
            task.cancel()


def _in_real_time(institution: InstitutionSettings, standin: StandinSettings) -> InstitutionSettings:
    """What an institution decides about money, with other settings about time."""
    return InstitutionSettings(
        primary_url=institution.primary_url,
        mirror=institution.mirror,
        guard=institution.guard,
        standin=msgspec.structs.replace(standin, policy=institution.standin.policy),
    )
