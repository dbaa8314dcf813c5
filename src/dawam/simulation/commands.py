"""The simulation's commands: `replay`, `simulate`, and `fault` to break and mend a running demo."""

from typing import Annotated

import typer

from dawam.simulation.faults import FaultKind, fault_kind
from dawam.simulation.faulty_wallet import CONTROL_URL, Control
from dawam.simulation.replay import replay
from dawam.simulation.simulate import simulate

__all__ = ["fault", "replay", "simulate"]

_KINDS = ", ".join(kind for kind in FaultKind if kind is not FaultKind.CRASH)


def fault(
    kind: Annotated[str, typer.Argument(help=f"What goes wrong: {_KINDS}; or `clear`; or `show`.")],
    control: Annotated[str, typer.Option(help="Control URL of the faulty wallet.")] = CONTROL_URL,
) -> None:
    """Make the demo's primary fail or lie, or mend it with `clear`."""
    port = Control(control)
    match kind.strip().lower():
        case "clear":
            on = port.clear()
        case "show":
            on = list(port.on())
        case _:
            on = port.start(fault_kind(kind))
    typer.echo(f"faults on: {', '.join(on)}" if on else "no fault is on")
