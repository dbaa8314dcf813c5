"""One evening of the demo: processes, people and traffic put together, and taken apart whatever happens."""

import asyncio
import os
import signal
import sys
import webbrowser
from base64 import urlsafe_b64encode
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from dawam.app import system_world
from dawam.config import Settings
from dawam.kernel import Unavailable
from dawam.simulation.customers import ChannelGone
from dawam.simulation.demo.cast import PUSH_KEY_VARIABLE, Cast, furnished
from dawam.simulation.demo.figures import Figures
from dawam.simulation.demo.guide import Plot, Staff, guide_app, subscribe_cast
from dawam.simulation.demo.letterbox import Letterbox
from dawam.simulation.demo.pace import Pace, institution
from dawam.simulation.demo.serving import INSTITUTION, dawam_command, serve, tell_ways_in
from dawam.simulation.demo.story import Story
from dawam.simulation.demo.teller import Teller
from dawam.simulation.demo.town import Town
from dawam.simulation.real import Ports, RealStage, meanwhile
from dawam.web import serving
from dawam.web.pages import PageSettings

HOST = "127.0.0.1"
_GIVE_UP_S = 2.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen on the command line."""

    workdir: Path
    pace: Pace
    ports: Ports
    seed: int
    count: int


class Show:
    """A stage with a town on it; what is told there is for the two below."""

    def __init__(self, plan: Plan, teller: Teller) -> None:
        self._plan = plan
        self._teller = teller

    def stage(self) -> RealStage:
        """The processes, which have not started."""
        return RealStage(
            self._plan.workdir,
            INSTITUTION,
            institution(self._plan.pace),
            clock=system_world().clock,
            seed=self._plan.seed,
            ports=self._plan.ports,
            furnish=self.furnish,
            secrets=self.secrets(),
        )

    def furnish(self, settings: Settings) -> Settings:
        """What Dawam is to have beside the usual."""
        return settings

    def secrets(self) -> dict[str, str]:
        """Variables that Dawam alone sees."""
        return {}

    async def prepare(self, stage: RealStage) -> None:
        """What has to be there before Dawam starts."""

    def begin(self) -> None:
        """The first lines; and a polite end from outside takes the processes along, as Ctrl-C does."""
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        self._teller.title(
            "Dawam · دوام", "keeps money answering, truthfully, while the system behind it is down or wrong"
        )

    async def set_up(self, stage: RealStage) -> Town:
        """Two processes, and everybody with their money."""
        say = self._teller.say
        async with self._teller.step("starting the wallet core …"):
            await stage.start_wallet()
        town = Town(stage, self._plan.seed, self._plan.pace)
        say(f"[green]✓[/] a wallet core of its own, the [bold]primary[/], at {stage.wallet_url}")
        began = town.clock.monotonic()
        async with self._teller.step("opening wallets …"):
            count = await town.settle(self._plan.count)
        took_s = town.clock.monotonic() - began
        say(f"[green]✓[/] {count:,} wallets of three providers opened, with money ({took_s:.1f} s)")
        async with self._teller.step("starting Dawam …"):
            await self.prepare(stage)
            await stage.start_dawam()
            began = town.clock.monotonic()
            await town.connect()
        took_s = town.clock.monotonic() - began
        say(
            f"[green]✓[/] [bold]Dawam[/] beside it at {stage.node.url}, all wallets mirrored ({took_s:.1f} s)"
        )
        return town


class ToldShow(Show):
    """The story in the terminal."""

    async def run(self, *, keep: bool, story: bool) -> list[str]:
        """Everything; the promises that were broken."""
        self.begin()
        async with self.stage() as stage:
            town = await self.set_up(stage)
            figures = Figures(town.answers, town.payments, town.oracle, town.watch, town.clock)
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

    async def _tell(self, town: Town) -> list[str]:
        story = Story(town, self._teller, self._plan.pace)
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
        self._teller.say("Try next: break and mend it yourself, in the browser or with curl")
        self._teller.plain(f"{here} demo")
        self._teller.plain(f"{here} demo --serve")
        self._teller.say("or play your own institution's extract, with a fault in the middle of it")
        self._teller.plain(f"{here} replay FEED.csv --mapping MAPPING.toml --fault zero@0.5:3600")
        self._teller.say("")


class GuidedShow(Show):
    """The story in the browser: pages, and a guide with buttons. It stays until somebody ends it."""

    def __init__(self, plan: Plan, teller: Teller, *, guide_port: int, letters_port: int) -> None:
        super().__init__(plan, teller)
        self._guide_port = guide_port
        self._letters_port = letters_port
        self._site = f"http://localhost:{plan.ports.dawam}"

    def furnish(self, settings: Settings) -> Settings:
        """Pages at the address that browsers are sent to, and messages that come here."""
        return furnished(
            settings, institution=INSTITUTION, public_url=self._site, letters_port=self._letters_port
        )

    def secrets(self) -> dict[str, str]:
        """A VAPID key of this evening."""
        number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return {PUSH_KEY_VARIABLE: urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")}

    async def prepare(self, stage: RealStage) -> None:
        """Customers, staff and their sessions."""
        self._cast = await Cast.seated(stage.database_url, institution=INSTITUTION, public_url=self._site)

    async def run(self) -> None:
        """Until it is ended from outside. Raises: Unavailable `stage_process_failed`."""
        self.begin()
        letterbox = Letterbox(system_world().clock)
        async with letterbox.open(HOST, self._letters_port), self.stage() as stage:
            town = await self.set_up(stage)
            await subscribe_cast(
                stage.session, stage.node.url, letterbox, site=self._site, institution=INSTITUTION
            )
            staff = Staff(
                stage.session, stage.node.url, self._cast, institution=INSTITUTION, zone=PageSettings().zone
            )
            plot = Plot(town, staff, letterbox)
            app = guide_app(plot, self._cast, site=self._site, port=self._guide_port, institution=INSTITUTION)
            figures = Figures(town.answers, town.payments, town.oracle, town.watch, town.clock)
            async with (
                serving(app, HOST, self._guide_port),
                meanwhile(stage.watch(), town.truth.run(), town.watch.run(), plot.run(), self._teller.run()),
            ):
                self._invite(f"http://{HOST}:{self._guide_port}")
                self._teller.ticking(figures.panel, figures.line)
                await self._live(town)

    async def _live(self, town: Town) -> None:
        """For ever: customers who had to give up on a busy machine come back; a process that ended is the
        stage's to name."""
        while True:
            try:
                await town.live()
            except* (ChannelGone, Unavailable):
                await asyncio.sleep(_GIVE_UP_S)

    def _invite(self, guide: str) -> None:
        self._teller.say("")
        self._teller.say("[bold]Open the guide in your browser[/], in Arabic, French or English:")
        self._teller.plain(guide)
        self._teller.say("[bold]Ctrl-C[/] here ends everything. The story in the terminal: --no-pages")
        if _somebody_looks():
            webbrowser.open(guide)


def _somebody_looks() -> bool:
    """Whether this is a terminal on a desktop, where a browser may be opened unasked."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


async def _answered(work: Coroutine[Any, Any, None]) -> None:
    """Work that needs Dawam's answers; when there are none, the stage is given time to say why.

    Raises: Unavailable `stage_process_failed`.
    """
    try:
        await work
    except ChannelGone:
        await asyncio.sleep(_GIVE_UP_S)
        raise Unavailable("stage_process_failed", process="dawam", status=None, said="no answer") from None
