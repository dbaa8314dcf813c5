"""`dawam storage …`: bring a database up to date, look at one, copy one to another engine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dawam.migrations.checking import CheckReport, State, check
from dawam.migrations.copying import CopyReport, copy
from dawam.migrations.migrating import migrate

app = typer.Typer(name="storage", help="Look after databases.", no_args_is_help=True)

_UNSOUND = 1
Database = Annotated[str, typer.Option(help="The database, sqlite:///FILE or postgresql://USER@HOST/NAME.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def _storage() -> None:
    """Look after databases."""


@app.command("migrate")
def migrate_command(
    database: Database,
    backup: Annotated[bool, typer.Option(help="Copy an SQLite file beside itself first.")] = True,
    audit: Annotated[bool, typer.Option(help="Verify every record afterwards.")] = True,
    as_json: AsJson = False,
) -> None:
    """Bring a database to the layout that this version needs, as a whole or not at all."""
    with _watched(show=not as_json) as on_progress:
        done = migrate(database, backup=backup, audit=audit, on_progress=on_progress)
    if as_json:
        _print(done)
        return
    console = Console(soft_wrap=True)
    if done.before == done.after:
        console.print(f"{done.database} has layout {done.after} already; nothing to do.")
        return
    console.print(f"{done.database}: layout {done.before} -> {done.after}.")
    if done.backup is not None:
        console.print(f"As it was before: {done.backup}")
    if done.records is not None:
        console.print(f"The books are intact: {done.records:,} records.")


@app.command("check")
def check_command(
    database: Database,
    audit: Annotated[bool, typer.Option("--audit", help="Verify every record of the journal too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a database holds and whether it is sound; nothing is changed.

    The exit status is 0 when this version can use it and nothing is wrong, 1 when not, 2 when it cannot be
    read.
    """
    with _watched(show=not as_json) as on_progress:
        report = check(database, audit=audit, on_progress=lambda n, of: on_progress("Auditing", n, of))
    if as_json:
        _print(report)
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(_UNSOUND)


@app.command("copy")
def copy_command(
    source: Annotated[str, typer.Option("--from", help="The database to copy; it must not be in use.")],
    target: Annotated[str, typer.Option("--to", help="An empty database, or the target of the same copy.")],
    as_json: AsJson = False,
) -> None:
    """Copy a database to another place or engine, compare both, audit both.

    A copy that was interrupted goes on where it stopped when the command is repeated.
    """
    with _watched(show=not as_json) as on_progress:
        report = copy(source, target, on_progress=on_progress)
    if as_json:
        _print(report)
    else:
        _show_copy(report)


@contextmanager
def _watched(*, show: bool) -> Iterator[Any]:
    """A bar a step, on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not show) as progress:
        bars: dict[str, Any] = {}

        def step(what: str, done: int, total: int | None) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.update(bars[what], completed=done, total=total)

        yield step


def _print(report: msgspec.Struct) -> None:
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n")


_SAYS = {
    State.CURRENT: "[green]can be used by this version[/]",
    State.OLDER: "[yellow]is older: bring it up to date with dawam storage migrate[/]",
    State.NEWER: "[red]is newer: start the version that wrote it[/]",
    State.COPY_UNFINISHED: "[red]is the target of a copy that is not finished: repeat that copy[/]",
}


def _show(report: CheckReport) -> None:
    console = Console(soft_wrap=True)
    console.print(f"{report.database}: {report.engine} {report.engine_version}, {_bytes(report.bytes)}")
    console.print(f"Layout {report.version} of {report.supported}: {_SAYS[report.state]}")
    table = Table(box=None, pad_edge=False)
    for title in ("Table", "Rows", "Size"):
        table.add_column(title, justify="left" if title == "Table" else "right")
    for one in report.tables:
        table.add_row(one.name, f"{one.rows:,}", "" if one.bytes is None else _bytes(one.bytes))
    console.print(table)
    for line in report.differences:
        console.print(f"[red]Differs from what it should be:[/] {line}")
    if report.audit is not None and report.audit.ok:
        console.print(f"[green]The books are intact[/]: {report.audit.records:,} records.")
    elif report.audit is not None:
        where = f"at record {report.audit.bad_seq}: {report.audit.finding}"
        console.print(f"[red]The books are broken[/] {where}. What the word means: docs/journal.md.")


def _show_copy(report: CopyReport) -> None:
    console = Console(soft_wrap=True)
    rows = sum(table.rows for table in report.tables)
    how = "Copied, after an interruption" if report.resumed else "Copied"
    console.print(f"{how}: {rows:,} rows of {len(report.tables)} tables, the same on both sides.")
    if report.head:
        console.print(f"Both journals are intact: {report.records:,} records.")
    console.print(f"{report.target} is ready. Let nothing write to {report.source} any more.")


def _bytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
