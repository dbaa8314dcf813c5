"""`dawam ledger …`: look at the books from outside, read only."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from dawam.ledger.model import AuditReport
from dawam.ledger.service import audited
from dawam.ledger.tables import TABLES
from dawam.storage import Storage

app = typer.Typer(name="ledger", help="Look at the books.", no_args_is_help=True)

_BROKEN = 1
_DATABASE = typer.Option(help="The database, such as sqlite:///books.db")


@app.callback()
def _ledger() -> None:
    """Look at the books."""


@app.command()
def audit(
    database: Annotated[str, _DATABASE],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Verify every record from the first to the last.

    The exit status is 0 when the books are intact, 1 when they are not, 2 when they cannot be opened.
    """
    storage = Storage.open(database, tables=TABLES, read_only=True)
    try:
        report = _audited(storage, show=not as_json)
    finally:
        storage.close()
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _show(report)
    if not report.ok:
        raise typer.Exit(_BROKEN)


def _audited(storage: Storage, *, show: bool) -> AuditReport:
    with Progress(console=Console(stderr=True), transient=True, disable=not show) as progress:
        task = progress.add_task("Auditing", total=None)
        return audited(storage, lambda done, total: progress.update(task, completed=done, total=total))


def _show(report: AuditReport) -> None:
    console = Console()
    if report.ok:
        accounts = f"{report.accounts:,} accounts among them"
        console.print(f"[green]The books are intact[/]: {report.records:,} records, {accounts}.")
        console.print(f"Root: {report.head}", soft_wrap=True)
        return
    console.print(f"[red]The books are broken[/] at record {report.bad_seq}: {report.finding}.")
    console.print(f"{report.records:,} records were read. What the word means: docs/journal.md.")
