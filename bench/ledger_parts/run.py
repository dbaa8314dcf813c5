"""What the sections of one run share."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ledger_parts import many
from ledger_parts.server import Server
from ledger_parts.sizes import Sizes


@dataclass
class Run:
    """The sizes, a folder that is removed afterwards, a server that goes with it."""

    sizes: Sizes
    folder: Path
    server: Server

    @contextmanager
    def room(self, name: str) -> Iterator[Path]:
        """A folder of a section's own, removed when it is over."""
        found = self.folder / name
        found.mkdir()
        try:
            yield found
        finally:
            shutil.rmtree(found)

    @cached_property
    def many(self) -> many.Many:
        """The ledger of many accounts, built when it is first asked for."""
        folder = self.folder / "many"
        folder.mkdir()
        return many.build(folder, self.sizes)
