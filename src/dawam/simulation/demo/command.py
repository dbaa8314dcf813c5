"""The command: what may be chosen, and how everything is put together and taken apart."""

import asyncio
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from dawam.app import system_world
from dawam.kernel import Conflict, Unavailable
from dawam.simulation.customers import ChannelGone
from dawam.simulation.demo.figures import Figures
from dawam.simulation.demo.pace import FAST, STORY, Pace, institution
from dawam.simulation.demo.serving import INSTITUTION, dawam_command, serve, tell_ways_in
from dawam.simulation.demo.story import Story
from dawam.simulation.demo.teller import Teller
from dawam.simulation.demo.town import Town
from dawam.simulation.real import Ports, RealStage, meanwhile, plainly

_HOST = "127.0.0.1"
_WALLET_PORT, _CONTROL_PORT, _PORT = 8801, 8802, 8080
_WALLETS, _FAST_WALLETS = 20_000, 500
_BROKEN, _TERMINATED = 1, 143
_GIVE_UP_S = 2.0


def demo(
    wallets: Annotated[
        int | None, typer.Option(help=f"How many customers; {_WALLETS:,} without it.", min=10, max=1_000_000)
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    port: Annotated[
        int | None,
        typer.Option(
            help=f"Port of Dawam's channel API; {_PORT}, or a free one, without it.", min=0, max=65_535
        ),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="The short version, with fewer wallets.")] = False,
    keep: Annotated[
        bool,
        typer.Option("--serve", help="Keep everything running afterwards, to break and mend it yourself."),
    ] = False,
    story: Annotated[bool, typer.Option(help="Tell the story first.")] = True,
) -> None:
    """A bad update hits 20,000 wallets: watch nobody see a wrong balance."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    ports = Ports(
        wallet=_if_free(_WALLET_PORT),
        control=_if_free(_CONTROL_PORT),
        dawam=_if_free(_PORT) if port is None else _checked(port),
    )
    count = wallets or (_FAST_WALLETS if fast else _WALLETS)
    pace = FAST if fast else STORY
    with tempfile.TemporaryDirectory(prefix="dawam-demo-") as workdir, Teller() as teller:
        show = _Show(Path(workdir), teller, pace, ports, seed=seed, count=count)
        try:
            problems = asyncio.run(plainly(show.run(keep=keep or not story, story=story)))
        except asyncio.CancelledError:
            raise typer.Exit(_TERMINATED) from None
    if problems:
        sys.stderr.write("a promise was broken:\n" + "".join(f"  {problem}\n" for problem in problems))
        raise typer.Exit(_BROKEN)


class _Show:
    """One evening of it."""

    def __init__(
        self, workdir: Path, teller: Teller, pace: Pace, ports: Ports, *, seed: int, count: int
    ) -> None:
        self._workdir = workdir
        self._teller = teller
        self._pace = pace
        self._ports = ports
        self._seed = seed
        self._count = count

    async def run(self, *, keep: bool, story: bool) -> list[str]:
        """Everything; the promises that were broken."""
        task = asyncio.current_task()
        if task is not None:  # a polite end from outside takes the processes along, as Ctrl-C does
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        self._teller.title(
            "Dawam · دوام", "keeps money answering, truthfully, while the system behind it is down or wrong"
        )
        clock = system_world().clock
        stage = RealStage(
            self._workdir,
            INSTITUTION,
            institution(self._pace),
            clock=clock,
            seed=self._seed,
            ports=self._ports,
        )
        async with stage:
            town = await self._set_up(stage)
            figures = Figures(town.answers, town.payments, town.oracle, town.watch, clock)
            problems: list[str] = []
            async with meanwhile(stage.watch(), town.truth.run(), town.watch.run(), self._teller.run()):
                self._teller.ticking(figures.panel, figures.line)
                if story:
                    problems = await self._tell(town)
                if keep and not problems:
                    await self._stay(town)
                self._teller.still()
        if not problems:
            self._close()
        return problems

    async def _set_up(self, stage: RealStage) -> Town:
        """Two processes, and everybody with their money."""
        say = self._teller.say
        async with self._teller.step("starting the wallet core …"):
            await stage.start_wallet()
        town = Town(stage, self._seed, self._pace)
        say(f"[green]✓[/] a wallet core of its own, the [bold]primary[/], at {stage.wallet_url}")
        began = town.clock.monotonic()
        async with self._teller.step("opening wallets …"):
            count = await town.settle(self._count)
        took_s = town.clock.monotonic() - began
        say(f"[green]✓[/] {count:,} wallets of three providers opened, with money ({took_s:.1f} s)")
        async with self._teller.step("starting Dawam …"):
            await stage.start_dawam()
            began = town.clock.monotonic()
            await town.connect()
        took_s = town.clock.monotonic() - began
        say(
            f"[green]✓[/] [bold]Dawam[/] beside it at {stage.node.url}, all wallets mirrored ({took_s:.1f} s)"
        )
        return town

    async def _tell(self, town: Town) -> list[str]:
        story = Story(town, self._teller, self._pace)
        async with asyncio.TaskGroup() as group:
            group.create_task(town.live())
            await _answered(story.tell())
            town.close_shops()
        await town.calm()
        await _answered(story.close())
        return story.problems

    async def _stay(self, town: Town) -> None:
        tell_ways_in(town, self._teller)
        async with asyncio.TaskGroup() as group:
            group.create_task(town.live())
            await serve(town, self._teller)

    def _close(self) -> None:
        here = dawam_command()
        self._teller.say("")
        self._teller.say("[bold green]Every promise kept.[/]")
        self._teller.say("Try next: break and mend it yourself, and ask with curl")
        self._teller.plain(f"{here} demo --serve")
        self._teller.say("or play your own institution's extract, with a fault in the middle of it")
        self._teller.plain(f"{here} replay FEED.csv --mapping MAPPING.toml --fault zero@0.5:3600")
        self._teller.say("")


async def _answered(work: Coroutine[Any, Any, None]) -> None:
    """Work that needs Dawam's answers; when there are none, the stage is given time to say why.

    Raises: Unavailable `stage_process_failed`.
    """
    try:
        await work
    except ChannelGone:
        await asyncio.sleep(_GIVE_UP_S)
        raise Unavailable("stage_process_failed", process="dawam", status=None, said="no answer") from None


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
            probe.bind((_HOST, port))
        except OSError:
            raise Conflict("port_in_use", host=_HOST, port=port) from None
    return port
