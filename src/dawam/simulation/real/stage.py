"""A primary and a Dawam as two real processes on this machine, each with its own database, on loopback."""

import asyncio
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_urlsafe
from types import TracebackType

import aiohttp
import msgspec

from dawam.app import TABLES
from dawam.channels import ChannelSettings
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.kernel import Clock, Unavailable
from dawam.ledger import Ledger
from dawam.simulation.customers import ChannelGone
from dawam.simulation.ending import ALWAYS, Remains
from dawam.simulation.faulty_wallet import Control, Ready
from dawam.simulation.real.children import Child
from dawam.simulation.real.configuration import toml_of
from dawam.simulation.real.node import Node
from dawam.simulation.real.port import HttpPort
from dawam.standin import advice_states, balance_checks
from dawam.storage import Storage
from dawam.web import token_digest

OPERATOR = "stage"
_READY = re.compile(r"ready at (http://\S+:(\d+))")
_LOOK_EVERY_S = 0.1


class Ports(msgspec.Struct, frozen=True):
    """Where the three listen; 0 takes a free one."""

    wallet: int = 0
    control: int = 0
    dawam: int = 0


class RealStage:
    """`async with RealStage(...)`: whatever happens inside, no process is left behind."""

    def __init__(
        self,
        workdir: Path,
        name: str,
        institution: InstitutionSettings,
        *,
        clock: Clock,
        seed: int,
        ports: Ports | None = None,
        furnish: Callable[[Settings], Settings] = lambda settings: settings,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """`furnish` sets what the stage leaves as it is by default, such as pages and people; `secrets` are
        the variables that its settings name.
        """
        self._furnish = furnish
        self._workdir = workdir
        self._name = name
        self._institution = institution
        self._clock = clock
        self._ports = ports or Ports()
        self._config = workdir / "dawam.toml"
        self.operator_token = token_urlsafe(24)
        self._wallet = Child("wallet core", self._wallet_command(seed), log=workdir / "wallet.log")
        self._dawam = Child(
            "dawam",
            ["dawam.simulation.real.leash", "serve", "--config", str(self._config)],
            log=workdir / "dawam.log",
            variables=secrets,
        )

    async def __aenter__(self) -> "RealStage":
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=200), cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.session.close()
        finally:
            await asyncio.gather(self._dawam.stop(), self._wallet.stop())

    async def start_wallet(self) -> None:
        """The primary comes up. Raises: Unavailable `stage_process_failed`."""
        ready = msgspec.json.decode(await self._wallet.start(), type=Ready)
        self.wallet_url = ready.url
        self.control = Control(ready.control_url)
        self.control_url = ready.control_url

    @property
    def database_url(self) -> str:
        """Where Dawam keeps its books, for what has to be there before it starts."""
        return self._database("dawam")

    async def start_dawam(self) -> None:
        """Dawam comes up, at the same place as before. Raises: Unavailable `stage_process_failed`."""
        self._configure()
        line = await self._dawam.start()
        found = _READY.search(line)
        if found is None:
            raise Unavailable("stage_process_failed", process="dawam", status=None, said=line[:200])
        url = found[1]
        self._ports = msgspec.structs.replace(self._ports, dawam=int(found[2]))
        self.node = Node(self.session, url, self._name, token=self.operator_token)
        self.port = HttpPort(self.session, url, self._clock)

    async def restart_dawam(self) -> None:
        """A new life on the same disk, at the same place; those who know the place need not be told."""
        self._configure()
        await self._dawam.start()

    async def mirrored(self, accounts: int, last_seq: int) -> None:
        """Return when Dawam's mirror holds everything up to an event."""
        while True:
            try:
                books = await self.node.books()
            except ChannelGone:
                books = None
            if books is not None and books.accounts >= accounts and books.last_seq >= last_seq:
                return
            await asyncio.sleep(_LOOK_EVERY_S)

    async def watch(self) -> None:
        """For ever. Raises: Unavailable `stage_process_failed`, when a process ends by itself."""
        await asyncio.gather(self._wallet.watch(), self._dawam.watch())

    async def kill_dawam(self) -> None:
        """Dawam is gone in the middle of what it does."""
        await self._dawam.kill()

    async def stop_dawam(self) -> None:
        """Dawam ends in order."""
        await self._dawam.stop()

    def remains(self) -> Remains:
        """What the Dawam that was stopped has on its disk; its journal verified from first to last."""
        storage = Storage.open(self._database("dawam"), tables=TABLES, read_only=True)
        try:
            ledger = Ledger(storage)
            totals = ledger.totals()
            states = advice_states(storage, self._name)
            return Remains(
                advices=[(payment_id, state.value) for payment_id, state in states],
                debits_minor=sum(total.debits_posted for total in totals),
                credits_minor=sum(total.credits_posted for total in totals),
                records=sum(total.records for total in totals),
                journal_ok=ledger.audit().ok,
                checks=storage.read(lambda rows: balance_checks(rows, self._name, *ALWAYS)),
            )
        finally:
            storage.close()

    def _wallet_command(self, seed: int) -> list[str]:
        options = {
            "database": self._database("wallet"),
            "port": self._ports.wallet,
            "control-port": self._ports.control,
            "seed": seed,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return ["dawam.simulation.faulty_wallet", "--leashed", *words]

    def _configure(self) -> None:
        """Write the file that Dawam reads; from its second life on with the port that it had in its first."""
        self._config.write_text(toml_of(self._settings()), encoding="utf-8")

    def _database(self, name: str) -> str:
        return f"sqlite:///{self._workdir.absolute() / name}.db"

    def _settings(self) -> Settings:
        institution = msgspec.structs.replace(self._institution, primary_url=self.wallet_url)
        bare = Settings(
            storage=StorageSettings(url=self.database_url),
            channels=ChannelSettings(port=self._ports.dawam),
            operators={OPERATOR: token_digest(self.operator_token)},
            institutions={self._name: institution},
        )
        return self._furnish(bare)
