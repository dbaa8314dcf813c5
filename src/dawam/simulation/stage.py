"""A whole Dawam over a simulated primary: the same services as in the real world, wired the same way."""

from random import Random

from dawam import app
from dawam.config import InstitutionSettings, Settings
from dawam.kernel import World
from dawam.simulation.loop import stream
from dawam.simulation.network import Conditions, SimulatedLink
from dawam.simulation.port import DeskPort
from dawam.simulation.primary import SimulatedPrimary
from dawam.simulation.switch import FaultSwitch
from dawam.standin import Desk
from dawam.storage import Storage

INSTITUTION = "simulated"


class Stage:
    """One primary, one disk, and one Dawam after another."""

    def __init__(
        self,
        seed: int,
        world: World,
        institution: InstitutionSettings,
        conditions: Conditions,
        *,
        database: str = "sqlite://",
    ) -> None:
        self.world = world
        self.primary = SimulatedPrimary(world.clock)
        self.faults = FaultSwitch(world.clock, stream(seed, "faults"))
        self.port = DeskPort(world.clock)
        self._settings = Settings(institutions={INSTITUTION: institution})
        self._conditions = conditions
        self._network: Random = stream(seed, "network")
        self._storage = Storage.open(database, tables=app.TABLES, inline=True)
        self._link: SimulatedLink | None = None
        self.node: app.Node | None = None
        self.lives = 0

    @property
    def institution(self) -> InstitutionSettings:
        """How this institution is set up."""
        return self._settings.institutions[INSTITUTION]

    @property
    def desk(self) -> Desk | None:
        """The desk of the Dawam that lives now."""
        return None if self.node is None else self.node.desks[INSTITUTION]

    async def start(self) -> Desk:
        """A Dawam on the disk as it is."""
        self._link = SimulatedLink(
            self.primary,
            self.faults,
            clock=self.world.clock,
            chance=self._network,
            conditions=self._conditions,
        )
        self.node = app.build(
            self._settings, world=self.world, links={INSTITUTION: self._link}, storage=self._storage
        )
        await self.node.start()
        desk = self.node.desks[INSTITUTION]
        self.lives += 1
        self.port.connect(desk)
        return desk

    def kill(self) -> None:
        """Dawam is gone in the middle of what it does; the disk keeps what was committed."""
        if self.node is None or self._link is None:
            return
        self._storage = self._storage.after_crash()
        self.node.desks[INSTITUTION].abandon()
        self.port.cut()
        self._link.drop()
        self.node = None

    async def stop(self) -> None:
        """The end of the run."""
        if self.node is not None:
            await self.node.stop()
            self.node = None
