"""`dawam ledger …`: audit the books, sign what they say, prove it, verify it, export them."""

import typer

from dawam.ledger.commands.auditing import audit
from dawam.ledger.commands.checkpoints import checkpoint, key
from dawam.ledger.commands.exporting import export_books
from dawam.ledger.commands.proving import prove, prove_growth, verify_file

__all__ = ["app"]

app = typer.Typer(name="ledger", help="Look at the books.", no_args_is_help=True)


@app.callback()
def _ledger() -> None:
    """Look at the books."""


app.command("audit")(audit)
app.command("export")(export_books)
app.command("key")(key)
app.command("checkpoint")(checkpoint)
app.command("prove")(prove)
app.command("growth")(prove_growth)
app.command("verify")(verify_file)
