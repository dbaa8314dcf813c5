"""A node: settings -> world -> slices, wired."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec
from sqlalchemy import Table

from dawam import delivery, ledger, people, portal, primary, standin, status
from dawam.app.world import system_world
from dawam.channels import Access, check_binding
from dawam.config import InstitutionSettings, Settings, primary_token
from dawam.kernel import DawamError, InvalidInput, World
from dawam.ledger import Ledger, Proofs, SigningKey, read_signing_key, sealing
from dawam.primary import FeedFollower, HttpPrimary, Mirror, PrimaryLink
from dawam.standin import Desk
from dawam.storage import Storage

TABLES: list[Table] = [
    *ledger.TABLES,
    *primary.TABLES,
    *standin.TABLES,
    *delivery.TABLES,
    *people.TABLES,
    *status.TABLES,
    *portal.TABLES,
]


class Node:
    """Everything that runs for one configuration: one database, one desk an institution."""

    def __init__(
        self,
        settings: Settings,
        *,
        world: World,
        storage: Storage,
        ledger: Ledger,
        proofs: Proofs,
        desks: Mapping[str, Desk],
        links: Mapping[str, PrimaryLink],
    ) -> None:
        self.settings = settings
        self.world = world
        self.storage = storage
        self.ledger = ledger
        self.proofs = proofs
        self.desks = desks
        self.failure: DawamError | None = None
        self._checkpoints: asyncio.Task[None] | None = None
        self._links = links

    async def start(self) -> None:
        """Begin to follow the feeds, probe the primaries and deliver what is outstanding.

        Raises: what a desk's start raises; then nothing is left running. It stands in `failure` too,
        because a server tells its starter only that it failed.
        """
        try:
            for desk in self.desks.values():
                await desk.start()
            pause_s = self.settings.ledger.checkpoint_every_s
            if pause_s is not None:
                self._checkpoints = asyncio.create_task(self.proofs.keep_making(pause_s))
        except DawamError as error:
            self.failure = error
            await self.stop()
            raise

    async def stop(self) -> None:
        """End all work, then close what was open; what is under way is settled by the next life."""
        if self._checkpoints is not None:
            self._checkpoints.cancel()
        for desk in self.desks.values():
            await desk.stop()
        for link in self._links.values():
            await link.close()
        self.proofs.close()
        self.storage.close()


def build(
    settings: Settings,
    *,
    world: World | None = None,
    links: Mapping[str, PrimaryLink] | None = None,
    storage: Storage | None = None,
) -> Node:
    """A node that has not started. Without `links` the primaries are asked over HTTP.

    Raises: what `check_settings` and opening the database raise.
    """
    over_http = check_settings(settings)
    asked = over_http if links is None else links
    opened = storage or Storage.open(
        settings.storage.url, tables=TABLES, take_over_after_s=settings.storage.take_over_after_s
    )
    try:
        world = world or system_world()
        key = _signing_key(settings)
        books = Ledger(opened, seal=None if key is None else sealing(opened, key))
        desks = {
            name: _desk(name, institution, world=world, storage=opened, ledger=books, link=asked[name])
            for name, institution in settings.institutions.items()
        }
    except BaseException:
        opened.close()
        raise
    proofs = Proofs(opened, key)
    return Node(settings, world=world, storage=opened, ledger=books, proofs=proofs, desks=desks, links=asked)


def check_settings(settings: Settings) -> dict[str, HttpPrimary]:
    """The links that the settings describe, when they can work; nothing is opened.

    Raises: InvalidInput `institutions_missing`, `channel_open_to_network`, `secret_missing`,
    `primary_url_malformed`; of the signing key `file_missing`, `file_unreadable`, `signing_key_malformed`.
    """
    if not settings.institutions:
        raise InvalidInput("institutions_missing")
    _signing_key(settings)
    check_binding(settings.channels.host, Access(dict.fromkeys(settings.channels.token_sha256, "app")))
    return {name: _link(name, institution) for name, institution in settings.institutions.items()}


def _signing_key(settings: Settings) -> SigningKey | None:
    file = settings.ledger.signing_key_file
    return None if file is None else read_signing_key(Path(file))


def _link(name: str, institution: InstitutionSettings) -> HttpPrimary:
    token = primary_token(institution, name)
    link = institution.link
    if token is not None:
        link = msgspec.structs.replace(link, token=token)
    return HttpPrimary(institution.primary_url, link)


def _desk(
    name: str,
    institution: InstitutionSettings,
    *,
    world: World,
    storage: Storage,
    ledger: Ledger,
    link: PrimaryLink,
) -> Desk:
    mirror = Mirror.open(name, storage=storage, ledger=ledger, settings=institution.mirror)
    follower = FeedFollower(link, mirror, world, institution.feed)
    return Desk(
        name,
        world=world,
        storage=storage,
        link=link,
        mirror=mirror,
        follower=follower,
        guard_settings=institution.guard,
        settings=institution.standin,
    )
