"""`dawam gate`: judge a new release's balances before customers see them. Page: docs/guard.md.

Exit status: 0 the release may open; 1 it must not; 2 the question itself was wrong (no such file or
institution, a truncated or malformed snapshot, a primary that does not answer).
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from dawam.guard.gate import GateReport, Standing
from dawam.guard.gate import gate as compare
from dawam.guard.settings import GateSettings
from dawam.guard.snapshot import Snapshot, read_snapshot
from dawam.kernel import InvalidInput, NotFound, Unavailable
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.primary import TABLES as PRIMARY_TABLES
from dawam.primary import HttpPrimary, LinkSettings, Mirror, MirrorSettings
from dawam.storage import Storage

STATUS_REFUSED = 1
_SNAPSHOT_PATH = "/v1/snapshot"

app = typer.Typer(help="The release gate.")


@app.command("gate")
def gate(
    snapshot: Annotated[
        str, typer.Argument(help="The new release's snapshot: an NDJSON file (may be gzip) or its URL.")
    ],
    database: Annotated[
        str,
        typer.Option(help="The mirror's database, sqlite:///FILE or postgresql://USER@HOST/NAME; only read."),
    ],
    institution: Annotated[str, typer.Option(help="The institution's name in the configuration.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    max_ahead: Annotated[
        float, typer.Option(help="Share of accounts that may be newer than the mirror.", min=0, max=1)
    ] = GateSettings().ahead_share,
    token_env: Annotated[
        str | None, typer.Option(help="Name of the environment variable with the primary's bearer token.")
    ] = None,
) -> None:
    """Compare a snapshot of the primary with the mirror, account by account."""
    with _opened(database, institution) as mirror, _fetched(snapshot, token_env) as lines:
        report = compare(lines, lines.end, mirror, GateSettings(ahead_share=max_ahead))
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _print(report)
    if not report.passed:
        raise typer.Exit(STATUS_REFUSED)


@contextmanager
def _opened(database: str, institution: str) -> Iterator[Mirror]:
    """The mirror, read only: also while a node serves it.

    Raises: NotFound `institution_not_mirrored`, and what opening a database raises.
    """
    storage = Storage.open(database, tables=[*LEDGER_TABLES, *PRIMARY_TABLES], read_only=True)
    try:
        yield Mirror.open(institution, storage=storage, ledger=Ledger(storage), settings=MirrorSettings())
    except Unavailable as error:
        if error.code != "storage_read_only":
            raise
        # a mirror makes its row at the first mention, and here it may not
        raise NotFound("institution_not_mirrored", institution=institution[:40]) from None
    finally:
        storage.close()


@contextmanager
def _fetched(source: str, token_env: str | None) -> Iterator[Snapshot]:
    if not source.startswith(("http://", "https://")):
        yield read_snapshot(Path(source))
        return
    settings = LinkSettings(token=_token(token_env))
    with NamedTemporaryFile(prefix="dawam-gate-", suffix=".ndjson") as file:
        asyncio.run(_fetch(source.removesuffix(_SNAPSHOT_PATH), settings, Path(file.name)))
        yield read_snapshot(Path(file.name))


async def _fetch(base_url: str, settings: LinkSettings, file: Path) -> None:
    primary = HttpPrimary(base_url, settings)
    try:
        with open(file, "wb") as stream:  # noqa: ASYNC230  nothing else runs in this loop
            async for message in primary.snapshot():
                stream.write(msgspec.json.encode(message) + b"\n")
    finally:
        await primary.close()


def _token(variable: str | None) -> str | None:
    if variable is None:
        return None
    token = os.environ.get(variable, "").strip()
    if not token:
        raise InvalidInput("secret_missing", variable=variable, setting="--token-env")
    return token


def _print(report: GateReport) -> None:
    console = Console(highlight=False)
    table = Table("", "accounts", "share", box=None, pad_edge=False)
    for standing in Standing:
        count: int = getattr(report, standing.value)
        share = count / report.accounts if report.accounts else 0.0
        table.add_row(standing.value, f"{count:,}", f"{share:.2%}")
    console.print(table)
    console.print(f"judged up to event {report.judged_seq:,}")
    if report.pattern is not None:
        console.print(f"pattern: {report.pattern.value} ({report.pattern_share:.0%} of the differing)")
    if report.passed:
        console.print("[bold green]PASS[/] the release may open")
        return
    reasons = ", ".join(
        "nothing judged" if each is Standing.AGREEING else each.value for each in report.refused_for
    )
    console.print(f"[bold red]REFUSED[/] {reasons}")
