"""`dawam ledger key` and `dawam ledger checkpoint`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dawam.ledger.commands.terminal import TABLES, AsJson, Database, KeyFile, Outside, reading, watched
from dawam.ledger.exports.money import commodity_of, decimal_text
from dawam.ledger.proofs import Checkpointed, Proofs, SigningKey, read_signing_key, write_file
from dawam.ledger.proofs.notes import KEY_SIZE
from dawam.storage import Storage

Name = Annotated[str, typer.Option(help="The log's name, such as ledger.example.org/books.")]
Out = Annotated[Path, typer.Option(help="The new file for the key; for its owner only, a secret.")]


def key(context: typer.Context, name: Name, out: Out) -> None:
    """Make the key with which the log signs its checkpoints; prints the public key, for everybody."""
    outside: Outside = context.obj
    made = SigningKey.generate(name, outside.world().entropy.randbytes(KEY_SIZE))
    write_file(out, made.text + "\n", secret=True)
    typer.echo(made.verifying.text)


def checkpoint(database: Database, key: KeyFile, as_json: AsJson = False) -> None:
    """Make a signed checkpoint that says what all accounts have, so that balances can be proved.

    Prints the checkpoint. No other process may have the database open for writing meanwhile.
    """
    signing = read_signing_key(key)
    with reading(database):  # what is not there is not made
        pass
    storage = Storage.open(database, tables=TABLES)
    try:
        with watched("Adding up", show=not as_json) as on_progress:
            made = Proofs(storage, signing).checkpoint_now(on_progress)
    finally:
        storage.close()
    if as_json:
        sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
        return
    typer.echo(made.checkpoint, nl=False)
    _show(made)


def _show(made: Checkpointed) -> None:
    for each in made.ledgers:
        commodity = commodity_of(each.ledger)
        owed = decimal_text(each.owed_minor, commodity)
        typer.echo(f"{each.accounts:,} accounts, {owed} {commodity.symbol} owed", err=True)
