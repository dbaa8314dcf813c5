"""The wallet core as a process of its own: clock, identifiers, database, server, built here only.

The wallet stands for a primary, which is another machine's program: it shares no process with Dawam.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import SystemRandom

from dawam.kernel import InvalidInput, TimeOrderedIds, World
from dawam.ledger import TABLES as LEDGER_TABLES
from dawam.ledger import Ledger
from dawam.storage import Storage
from dawam.wallet.api import create_app
from dawam.wallet.service import Wallet
from dawam.wallet.tables import TABLES
from dawam.web import Address, bind, configure_logging, is_loopback, serve


class MachineClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The moment, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never runs backwards."""
        return time.monotonic()


def machine_world() -> World:
    """Time and chance of this machine."""
    clock, entropy = MachineClock(), SystemRandom()
    return World(clock, TimeOrderedIds(clock, entropy), entropy)


@contextmanager
def opened(database: str, *, inline: bool = False) -> Iterator[Wallet]:
    """A wallet on a database, which is let go in the end. Raises: as `Storage.open`."""
    storage = Storage.open(database, tables=[*LEDGER_TABLES, *TABLES], inline=inline)
    try:
        yield Wallet(storage, Ledger(storage), machine_world())
    finally:
        storage.close()


def run(
    database: str,
    *,
    host: str,
    port: int,
    admin_token: str | None,
    token: str | None,
    on_ready: Callable[[Address], None],
) -> None:
    """Serve a wallet core until it is told to stop; without a token to this machine only.

    Raises: InvalidInput `wallet_open_to_network`, `address_unusable`; Conflict `port_in_use`,
    `database_in_use`; as `Storage.open`.
    """
    if token is None and not is_loopback(host):
        raise InvalidInput("wallet_open_to_network", host=host)
    configure_logging()
    with bind(host, port) as listening, opened(database) as wallet:
        serve(create_app(wallet, admin_token=admin_token, token=token), listening, on_ready=on_ready)
