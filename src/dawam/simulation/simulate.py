"""`dawam simulate`: many seeds of every fault, on all cores; a failing seed is printed."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from dawam.simulation.faults import FaultKind, fault_kind
from dawam.simulation.replay import quiet_logs
from dawam.simulation.scenario import scenario
from dawam.simulation.virtual import play

_BROKEN = 1


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one seed of one fault came to; `problems` is empty when every promise was kept."""

    kind: str
    seed: int
    problems: str
    counts: dict[str, int]


def try_seed(kind: FaultKind, seed: int) -> Verdict:
    """Run one seed of one fault; whatever breaks is a problem."""
    quiet_logs()
    began = time.monotonic()
    try:
        run = play(scenario(seed, kind), seed, elapsed_s=lambda: time.monotonic() - began)
    except Exception as error:
        return Verdict(kind=kind.value, seed=seed, problems=f"{type(error).__name__}: {error}", counts={})
    report = run.report
    counts = {
        "balances": report.answers.balances_asked,
        "shown": report.answers.shown,
        "withheld": report.answers.withheld,
        "wrong": report.answers.wrong,
        "payments": report.payments.asked,
        "approved_in_stand_in": report.payments.approved_in_stand_in,
        "overdrawn": report.payments.overdrawn_accounts,
        "advices": report.advices.made,
        "parked": report.advices.parked,
        "lost": report.advices.lost,
        "applied_twice": report.advices.applied_twice,
        "unexplained_minor": report.reconciliation.unexplained_minor,
    }
    return Verdict(kind=kind.value, seed=seed, problems=run.problems, counts=counts)


def simulate(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds of each fault.")] = 20,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 1,
    fault: Annotated[list[str] | None, typer.Option(help="Only this fault; may be given again.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0 for one a core.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Try to break every promise in small worlds by chance; exit 1 and name the seed if one breaks."""
    kinds = [fault_kind(text) for text in fault] if fault else list(FaultKind)
    tries = [(kind, seed) for seed in range(first, first + seeds) for kind in kinds]
    began = time.monotonic()
    totals, broken = _run_all(tries, workers or os.cpu_count() or 1, shown=not as_json)
    seconds = time.monotonic() - began
    if as_json:
        found = {"runs": len(tries), "seconds": round(seconds, 1), **totals, "broken": broken}
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        words = ", ".join(f"{name} {count:,}" for name, count in totals.items())
        sys.stdout.write(f"{len(tries):,} runs in {seconds:,.0f} s: {words}\n")
        for verdict in broken:
            again = f"dawam simulate --fault {verdict.kind} --first {verdict.seed} --seeds 1"
            sys.stdout.write(f"{verdict.kind} seed {verdict.seed}: {verdict.problems}\n  again: {again}\n")
    if broken:
        raise typer.Exit(_BROKEN)


def _run_all(
    tries: Sequence[tuple[FaultKind, int]], workers: int, *, shown: bool
) -> tuple[Counter[str], list[Verdict]]:
    totals: Counter[str] = Counter()
    broken: list[Verdict] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not (shown and console.is_terminal)) as progress:
        task = progress.add_task("simulating", total=len(tries))
        for verdict in _verdicts(tries, workers):
            totals.update(verdict.counts)
            if verdict.problems:
                broken.append(verdict)
            progress.advance(task)
    return totals, sorted(broken, key=lambda verdict: (verdict.kind, verdict.seed))


def _verdicts(tries: Sequence[tuple[FaultKind, int]], workers: int) -> Iterable[Verdict]:
    if workers == 1:
        for kind, seed in tries:
            yield try_seed(kind, seed)
        return
    with ProcessPoolExecutor(workers) as pool:
        for done in as_completed([pool.submit(try_seed, kind, seed) for kind, seed in tries]):
            yield done.result()
