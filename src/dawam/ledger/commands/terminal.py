"""What the commands share: the database that they look at, a bar of progress, what only the outside gives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dawam.kernel import DawamError, InvalidInput, World, id_from_text
from dawam.ledger.chart import TABLES as CHART
from dawam.ledger.proofs import TABLES as TREES
from dawam.ledger.tables import TABLES as BOOKS
from dawam.storage import Storage

TABLES = [*BOOKS, *CHART, *TREES]
NOT_SO = 1
_ULID_LENGTH = 26
_DIGITS_MAX = 40

Database = Annotated[str, typer.Option(help="The database, sqlite:///FILE or postgresql://USER@HOST/NAME.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The log's signing key, as dawam ledger key made it.")]
VerifierKey = Annotated[str, typer.Option("--key", help="The log's public key: name+id+base64.")]


class Outside(Protocol):
    """What the command line hands to a command, as the context's `obj`."""

    def world(self) -> World:
        """Time and chance."""
        ...

    def signing_key_file(self, database: str) -> Path | None:
        """The key with which the node of this database signs, if the configuration at hand is that node's."""
        ...

    def say(self, error: DawamError) -> None:
        """Tell a refusal in the user's language: what, where, what to do next."""
        ...


@contextmanager
def reading(database: str) -> Iterator[Storage]:
    """The database, read only. Raises: as `Storage.open`."""
    storage = Storage.open(database, tables=TABLES, read_only=True)
    try:
        yield storage
    finally:
        storage.close()


@contextmanager
def watched(what: str, *, show: bool = True) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on stderr, if that is a terminal, moved by how much is done, of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    shown = show and console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def id_of(text: str, exists: Callable[[int], bool]) -> int:
    """The id that a person writes: a ULID of 26 characters, or a decimal number.

    26 digits can be both: they are what exists.
    Raises: InvalidInput `id_malformed`; `id_ambiguous`, where both exist.
    """
    meant = _ids_of(text)
    found = {each for each in meant if len(meant) == 1 or exists(each)}
    if len(found) > 1:
        raise InvalidInput("id_ambiguous", value=text)
    return found.pop() if found else meant[-1]


def _ids_of(text: str) -> list[int]:
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS_MAX):
        return [id_from_text(text.upper())]
    is_ulid = len(text) == _ULID_LENGTH and text[0] <= "7"
    return [int(text), id_from_text(text)] if is_ulid else [int(text)]
