"""What happens in the guided demo, and what of it a reader has seen."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
import structlog

from dawam.kernel import DawamError
from dawam.simulation.answers import ChannelBalance
from dawam.simulation.demo.cast import Persona
from dawam.simulation.demo.guide.maintenance import Staff
from dawam.simulation.demo.letterbox import Letter, Letterbox, followed_after_s
from dawam.simulation.demo.people import AMINA
from dawam.simulation.demo.town import Told, Town
from dawam.simulation.faults import FaultKind
from dawam.simulation.real import reconcile
from dawam.standin import Mode, ModeChange

_LOOK_EVERY_S = 1.0
_MAINTENANCE_IN_S, _MAINTENANCE_S = 10, 180
_LETTERS_SHOWN = 12
_log = structlog.get_logger("dawam.demo")


class Trouble(StrEnum):
    """What the reader did to the primary."""

    BAD_UPDATE = "bad-update"
    CUT = "cut"
    MAINTENANCE = "maintenance"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the live part of the guide shows."""

    mode: Mode
    share_percent: int
    trouble: Trouble | None
    first_wrong_at: datetime | None
    """Since when the primary has been answering wrongly, or not at all."""
    taken_over_after_s: float | None
    window_starts_at: datetime | None
    asked: int
    from_primary: int
    from_standin: int
    withheld: int
    wrong: int
    held: int
    """Payments that the stand-in approved."""
    primary_says: Told | None
    amina_sees: ChannelBalance | None
    steps: frozenset[str]
    differing: int | None
    """Accounts that differed when the books were compared at the end; None before."""
    letters: tuple[tuple[Letter, float | None], ...]
    """The newest first, each with the seconds that it came after the change of mode that it follows."""
    now: datetime


class Plot:
    """The buttons, and what came of them. Read from outside, as anybody could."""

    def __init__(self, town: Town, staff: Staff, letterbox: Letterbox) -> None:
        self._town = town
        self._staff = staff
        self._letterbox = letterbox
        self._trouble: Trouble | None = None
        self._window = ""
        self._began_at: datetime | None = None
        self._broken_at: datetime | None = None
        self._measured_from: datetime | None = None
        self._window_starts_at: datetime | None = None
        self._steps: set[str] = set()
        self._differing: int | None = None
        self._comparing: asyncio.Task[None] | None = None
        self._told: Told | None = None
        self._shown: ChannelBalance | None = None
        self._acts = asyncio.Lock()

    async def run(self) -> None:
        """For ever: look at both sides, and tick what has happened."""
        while True:
            try:
                self._told, self._shown = await asyncio.gather(
                    self._town.primary_says(AMINA), self._town.customer_sees(AMINA)
                )
                await self._look()
            except DawamError as error:
                _log.warning("guide_not_looked", code=error.code)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def key_for(self, persona: Persona, keys: Sequence[str]) -> str:
        """The first of somebody's keys that still lets them in; else the last."""
        for key in keys:
            if await self._staff.holds(persona, key):
                return key
        return keys[-1]

    async def ship_a_bad_update(self) -> None:
        """Every balance that the primary answers is 0 from now on."""
        await self._break(Trouble.BAD_UPDATE, FaultKind.ZERO)

    async def cut_the_network(self) -> None:
        """The primary is not reached any more."""
        await self._break(Trouble.CUT, FaultKind.DOWN)

    async def start_maintenance(self) -> None:
        """Announce a window that starts in a moment, as the staff does."""
        async with self._acts:
            if self._trouble is not None:
                return
            self._begin(Trouble.MAINTENANCE)
            starts_at = self._town.clock.now() + timedelta(seconds=_MAINTENANCE_IN_S)
            try:
                self._window = await self._staff.maintain(starts_at, timedelta(seconds=_MAINTENANCE_S))
            except DawamError:
                self._trouble = None
                raise
            self._window_starts_at = starts_at

    async def roll_back(self) -> None:
        """The primary is as it was, and no work is announced any more."""
        async with self._acts:
            await self._town.mend_primary()
            if self._window:
                await self._staff.finish(self._window)
                self._window, self._window_starts_at = "", None
            if self._trouble is not None:
                self._steps.add("rolled-back")
            self._trouble = self._broken_at = None

    def seen(self) -> Seen:
        """How things stand."""
        town = self._town
        if town.oracle.heard_at is not None:
            town.answers.judge(until=town.oracle.heard_at)
        worst, change, book = town.watch.worst, self._taken_over(), town.answers
        since, letters = self._measured_from, list(self._letterbox.letters)
        return Seen(
            mode=worst.mode if worst else Mode.NORMAL,
            share_percent=worst.share_percent if worst else 100,
            trouble=self._trouble,
            first_wrong_at=self._broken_at,
            taken_over_after_s=(change.at - since).total_seconds() if change and since else None,
            window_starts_at=self._window_starts_at,
            asked=book.asked,
            from_primary=book.by_source.get("primary", 0),
            from_standin=book.by_source.get("stand-in", 0),
            withheld=book.withheld,
            wrong=book.wrong,
            held=town.payments.approved_in_stand_in(),
            primary_says=self._told,
            amina_sees=self._shown,
            steps=frozenset(self._steps),
            differing=self._differing,
            letters=tuple(
                (letter, followed_after_s(letter, letters, town.watch.changes))
                for letter in letters[:_LETTERS_SHOWN]
            ),
            now=town.clock.now(),
        )

    async def _break(self, trouble: Trouble, kind: FaultKind) -> None:
        async with self._acts:
            if self._trouble is not None:
                return
            self._begin(trouble)
            self._broken_at = self._measured_from = await self._town.break_primary(kind)

    def _begin(self, trouble: Trouble) -> None:
        self._trouble, self._began_at = trouble, self._town.clock.now()
        self._steps, self._differing, self._measured_from = {"trouble"}, None, None

    async def _look(self) -> None:
        if self._trouble in (Trouble.BAD_UPDATE, Trouble.CUT):
            met = await asyncio.to_thread(self._town.stage.control.first_bad_at)
            self._broken_at = self._measured_from = min(met.values(), default=self._broken_at)
        if self._taken_over() is not None:
            self._steps.add("taken-over")
            if any(state.notice for state in self._town.watch.states):
                self._steps.add("told")
        if "rolled-back" in self._steps and self._town.watch.calm:
            self._steps.add("back")
            if self._comparing is None and self._differing is None:
                self._comparing = asyncio.create_task(self._compare())

    def _taken_over(self) -> ModeChange | None:
        if self._began_at is None:
            return None
        found = (
            change
            for change in self._town.watch.changes
            if change.at >= self._began_at and change.mode is Mode.STANDING_IN
        )
        return next(found, None)

    async def _compare(self) -> None:
        """Have primary, mirror and decisions compared, once all is calm."""
        try:
            self._differing = (await reconcile(self._town.stage.node)).differing
            self._steps.add("compared")
        except DawamError as error:
            _log.warning("guide_not_compared", code=error.code)
        finally:
            self._comparing = None
