"""`dawam replay FEED`: what an institution's own last outage would have been."""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dawam.primary.extracts import Extract, load_mapping, read_extract
from dawam.simulation.extract_script import script_of
from dawam.simulation.faults import FaultPlan
from dawam.simulation.folder import check_folder
from dawam.simulation.summary import print_summary
from dawam.simulation.virtual import Run, Script, play

_BROKEN = 1
Language = Literal["en", "fr", "ar"]


def replay(
    feed: Annotated[Path, typer.Argument(help="The extract: CSV or NDJSON (also .gz), or Parquet.")],
    mapping: Annotated[str, typer.Option(help="wallet, bank, or a mapping's TOML file.")],
    fault: Annotated[
        list[str] | None,
        typer.Option(help="KIND@START:LENGTH, e.g. zero@0.5:3600; may be given again."),
    ] = None,
    seed: Annotated[int, typer.Option(help="One seed is one run.")] = 1,
    real: Annotated[bool, typer.Option("--real", help="Real processes, HTTP and seconds.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.html.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of report.html.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")] = False,
) -> None:
    """Play an institution's own bookings, let customers ask and pay, inject faults, and report."""
    plans = [FaultPlan.parse(text) for text in fault or []]
    extract = read_extract(feed, load_mapping(mapping))
    if out is not None:
        check_folder(out)
    quiet_logs()
    with _progress(len(extract.bookings), shown=not as_json) as on_progress:
        run = _played(extract, plans, seed, real=real, on_progress=on_progress)
    if out is not None:
        _write(run, out, extract, lang)
    if as_json:
        sys.stdout.write(run.report.to_json().decode() + "\n")
    else:
        print_summary(run, extract.currency, Console())
    if run.problems:
        sys.stderr.write(f"a promise was broken (seed {seed}):\n{run.problems}\n")
        raise typer.Exit(_BROKEN)


def quiet_logs() -> None:
    """A simulated outage is full of warnings; the report says what they say."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _played(
    extract: Extract,
    plans: Sequence[FaultPlan],
    seed: int,
    *,
    real: bool,
    on_progress: Callable[[int], None],
) -> Run:
    script: Script = script_of(extract, plans)
    if real:
        from dawam.simulation.real import play_real

        with tempfile.TemporaryDirectory(prefix="dawam-") as workdir:
            return play_real(script, seed, workdir=Path(workdir), on_progress=on_progress)
    began = time.monotonic()
    return play(script, seed, elapsed_s=lambda: time.monotonic() - began, on_progress=on_progress)


def _write(run: Run, out: Path, extract: Extract, lang: Language) -> None:
    from dawam.simulation.report_page import write_report

    (out / "report.json").write_bytes(run.report.to_json() + b"\n")
    write_report(run, name=extract.name, folder=out, locale=lang, currency=extract.currency)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not shown or not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("bookings"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("replaying", total=total)
        yield lambda played: progress.update(task, completed=played)
