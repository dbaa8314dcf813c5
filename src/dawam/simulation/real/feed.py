"""The primary's own bookings, played at a real-time pace; and what the oracle hears of them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from dawam.kernel import Clock
from dawam.simulation.faulty_wallet import Control
from dawam.simulation.oracle import Oracle
from dawam.simulation.virtual import PlayedBooking
from dawam.wallet import Booking, OpenAccount

_BATCH = 2_000
_STEP_S = 0.05
_HEAR_S = 0.25
_PROVIDER = "replay"


async def open_books(
    control: Control, openings: Mapping[str, int], currencies: Mapping[str, str], oracle: Oracle
) -> None:
    """The accounts with their opening balances, which may be below zero as in the extract."""
    names = list(openings)
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        asked = [
            OpenAccount(provider=_PROVIDER, currency=currencies[name], account=name, may_go_below_zero=True)
            for name in some
        ]
        await asyncio.to_thread(control.open, asked)
        bookings = [
            Booking(account=name, amount_minor=openings[name], kind="opening")
            for name in some
            if openings[name]
        ]
        if bookings:
            await asyncio.to_thread(control.book, bookings)
        for name in some:
            oracle.open(name)


class FeedPlayer:
    """Plays bookings on their own time axis, compressed to `length_s` real seconds.

    A booking's drift is part of its amount here: the wallet's own books never round.
    """

    def __init__(
        self,
        control: Control,
        bookings: Sequence[PlayedBooking],
        *,
        axis_s: float,
        length_s: float,
        clock: Clock,
        on_progress: Callable[[int], None],
    ) -> None:
        self._control = control
        self._bookings = bookings
        self._factor = length_s / axis_s
        self._length_s = length_s
        self._clock = clock
        self._on_progress = on_progress

    async def run(self) -> float:
        """All of it; the seconds that it took."""
        begins = self._clock.monotonic()
        place = 0
        while place < len(self._bookings):
            until = self._due(place, (self._clock.monotonic() - begins) / self._factor)
            if until > place:
                await self._book(self._bookings[place:until])
                place = until
                self._on_progress(place)
            await asyncio.sleep(_STEP_S)
        took_s = self._clock.monotonic() - begins
        await asyncio.sleep(max(0.0, self._length_s - took_s))
        return took_s

    def _due(self, place: int, at_s: float) -> int:
        until = place
        last = min(len(self._bookings), place + _BATCH)
        while until < last and self._bookings[until].at_s <= at_s:
            until += 1
        return until

    async def _book(self, played: Sequence[PlayedBooking]) -> None:
        bookings = [
            Booking(account=one.account, amount_minor=one.amount_minor + one.drift_minor, kind=one.kind)
            for one in played
            if one.amount_minor + one.drift_minor
        ]
        if bookings:
            await asyncio.to_thread(self._control.book, bookings)


class Truth:
    """Tells the oracle every booking, from the control port that never lies."""

    def __init__(self, control: Control, oracle: Oracle) -> None:
        self._control = control
        self._oracle = oracle

    async def run(self) -> None:
        """Forever."""
        while True:
            if not await self._hear():
                await asyncio.sleep(_HEAR_S)

    async def catch_up(self) -> None:
        """Hear everything that is booked now."""
        while await self._hear():
            pass

    async def _hear(self) -> bool:
        page = await asyncio.to_thread(self._control.truth, after=self._oracle.heard_seq)
        for event in page.events:
            self._oracle.hear(event)
        return bool(page.events)
