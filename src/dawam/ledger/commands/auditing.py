"""`dawam ledger audit`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from dawam.kernel import InvalidInput
from dawam.ledger import loading
from dawam.ledger.commands.terminal import NOT_SO, AsJson, Database, Outside, watched
from dawam.ledger.model import AuditReport
from dawam.ledger.proofs import (
    LOG_KEY,
    Checkpoint,
    VerifyingKey,
    open_checkpoint,
    read_file,
    read_signing_key,
)
from dawam.ledger.service import audited
from dawam.ledger.tables import TABLES
from dawam.storage import Rows, Storage

Since = Annotated[
    Path | None, typer.Option(help="An earlier checkpoint of these books, kept elsewhere; needs a key.")
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        help="The public key that signs these books: name+id+base64. Once for each that has signed them. "
        "Without it that of ledger.signing_key_file, where dawam.toml is of this database.",
    ),
]


def audit(
    context: typer.Context,
    database: Database,
    since: Since = None,
    key: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Verify every record from the first to the last, and who signed each checkpoint.

    With --since also that the books begin as they did then. Without a key no signature is checked, and the
    report says so. The exit status is 0 when the books are intact, 1 when they are not, 2 when they cannot be
    opened.
    """
    keys = _keys(key or [], context.obj, database)
    earlier = _earlier(since, keys)
    storage = Storage.open(database, tables=TABLES, read_only=True)
    try:
        with watched("Auditing", show=not as_json) as on_progress:
            report = audited(storage, on_progress, keys)
        if report.ok and earlier is not None:
            report = _since(storage, earlier, report)
    finally:
        storage.close()
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _show(report, keys, earlier)
    if not report.ok:
        raise typer.Exit(NOT_SO)


def _keys(given: list[str], outside: Outside, database: str) -> list[VerifyingKey]:
    """The public keys of the log: those given, else the node's own, if it can be known."""
    keys = [VerifyingKey.parse(each) for each in given]
    if any(key.kind != LOG_KEY for key in keys):
        raise InvalidInput("verifying_key_malformed")
    file = None if keys else outside.signing_key_file(database)
    return keys if file is None else [read_signing_key(file).verifying]


def _earlier(since: Path | None, keys: list[VerifyingKey]) -> Checkpoint | None:
    if since is None:
        return None
    if not keys:
        raise typer.BadParameter("--since needs the public key that signed it: --key.")
    return open_checkpoint(read_file(since), *keys).checkpoint


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


def _show(report: AuditReport, keys: list[VerifyingKey], earlier: Checkpoint | None) -> None:
    console = Console(soft_wrap=True)
    if report.ok:
        accounts = f"{report.accounts:,} accounts among them"
        console.print(f"[green]The books are intact[/]: {report.records:,} records, {accounts}.")
        if earlier is not None:
            console.print(f"They begin with the {earlier.size:,} records of the checkpoint.")
        console.print(f"Root: {report.head}")
        console.print(_signatures(report, keys))
        return
    console.print(f"[red]The books are broken[/] at record {report.bad_seq}: {report.finding}.")
    console.print(f"{report.records:,} records were read. What the word means: docs/journal.md.")


def _signatures(report: AuditReport, keys: list[VerifyingKey]) -> str:
    """Who signed what, in plain words."""
    if report.signed is None or report.signed_seq is None:
        return "[yellow]Signatures were not checked[/]: give the log's public key with --key."
    who = " or ".join(escape(key.short) for key in keys)
    said = [f"Signatures: {report.signed:,} of {report.checkpoints:,} checkpoints are signed, by {who}."]
    if report.signed_seq < report.records:
        said.append(f"[yellow]No signature covers what comes after record {report.signed_seq:,}.[/]")
    return "\n".join(said)
