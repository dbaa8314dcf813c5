"""`dawam ledger export`."""

from pathlib import Path
from typing import Annotated

import typer

from dawam.ledger.commands.terminal import Database, reading, watched
from dawam.ledger.exports import Books, Exported, export
from dawam.storage import Rows

Form = Annotated[str, typer.Option("--format", help="hledger, beancount or parquet.")]
Out = Annotated[Path, typer.Option(help="The new file; for Parquet the new folder.")]


def export_books(database: Database, form: Form, out: Out) -> None:
    """Write all accounts and transfers for hledger, for beancount, or as Parquet."""
    with reading(database) as storage, watched("Exporting") as on_progress:

        def write(rows: Rows) -> Exported:
            with rows.snapshot():
                books = Books(rows)
                return export(
                    books.entries(),
                    target=out,
                    format=form,
                    names=books.name,
                    on_progress=lambda done: on_progress(done, books.end),
                )

        written = storage.read(write)
    typer.echo(f"{out}: {written.accounts:,} accounts, {written.transfers:,} transfers.")
