"""The faulty wallet as a process: its database, its two ports, and when it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from random import Random

import msgspec

from dawam.app import system_world
from dawam.kernel import DawamError
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.simulation.faults import FaultKind
from dawam.simulation.faulty_wallet.application import FaultyApplication
from dawam.simulation.faulty_wallet.control import control_app
from dawam.simulation.faulty_wallet.copies import Copies
from dawam.simulation.faulty_wallet.door import Door
from dawam.simulation.loop import stream
from dawam.simulation.switch import FaultSwitch
from dawam.storage import Storage
from dawam.wallet import TABLES, Wallet
from dawam.wallet.api import create_app
from dawam.web import serving

COPY_AGES_S = (0.0, 5.0, 15.0)
"""Real runs are short: so are the ages of the copies that `stale` restores."""


class Ready(msgspec.Struct, frozen=True):
    """The one line that the process prints, once both ports answer."""

    ready: bool
    url: str
    control_url: str
    pid: int


def serve_faulty_wallet(
    database: str,
    *,
    host: str,
    port: int,
    control_port: int,
    seed: int,
    leashed: bool,
    on_ready: Callable[[Ready], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `leashed`, also until standard input ends.

    Raises: Conflict `port_in_use`, `database_in_use`; InvalidInput `address_unusable`; as `Storage.open`.
    """

    world = system_world()
    faults = FaultSwitch(world.clock, stream(seed, "faults"), copy_ages_s=COPY_AGES_S)

    async def main(wallet: Wallet) -> None:
        stop = _until_told(leashed=leashed)
        await _serve(wallet, host, port, control_port, faults, stream(seed, "answers"), stop, on_ready)

    storage = Storage.open(database, tables=[*LEDGER_TABLES, *TABLES])
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(main(Wallet(storage, Ledger(storage), world)))
    finally:
        storage.close()


async def _serve(
    wallet: Wallet,
    host: str,
    port: int,
    control_port: int,
    faults: FaultSwitch,
    chance: Random,
    stop: asyncio.Event,
    on_ready: Callable[[Ready], None],
) -> None:
    copies = Copies(wallet, faults)
    app = FaultyApplication(
        create_app(wallet, admin_token=None),
        wallet,
        faults,
        copies,
        chance,
        reset=lambda client: door.reset(client),
    )
    door = Door(app, host, port)
    address = await door.start()
    try:
        async with serving(
            control_app(wallet, faults, prepare=copies.prepare), host, control_port
        ) as control:
            keeper = DoorKeeper(door, faults)
            on_ready(Ready(True, address.url, control.url, os.getpid()))
            await stop.wait()
            keeper.leave()
    finally:
        await door.stop()


class DoorKeeper:
    """Shuts the door while the faults refuse connections."""

    def __init__(self, door: Door, faults: FaultSwitch) -> None:
        self._door = door
        self._faults = faults
        self._opening: set[asyncio.Task[None]] = set()
        faults.tell(self._look)

    def leave(self) -> None:
        """Touch the door no more."""
        self._faults.untell(self._look)
        self._faults.clear()
        for task in self._opening:
            task.cancel()

    def _look(self) -> None:
        if self._faults.refuses:
            self._door.shut()
            self._faults.feel(FaultKind.DOWN, FaultKind.FLAP)
            return
        task = asyncio.ensure_future(self._door.open())
        self._opening.add(task)
        task.add_done_callback(self._opened)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), DawamError):
            print(error, file=sys.stderr)  # noqa: T201  another process took the port while it was shut


def _until_told(*, leashed: bool) -> asyncio.Event:
    """An event that is set when the process is to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def pulled() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin.fileno())
            stop.set()

    if leashed:
        loop.add_reader(sys.stdin.fileno(), pulled)
    return stop


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
