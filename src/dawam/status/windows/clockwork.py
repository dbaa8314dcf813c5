"""Does what is due on windows at its time; sleeps until the next moment."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from dawam.kernel import DawamError, World, id_to_text
from dawam.status.windows import model, store
from dawam.status.windows.due import Due, Pace, Step, due, next_look
from dawam.status.windows.history import Act
from dawam.status.windows.model import (
    MaintenanceWindow,
)
from dawam.storage import Rows, Storage, Tx

if TYPE_CHECKING:
    from dawam.status.windows.service import Windows

_LONGEST_SLEEP_S = 60.0
_LOOK_AGAIN = timedelta(hours=1)
_AFTER_FAILURE = timedelta(seconds=1)
_STEPS: dict[Step, tuple[Callable[[MaintenanceWindow, datetime], MaintenanceWindow], Act]] = {
    Step.REMIND: (lambda window, now: window, Act.REMINDED),
    Step.LAPSE: (lambda window, now: model.cancelled(window, now=now), Act.LAPSED),
    Step.START: (lambda window, now: model.started(window, now=now), Act.STARTED),
    Step.FINISH: (lambda window, now: model.finished(window, now=now), Act.FINISHED),
    Step.OVERRUN: (lambda window, now: model.overran(window, now=now), Act.OVERRAN),
}
_log = structlog.get_logger("dawam.status")


class Clockwork:
    """Reminders, starts, ends and overruns of all windows."""

    def __init__(self, windows: "Windows", storage: Storage, world: World) -> None:
        self._windows = windows
        self._storage = storage
        self._world = world
        self._woken = asyncio.Event()
        self._paces = {
            name: Pace(
                reminders_s=tuple(round(hours * 3600) for hours in rules.reminders_hours),
                overrun_after=timedelta(seconds=rules.overrun_after_s),
            )
            for name, rules in windows.settings.items()
        }

    def wake(self) -> None:
        """A window has changed: look again."""
        self._woken.set()

    async def run(self) -> None:
        """Forever. What fails is logged and tried again."""
        while True:
            self._woken.clear()
            try:
                until = await self._look()
            except DawamError as error:
                _log.error("window_steps_failed", code=error.code)
                until = self._world.clock.now() + _AFTER_FAILURE
            await self._wait(until)

    async def _wait(self, until: datetime) -> None:
        """Until a moment of the clock, which may be set meanwhile, or until a window changes."""
        while not self._woken.is_set():
            left_s = (until - self._world.clock.now()).total_seconds()
            if left_s <= 0:
                return
            try:
                async with asyncio.timeout(min(left_s, _LONGEST_SLEEP_S)):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _look(self) -> datetime:
        """Do all that is due; when there may be more."""
        for window in self._storage.read(store.open_windows):
            while window.institution in self._paces and await self._step(window.id, window.institution):
                continue
        now = self._world.clock.now()
        moments = [
            moment
            for window in self._storage.read(store.open_windows)
            if window.institution in self._paces
            and (moment := self._storage.read(self._next(window, now))) is not None
        ]
        return min([*moments, now + _LOOK_AGAIN])

    def _next(self, window: MaintenanceWindow, now: datetime) -> Callable[[Rows], datetime | None]:
        pace = self._paces[window.institution]
        return lambda rows: next_look(window, store.reminded(rows, window.id), pace, now)

    async def _step(self, window_id: str, institution: str) -> bool:
        """One step of a window, if one is due."""
        now = self._world.clock.now()
        healthy = self._windows.ports.healthy(institution)

        def is_due(rows: Rows) -> tuple[MaintenanceWindow, Due] | None:
            window = store.window(rows, window_id)
            if window is None:
                return None
            reminded = store.reminded(rows, window_id)
            found = due(window, reminded, self._paces[institution], healthy=healthy, now=now)
            return None if found is None else (window, found)

        if self._storage.read(is_due) is None:
            return False
        change_id = id_to_text(self._world.ids.next())

        def verb(tx: Tx) -> bool:
            found = is_due(tx)
            if found is None:
                return False
            self._do(tx, *found, now=now, change_id=change_id)
            return True

        done = await self._storage.write(verb)
        if done:
            self._windows.after_commit(institution)
        return done

    def _do(self, tx: Tx, window: MaintenanceWindow, what: Due, *, now: datetime, change_id: str) -> None:
        for before_s in what.reminders:
            store.note_reminder(tx, window.id, before_s, now)
        if what.step is Step.SKIP:
            return
        decide, act = _STEPS[what.step]
        after = decide(window, now)
        missed = what.step is Step.START and window.ends_at <= now  # only its end is news by now
        self._windows.record(tx, after, act, now=now, change_id=change_id, silently=missed)
        if what.step is Step.OVERRUN:
            self._windows.ports.overran(tx, after, now)
