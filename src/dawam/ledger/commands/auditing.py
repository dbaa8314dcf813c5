"""`dawam ledger audit`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from dawam.ledger import loading
from dawam.ledger.commands.terminal import NOT_SO, AsJson, Database, watched
from dawam.ledger.model import AuditReport
from dawam.ledger.proofs import Checkpoint, open_checkpoint, read_file
from dawam.ledger.proofs.notes import VerifyingKey
from dawam.ledger.service import audited
from dawam.ledger.tables import TABLES
from dawam.storage import Rows, Storage

Since = Annotated[
    Path | None, typer.Option(help="An earlier checkpoint of these books, kept elsewhere; needs --key.")
]
Key = Annotated[str | None, typer.Option(help="The public key that signed it: name+id+base64.")]


def audit(database: Database, since: Since = None, key: Key = None, as_json: AsJson = False) -> None:
    """Verify every record from the first to the last; and, with --since, that they begin as they did then.

    The exit status is 0 when the books are intact, 1 when they are not, 2 when they cannot be opened.
    """
    earlier = _earlier(since, key)
    storage = Storage.open(database, tables=TABLES, read_only=True)
    try:
        with watched("Auditing", show=not as_json) as on_progress:
            report = audited(storage, on_progress)
        if report.ok and earlier is not None:
            report = _since(storage, earlier, report)
    finally:
        storage.close()
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _show(report, earlier)
    if not report.ok:
        raise typer.Exit(NOT_SO)


def _earlier(since: Path | None, key: str | None) -> Checkpoint | None:
    if since is None and key is None:
        return None
    if since is None or key is None:
        raise typer.BadParameter("--since and --key belong together.")
    return open_checkpoint(read_file(since), VerifyingKey.parse(key)).checkpoint


def _since(storage: Storage, earlier: Checkpoint, report: AuditReport) -> AuditReport:
    """The report, if the journal begins with all that the earlier checkpoint was over."""

    def bad(rows: Rows) -> tuple[int, str] | None:
        with rows.snapshot():
            end = loading.end_of(rows)
            if end < earlier.size:
                return end + 1, "record_missing"
            if loading.tree(rows, end).root(earlier.size) != earlier.root:
                return earlier.size, "seal_differs"
        return None

    found = storage.read(bad)
    if found is None:
        return report
    return msgspec.structs.replace(report, ok=False, bad_seq=found[0], finding=found[1])


def _show(report: AuditReport, earlier: Checkpoint | None) -> None:
    console = Console(soft_wrap=True)
    if report.ok:
        accounts = f"{report.accounts:,} accounts among them"
        console.print(f"[green]The books are intact[/]: {report.records:,} records, {accounts}.")
        if earlier is not None:
            console.print(f"They begin with the {earlier.size:,} records of the checkpoint.")
        console.print(f"Root: {report.head}")
        return
    console.print(f"[red]The books are broken[/] at record {report.bad_seq}: {report.finding}.")
    console.print(f"{report.records:,} records were read. What the word means: docs/journal.md.")
