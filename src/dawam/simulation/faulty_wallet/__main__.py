"""`python -m dawam.simulation.faulty_wallet …`: one JSON line when ready, then serve until stopped."""

import sys
from typing import Annotated

import msgspec
import typer

from dawam.kernel import DawamError
from dawam.simulation.faulty_wallet.process import Ready, serve_faulty_wallet
from dawam.web import explain


def main(
    database: Annotated[
        str, typer.Option(help="Where the books are: sqlite:///FILE or postgresql://USER@HOST/NAME.")
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the primary contract; 0 takes a free one.")] = 8801,
    control_port: Annotated[int, typer.Option(help="Port for faults; 0 takes a free one.")] = 8802,
    seed: Annotated[int, typer.Option(help="The same seed draws the same manners of failing.")] = 1,
    leashed: Annotated[bool, typer.Option(help="Stop also when standard input ends.")] = False,
) -> None:
    """Serve a wallet core that can be made to fail and to lie."""

    def tell(ready: Ready) -> None:
        typer.echo(msgspec.json.encode(ready).decode())

    try:
        serve_faulty_wallet(
            database,
            host=host,
            port=port,
            control_port=control_port,
            seed=seed,
            leashed=leashed,
            on_ready=tell,
        )
    except DawamError as error:
        says = explain(error, "en")
        typer.echo(f"{says.code}: {says.detail} {says.action}".rstrip(), err=True)
        sys.exit(2)


if __name__ == "__main__":
    typer.run(main)
