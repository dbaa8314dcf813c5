"""What can be seen of a running Dawam from outside, looked at again and again."""

import asyncio
from collections.abc import Callable

from dawam.simulation.customers import ChannelGone
from dawam.simulation.real.node import Node, State
from dawam.standin import Books, Mode, ModeChange

_WORST = {Mode.STANDING_IN: 2, Mode.RECOVERING: 1, Mode.NORMAL: 0}


class Watch:
    """The latest status and books, every change of mode, and the highest exposure seen."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._changes: dict[ModeChange, None] = {}
        self.states: list[State] = []
        self.books: Books | None = None
        self.peak_exposure_minor = 0
        self.gone = False
        self.listeners: list[Callable[[ModeChange], None]] = []

    @property
    def changes(self) -> list[ModeChange]:
        """Every change of mode, first to last."""
        return list(self._changes)

    @property
    def worst(self) -> State | None:
        """The capability that is furthest from normal."""
        return max(self.states, key=lambda state: _WORST[state.mode], default=None)

    @property
    def calm(self) -> bool:
        """Whether everything is normal and nothing is left to deliver or to settle."""
        normal = bool(self.states) and all(state.mode is Mode.NORMAL for state in self.states)
        return normal and not self.gone and self.books is not None and self.books.quiet

    async def run(self, every_s: float = 0.1) -> None:
        """For ever."""
        while True:
            await self.look()
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Look once; a Dawam that does not answer is gone for now."""
        try:
            self.states = await self._node.status()
            self.books = await self._node.books()
            changes = await self._node.history()
        except ChannelGone:
            self.gone = True
            return
        self.gone = False
        self.peak_exposure_minor = max(self.peak_exposure_minor, self.books.exposure_minor)
        for change in changes:
            if change not in self._changes:
                self._changes[change] = None
                for told in self.listeners:
                    told(change)

    async def until_calm(self) -> None:
        """Return when everything is normal and nothing is left, as seen from now on."""
        await self.look()
        while not self.calm:
            await asyncio.sleep(0.05)
            await self.look()
