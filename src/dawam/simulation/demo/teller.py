"""The story on a terminal: chapters that scroll, and below them figures that tick.

Without a terminal there is nothing that ticks: the figures follow each chapter as a line.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType

from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

_WIDTH_MAX = 100
_TICK_S = 0.25


class Teller:
    """`with Teller()`: the terminal is left as it was found."""

    def __init__(self, console: Console | None = None) -> None:
        if console is None:
            for out in (sys.stdout, sys.stderr):
                if hasattr(out, "reconfigure"):
                    out.reconfigure(errors="replace")
            console = Console(highlight=False)
        self._console = console
        if console.width > _WIDTH_MAX:
            console.width = _WIDTH_MAX
        self._live: Live | None = None
        self._panel: Callable[[], RenderableType] | None = None
        self._line: Callable[[], str] | None = None
        self._chapter = 0

    def __enter__(self) -> "Teller":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.still()

    @property
    def is_terminal(self) -> bool:
        """Whether somebody is looking."""
        return self._console.is_terminal

    def title(self, text: str, under: str) -> None:
        """The first lines."""
        self._console.print()
        self._console.print(Text(text, style="bold"))
        self._console.print(Text(under, style="dim"))
        self._console.print()

    def chapter(self, title: str) -> None:
        """A new part of the story."""
        self._figures_line()
        self._chapter += 1
        self._console.print()
        self._console.print(
            Rule(Text(f" {self._chapter}  {title} ", style="bold"), align="left", style="dim")
        )

    def say(self, text: str, style: str = "") -> None:
        """A sentence or two."""
        self._console.print(Padding(Text.from_markup(text, style=style), (0, 0, 0, 2), expand=False))

    def plain(self, text: str) -> None:
        """A line to be copied: never broken, never coloured."""
        self._console.print(Text(f"  {text}"), soft_wrap=True)

    def show(self, what: RenderableType) -> None:
        """A table or a drawing."""
        self._console.print(Padding(what, (0, 0, 0, 2), expand=False))

    @asynccontextmanager
    async def step(self, doing: str) -> AsyncIterator[None]:
        """Something that takes a moment: a spinner on a terminal."""
        if not self.is_terminal or self._live is not None:
            yield
            return
        with self._console.status(doing):
            yield

    def ticking(self, panel: Callable[[], RenderableType], line: Callable[[], str]) -> None:
        """From now on figures tick below the story."""
        self._panel, self._line = panel, line
        if self.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()

    def still(self) -> None:
        """The figures tick no more."""
        if self._live is not None:
            self._live.update(Text(), refresh=True)
            self._live.stop()
            self._live = None
        self._panel = self._line = None

    async def run(self) -> None:
        """Forever: refresh the figures."""
        while True:
            if self._live is not None and self._panel is not None:
                self._live.update(self._narrow(self._panel()), refresh=True)
            await asyncio.sleep(_TICK_S)

    def _narrow(self, panel: RenderableType) -> RenderableType:
        """Not quite as wide as the terminal, so that the `^C` that it echoes breaks no line."""
        return Constrain(panel, self._console.width - len("^C") - 1)

    def _figures_line(self) -> None:
        if not self.is_terminal and self._line is not None and self._chapter:
            self.plain(f"[{self._line()}]")
