"""Maintenance windows: planned and announced by people, started and finished by themselves.

Promises: an act and its notice, its line in the trail and its place in the history are one commit; a form
sent twice acts once; after a restart everything that came due meanwhile is done, once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from dawam.kernel import Conflict, NotFound, World, id_from_text, id_to_text
from dawam.standin import Window
from dawam.status.notices import NoticeText
from dawam.status.windows import model, store
from dawam.status.windows.adviser import Adviser
from dawam.status.windows.clockwork import Clockwork
from dawam.status.windows.days import Days, latest_announcement
from dawam.status.windows.history import SYSTEM, Act, Change, Times
from dawam.status.windows.model import (
    OPEN,
    PUBLIC,
    Draft,
    MaintenanceWindow,
    WindowState,
)
from dawam.status.windows.moves import Moves
from dawam.status.windows.moves.store import forget as forget_move
from dawam.status.windows.ports import Ports
from dawam.status.windows.settings import MaintenanceSettings
from dawam.status.windows.texts import announcement
from dawam.storage import Rows, Storage, Tx
from dawam.web import Locale

_PUBLISHED = {
    Act.REWORDED,
    Act.ANNOUNCED,
    Act.REMINDED,
    Act.MOVED,
    Act.STARTED,
    Act.EXTENDED,
    Act.FINISHED,
    Act.FINISHED_EARLY,
    Act.CANCELLED,
}
_SETTLES_MOVE = {Act.MOVED, Act.MOVE_DROPPED, Act.STARTED, Act.CANCELLED}
_ENDS = {Act.FINISHED, Act.FINISHED_EARLY}
_TOLD_TO_STANDIN = model.RUNNING | {WindowState.ANNOUNCED}

Decide = Callable[[Tx, MaintenanceWindow, datetime], MaintenanceWindow]


class Windows:
    """All windows of all institutions."""

    def __init__(
        self,
        storage: Storage,
        world: World,
        settings: Mapping[str, MaintenanceSettings],
        ports: Ports | None = None,
    ) -> None:
        """`settings` by institution. Raises: InvalidInput `window_country_unknown`, `load_file_unreadable`,
        `load_line_invalid`.
        """
        self.settings = dict(settings)
        self.days = {name: Days(rules) for name, rules in settings.items()}
        self.ports = ports or Ports()
        self._storage = storage
        self._world = world
        self.adviser = Adviser(self.settings, self.days, world, self._open_between, self.ports.booked)
        self.moves = Moves(self, storage)
        self._clockwork = Clockwork(self, storage, world)

    # acts of people

    async def plan(self, draft: Draft, *, by: str) -> MaintenanceWindow:
        """A new window. The same draft again gives the same window.

        Raises: what `check_draft` raises; Conflict `window_overlaps`, `window_notice_too_short`,
        `window_form_used`; InvalidInput `id_malformed`.
        """
        id_from_text(draft.id)
        now = self._world.clock.now()
        change_id = self._new_id()

        def verb(tx: Tx) -> MaintenanceWindow:
            known = store.window(tx, draft.id)
            if known is not None:
                return _same(known, store.history(tx, draft.id)[0].times, draft)
            self.check(tx, draft, now)
            window = model.planned(draft, by=by, now=now)
            store.add(tx, window)
            self.record(tx, window, Act.PLANNED, by=by, now=now, change_id=change_id)
            return window

        return self._told(await self._storage.write(verb))

    async def reword(
        self, window_id: str, texts: dict[Locale, NoticeText], *, by: str, once: str
    ) -> MaintenanceWindow:
        """Other texts, published again when the window is public."""
        return await self._act(
            window_id,
            Act.REWORDED,
            lambda tx, found, now: model.reworded(found, texts, now=now),
            by=by,
            once=once,
        )

    async def approve(self, window_id: str, seen: int, *, by: str, once: str) -> MaintenanceWindow:
        """A second person agrees that the window, of the `sequence` they saw, may be announced late."""
        return await self._act(
            window_id,
            Act.APPROVED,
            lambda tx, found, now: model.approved(found, seen=seen, by=by, now=now),
            by=by,
            once=once,
        )

    async def announce(self, window_id: str, *, by: str, once: str) -> MaintenanceWindow:
        """Tell the public."""

        def decide(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            return model.announced(found, latest=self.latest_announcement(found), now=now)

        return await self._act(window_id, Act.ANNOUNCED, decide, by=by, once=once)

    async def extend(
        self, window_id: str, ends_at: datetime, *, by: str, reason: str, once: str
    ) -> MaintenanceWindow:
        """A later end of running work. Raises: what `model.extended` raises; Conflict `window_overlaps`."""
        said = model.check_reason(reason)

        def decide(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            longest = timedelta(hours=self.settings[found.institution].longest_hours)
            after = model.extended(found, ends_at, longest=longest, now=now)
            self.check_free(tx, after, besides=found.id)
            return after

        return await self._act(window_id, Act.EXTENDED, decide, by=by, once=once, reason=said)

    async def cancel(self, window_id: str, *, by: str, reason: str, once: str) -> MaintenanceWindow:
        """Before the start only."""
        said = model.check_reason(reason)
        return await self._act(
            window_id,
            Act.CANCELLED,
            lambda tx, found, now: model.cancelled(found, now=now),
            by=by,
            once=once,
            reason=said,
        )

    async def finish(self, window_id: str, *, by: str, reason: str, once: str) -> MaintenanceWindow:
        """End running work now: before its time, or after an overrun."""
        said = model.check_reason(reason)
        now = self._world.clock.now()
        found = self.known(window_id)
        act = Act.FINISHED_EARLY if now < found.ends_at else Act.FINISHED
        return await self._act(
            window_id, act, lambda tx, one, at: model.finished(one, now=at), by=by, once=once, reason=said
        )

    # by itself

    async def run(self) -> None:
        """Forever: remind, start and finish at their times."""
        for institution in self.settings:
            self.tell_standin(institution)
        await self._clockwork.run()

    # questions

    def window(self, window_id: str) -> MaintenanceWindow | None:
        """The window of an id."""
        return self._storage.read(lambda rows: store.window(rows, window_id))

    def known(self, window_id: str) -> MaintenanceWindow:
        """The window of an id. Raises: NotFound `window_unknown`."""
        return _found(self.window(window_id))

    def upcoming(
        self, institution: str | None = None, limit: int = 50, *, public: bool = True
    ) -> list[MaintenanceWindow]:
        """What is running or ahead, the next first; with `public` only what has been announced."""
        states = (OPEN & PUBLIC) if public else OPEN
        return self._storage.read(
            lambda rows: store.upcoming(rows, institution=institution, states=states, limit=limit)
        )

    def past(self, institutions: Sequence[str] | None = None, limit: int = 20) -> list[MaintenanceWindow]:
        """Finished and cancelled ones, the latest first."""
        return self._storage.read(lambda rows: store.past(rows, institutions=institutions, limit=limit))

    def between(
        self, institution: str, start: datetime, end: datetime, *, public: bool = True
    ) -> list[MaintenanceWindow]:
        """Windows that touch a stretch of time, by start."""
        return self._storage.read(
            lambda rows: store.between(rows, institution=institution, start=start, end=end, public=public)
        )

    def history(self, window_id: str) -> list[Change]:
        """Every act on a window, the oldest first."""
        return self._storage.read(lambda rows: store.history(rows, window_id))

    def times_at(self, window_id: str, moment: datetime) -> Times | None:
        """The times of a window that held at a moment, extensions left out; None when there is none."""
        found = self.window(window_id)
        return None if found is None else self.moves.times_at(found, moment)

    def latest_announcement(self, window: MaintenanceWindow | Draft) -> datetime:
        """The last moment at which it may be announced without leave."""
        return self.latest_for(window.institution, window.starts_at, window.ends_at - window.starts_at)

    def latest_for(self, institution: str, starts_at: datetime, length: timedelta) -> datetime:
        """The same for a start and a length, on the institution's clock."""
        rules, days = self.settings[institution], self.days[institution]
        return latest_announcement(starts_at, length, rules, days).astimezone(days.zone)

    # what acts share

    def _open_between(self, institution: str, start: datetime, end: datetime) -> list[MaintenanceWindow]:
        found = self.between(institution, start, end, public=False)
        return [one for one in found if one.state in OPEN]

    def check(self, rows: Rows, draft: Draft, now: datetime) -> None:
        """Whether a draft can be planned now."""
        rules = self.settings.get(draft.institution)
        longest = timedelta(hours=rules.longest_hours if rules else 0)
        model.check_draft(draft, institutions=self.settings, longest=longest, now=now)
        self.check_free(rows, draft)
        latest = self.latest_announcement(draft)
        if now > latest and not draft.short_notice_reason.strip():
            model.check_short_notice(None, latest=latest)
        model.check_length(draft.short_notice_reason, model.REASON_MAX)

    def check_free(self, rows: Rows, wanted: MaintenanceWindow | Draft, *, besides: str = "") -> None:
        """No other window is in the way. Raises: Conflict `window_overlaps`."""
        others = store.between(
            rows, institution=wanted.institution, start=wanted.starts_at, end=wanted.ends_at, public=False
        )
        model.check_free(
            wanted.starts_at,
            wanted.ends_at,
            wanted.capabilities,
            [one for one in others if one.id != besides],
            zone=self.settings[wanted.institution].zone,
        )

    def record(
        self,
        tx: Tx,
        window: MaintenanceWindow,
        act: Act,
        *,
        by: str = SYSTEM,
        reason: str = "",
        now: datetime,
        change_id: str,
        silently: bool = False,
        asked: Times | None = None,
        moved_from: Times | None = None,
    ) -> None:
        """Save a window after an act, with history, trail and notice, in the open transaction.

        `asked` are the times of a move that waits, `moved_from` those before one.
        """
        store.save(tx, window)
        times = asked or window.times
        change = Change(
            id=change_id, act=act, at=now, by=by, reason=reason, times=times, moved_from=moved_from
        )
        store.note_change(tx, window, change)
        if act in _SETTLES_MOVE:
            forget_move(tx, window.id)
        if moved_from is not None:
            store.forget_reminders(tx, window.id)
        self.ports.note(
            tx,
            by=by,
            act=f"window_{act.value}",
            institution=window.institution,
            subject=window.id,
            reason=reason,
            now=now,
        )
        if act in _ENDS:
            self.ports.finished(tx, window, now)
        if window.public and act in _PUBLISHED and not silently:
            self.ports.publish(
                tx,
                institution=window.institution,
                kind="all_clear" if act in _ENDS else "window",
                subject_id=window.id,
                texts=announcement(window, act, self.settings[window.institution], moved_from),
                capabilities=window.capabilities,
                now=now,
            )

    async def do_once(self, window_id: str, once: str, do: Decide) -> MaintenanceWindow:
        """Do something to a window, unless an act of that id was done. It gives the window after it."""
        id_from_text(once)
        now = self._world.clock.now()

        def verb(tx: Tx) -> MaintenanceWindow:
            found = _found(store.window(tx, window_id))
            return found if store.change_is_known(tx, once) else do(tx, found, now)

        return self._told(await self._storage.write(verb))

    def tell_standin(self, institution: str) -> None:
        """Give the stand-in the windows that it must know now."""
        now = self._world.clock.now()
        ahead = self._storage.read(
            lambda rows: store.upcoming(rows, institution=institution, states=_TOLD_TO_STANDIN, limit=1_000)
        )
        self.ports.schedule(
            institution,
            [
                Window(starts_at=one.starts_at, ends_at=one.ends_at, capabilities=one.capabilities)
                for one in ahead
                if one.ends_at > now
            ],
        )

    def after_commit(self, institution: str) -> None:
        """A window of the institution has changed, durably."""
        self.tell_standin(institution)
        self.ports.changed(institution)

    def _told(self, window: MaintenanceWindow) -> MaintenanceWindow:
        self.after_commit(window.institution)
        self._clockwork.wake()
        return window

    async def _act(
        self, window_id: str, act: Act, decide: Decide, *, by: str, once: str, reason: str = ""
    ) -> MaintenanceWindow:
        def do(tx: Tx, found: MaintenanceWindow, now: datetime) -> MaintenanceWindow:
            after = decide(tx, found, now)
            self.record(tx, after, act, by=by, reason=reason, now=now, change_id=once)
            return after

        return await self.do_once(window_id, once, do)

    def _new_id(self) -> str:
        return id_to_text(self._world.ids.next())


def _found(window: MaintenanceWindow | None) -> MaintenanceWindow:
    if window is None:
        raise NotFound("window_unknown")
    return window


def _same(known: MaintenanceWindow, planned: Times, draft: Draft) -> MaintenanceWindow:
    """The window that this very form has made. Raises: Conflict `window_form_used`."""
    if (known.institution, known.scope, planned, set(known.capabilities)) != (
        draft.institution,
        draft.scope.strip(),
        Times(draft.starts_at, draft.ends_at),
        set(draft.capabilities),
    ):
        raise Conflict("window_form_used")
    return known
