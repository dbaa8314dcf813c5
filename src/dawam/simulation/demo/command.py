"""The command: what may be chosen, and which show that makes."""

import asyncio
import logging
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import structlog
import typer
from msgspec.structs import replace

from dawam.kernel import Conflict
from dawam.simulation.demo.pace import FAST, STORY
from dawam.simulation.demo.show import HOST, GuidedShow, Plan, ToldShow
from dawam.simulation.demo.teller import Teller
from dawam.simulation.real import Ports, plainly

_WALLET_PORT, _CONTROL_PORT, _PORT, _GUIDE_PORT = 8801, 8802, 8080, 8090
_WALLETS, _FAST_WALLETS = 20_000, 500
_BROKEN, _TERMINATED = 1, 143


def demo(
    wallets: Annotated[
        int | None, typer.Option(help=f"How many customers; {_WALLETS:,} without it.", min=10, max=1_000_000)
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    port: Annotated[
        int | None,
        typer.Option(
            help=f"Port of Dawam's pages and channel API; {_PORT}, or a free one, without it. "
            "0 takes free ones for every part.",
            min=0,
            max=65_535,
        ),
    ] = None,
    pages: Annotated[
        bool | None,
        typer.Option(
            help="Pages and a guide in the browser, or the story in the terminal. "
            "Pages, unless --fast, --serve or --no-story asks for the terminal."
        ),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="The short version, with fewer wallets.")] = False,
    keep: Annotated[
        bool,
        typer.Option("--serve", help="Keep everything running after the story, to break and mend with curl."),
    ] = False,
    story: Annotated[bool, typer.Option(help="Tell the story first.")] = True,
) -> None:
    """A bad update hits 20,000 wallets: watch nobody see a wrong balance."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    in_browser = not (fast or keep or not story) if pages is None else pages
    ports = _chosen(port)
    with (
        tempfile.TemporaryDirectory(prefix="dawam-demo-") as workdir,
        Teller() as teller,
        ExitStack() as reserved,
    ):
        plan = Plan(
            workdir=Path(workdir),
            pace=FAST if fast else STORY,
            ports=_known(ports, reserved) if in_browser else ports,
            seed=seed,
            count=wallets or (_FAST_WALLETS if fast else _WALLETS),
        )
        problems: list[str] = []
        try:
            if in_browser:
                guide_port = (port != 0 and _if_free(_GUIDE_PORT)) or _free(reserved)
                show = GuidedShow(plan, teller, guide_port=guide_port, letters_port=_free(reserved))
                asyncio.run(plainly(show.run()))
            else:
                problems = asyncio.run(
                    plainly(ToldShow(plan, teller).run(keep=keep or not story, story=story))
                )
        except asyncio.CancelledError:
            raise typer.Exit(_TERMINATED) from None
    if problems:
        sys.stderr.write("a promise was broken:\n" + "".join(f"  {problem}\n" for problem in problems))
        raise typer.Exit(_BROKEN)


def _chosen(port: int | None) -> Ports:
    """The usual ports that nobody has; none of them with 0, so that any number of demos can start at once."""
    if port == 0:
        return Ports()
    return Ports(
        wallet=_if_free(_WALLET_PORT),
        control=_if_free(_CONTROL_PORT),
        dawam=_if_free(_PORT) if port is None else _checked(port),
    )


def _known(ports: Ports, reserved: ExitStack) -> Ports:
    """With Dawam's port named beforehand: its pages are told where browsers find them."""
    return replace(ports, dawam=ports.dawam or _free(reserved))


def _if_free(port: int) -> int:
    """The port, or 0 where somebody else has it."""
    try:
        return _checked(port)
    except Conflict:
        return 0


def _checked(port: int) -> int:
    """The port, when nobody has it. Raises: Conflict `port_in_use`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise Conflict("port_in_use", host=HOST, port=port) from None
    return port


def _free(reserved: ExitStack) -> int:
    """A port that nobody has; bound while it is reserved, so that only a server that names it gets it."""
    holder = reserved.enter_context(socket.socket())
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((HOST, 0))
    found: int = holder.getsockname()[1]
    return found
