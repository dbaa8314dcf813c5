"""Whom a session may belong to, kept in memory: asked on every page, changed seldom."""

from collections.abc import Callable

import msgspec

from dawam.storage import RowCache, Rows, Storage
from dawam.web.pages import Kind, Role

_CAPACITY = 100_000


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A customer or a member of the staff, as a page needs to know them."""

    id: str
    kind: Kind
    name: str
    active: bool = True
    roles: frozenset[Role] = frozenset()
    institutions: tuple[str, ...] = ()


class Holders:
    """Holders by kind and id; whoever changes one says so in the same transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._rows: RowCache[tuple[Kind, str], Holder] = RowCache(_CAPACITY)
        storage.register(self._rows)

    def changed(self, holder: Holder) -> None:
        """The holder as the open transaction leaves them. Writer only."""
        self._rows.put((holder.kind, holder.id), holder)

    def find(self, kind: Kind, identifier: str, load: Callable[[Rows], Holder | None]) -> Holder | None:
        """The committed holder: from memory, else as `load` reads it."""
        known = self._rows.committed.get((kind, identifier))
        if known is not None:
            return known
        generation = self._rows.generation
        found = self._storage.read(load)
        if found is not None:
            self._rows.offer((kind, identifier), found, generation)
        return found
